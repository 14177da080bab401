// tests/ode/growing_horizon_test.cpp — how much of a trajectory counts at an update
#include "ode/models/growing_horizon.hpp"

#include <doctest/doctest.h>

#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("ode");

TEST_CASE("growing horizon: from the first to the last count in equal steps, and all of them afterwards") {
    constexpr ode::GrowingHorizon horizon{.from = 3, .to = 20, .over = 2000};
    for (std::uint64_t n = 0; n <= 2500; ++n)  // 3 + 34 n/4000, all 20 from half-time
        CHECK(horizon(n) == (n < 2000 ? 3 + static_cast<Index>(34 * n / 4000) : 20));
    CHECK(ode::GrowingHorizon{.from = 2, .to = 9}(0) == 9);
    CHECK(ode::GrowingHorizon{.from = 5, .to = 5, .over = 10}(3) == 5);
}

TEST_CASE("growing horizon: one that would shrink is an error at the line of the call") {
    const std::string error = error_of([] { ode::GrowingHorizon{.from = 5, .to = 4, .over = 10}(3); });
    CHECK(contains(error, "GrowingHorizon: it would not grow\n  got       from = 5, to = 4"));
    CHECK(contains(error, "growing_horizon_test.cpp:" + std::to_string(__LINE__ - 2)));
    CHECK(contains(error_of([] { ode::GrowingHorizon{.from = 0, .to = 4}(3); }), "1 ≤ from ≤ to"));
}

TEST_SUITE_END();
