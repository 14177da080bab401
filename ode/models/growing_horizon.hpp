// ode/models/growing_horizon.hpp — fit the beginning of a trajectory first, then more and more of it
//   count = from + ⌊(to − from) min(n, over) / over⌋              observations that count at update n      neural (3)
//   const ode::GrowingHorizon horizon{.from = 4, .to = 20, .over = 500};
//   const Index count = horizon(update);      the first `count` times, and the first `count` rows of the data
// why      A long orbit from a wrong law runs out of step with the data, and its loss has a hill wherever a turn more or
//          less fits better. Over a short one the loss has one valley, and each observation more moves it only a little.
#pragma once
#include <cstdint>

#include "core/error.hpp"  // brings: fail, Where
#include "core/real.hpp"   // brings: Index

namespace costate::ode {

struct GrowingHorizon {
    Index from = 2;  // observations, the start among them
    Index to = 2;
    std::uint64_t over = 0;  // updates

    Index operator()(std::uint64_t update, Where at = {}) const {
        if (from < 1 || to < from)
            fail(at, {.what = "GrowingHorizon: it would not grow",
                      .got = text("from = ", from, ", to = ", to),
                      .expected = "1 ≤ from ≤ to"});
        if (update >= over) return to;
        return from + static_cast<Index>(static_cast<std::uint64_t>(to - from) * update / over);
    }
};

}  // namespace costate::ode
