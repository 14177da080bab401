// ode/events/of_row.hpp — a function of t and z of a batch, as one of the numbers of a single row (internal to ode/)
//   OfRow g(tape, event.when, {}, "event 0", t, z, at);      g(row, t, z_row)
// It is recorded and compiled as a field is, and found again in the next pass; its program runs for a tile of one row, with
// that row's part of what it captures. So a row's numbers do not depend on the rows beside it.
#pragma once
#include <span>
#include <string_view>

#include "ode/batch/stages.hpp"  // brings: Stages
#include "ode/field.hpp"         // brings: FieldRef

namespace costate::ode::inline COSTATE_PRECISION {

class OfRow {
public:
    // `each`: the shape of its result. t: a time for each row, at which it is recorded.
    OfRow(Tape& tape, const FieldRef& f, const Shape& each, std::string_view who, View t, View z, Where at);

    std::span<const Real> operator()(Index row, Number t, std::span<const Real> z) {  // there until the next call
        stages_.begin_tile(row, 1);
        std::copy(z.begin(), z.end(), stages_.state(0, 0));
        stages_.forward_at(0, t);
        return {stages_.rates(0)[0], width_};
    }

private:
    Stages stages_;
    std::size_t width_;
};

}  // namespace costate::ode
