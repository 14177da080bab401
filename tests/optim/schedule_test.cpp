// tests/optim/schedule_test.cpp — the schedule's end points, and the way between them
#include "optim/schedule.hpp"

#include <doctest/doctest.h>

#include "tests/support/error_of.hpp"

using costate::optim::Cosine;
using doctest::Approx;

TEST_SUITE_BEGIN("optim");

TEST_CASE("cosine: starts at the peak, is half way down in the middle, ends at the end") {
    const Cosine lr{.peak = 3, .steps = 100, .end = 1};
    CHECK(lr(0) == 3);
    CHECK(lr(50) == Approx(2).epsilon(1e-15));
    CHECK(lr(100) == 1);
    CHECK(lr(1'000'000) == 1);
}

TEST_CASE("cosine: a quarter of the way it is (1 + cos 45°)/2 of the range above the end") {
    const Cosine lr{.peak = 1, .steps = 8};
    CHECK(lr(2) == Approx((1 + 0.70710678118654752) / 2).epsilon(1e-15));
}

TEST_CASE("cosine: the warm-up is linear and meets the peak") {
    const Cosine lr{.peak = 1, .steps = 20, .warmup = 4};
    for (unsigned n = 0; n <= 4; ++n) CHECK(lr(n) == Approx((n + 1) / 5.0).epsilon(1e-15));
    CHECK(lr(4) == 1);
    CHECK(lr(12) == Approx(0.5).epsilon(1e-15));
}

TEST_CASE("cosine: it falls from the peak on, without a jump") {
    const Cosine lr{.peak = 1, .steps = 200, .warmup = 10, .end = 0.1};
    for (unsigned n = 10; n < 200; ++n) {
        CHECK(lr(n + 1) < lr(n));
        CHECK(lr(n) - lr(n + 1) < 0.9 * 1.5708 / 190);  // the cosine's steepest slope, π/2 times the mean one
    }
}

TEST_CASE("cosine: a warm-up that fills the run is an error") {
    const Cosine lr{.steps = 10, .warmup = 10};
    CHECK(costate::test::contains(costate::test::error_of([&] { lr(0); }), "warmup = 10, steps = 10"));
}

TEST_SUITE_END();
