// tests/optim/schedule_test.cpp — the schedule's end points, and the way between them
#include "optim/schedule.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "tests/support/error_of.hpp"

using namespace costate::optim;
using costate::test::contains;
using costate::test::error_of;
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

TEST_CASE("step decay: the same for so many steps, then times the factor") {
    const StepDecay lr{.start = 2, .factor = 0.5, .every = 3};
    const double expected[] = {2, 2, 2, 1, 1, 1, 0.5};
    for (unsigned n = 0; n < 7; ++n) CHECK(lr(n) == expected[n]);
    CHECK(StepDecay{.start = 0.1, .factor = 0.1, .every = 60}(150) == Approx(1e-3).epsilon(1e-14));
    CHECK(contains(error_of([] { StepDecay{.every = 0}(1); }), "StepDecay: it would never hold still"));
}

TEST_CASE("exponential decay: times the factor at every step") {
    const ExponentialDecay lr{.start = 8, .factor = 0.5};
    CHECK(lr(0) == 8);
    CHECK(lr(1) == 4);
    CHECK(lr(5) == 0.25);
    CHECK(ExponentialDecay{.start = 1, .factor = 0.999}(1000) == Approx(0.36769542477096373).epsilon(1e-13));
}

TEST_CASE("one-cycle: the numbers of PyTorch's OneCycleLR") {  // its algorithm in Python, 100 steps and 9
    const OneCycle lr{.peak = 0.01, .steps = 100};
    const std::pair<unsigned, double> expected[] = {
        {0, 0.0004}, {1, 0.00042813780565907275}, {5, 0.001087085554395571}, {10, 0.002951639484641007},
        {29, 0.01},  {30, 0.009994965352845242},  {50, 0.00793893450575732}, {77, 0.002245546110679117},
        {99, 4e-08}};
    for (const auto& [n, rate] : expected) CHECK(lr(n) == Approx(rate).epsilon(1e-12));
    CHECK(lr(1000) == lr(99));
    const OneCycle between{.peak = 0.01, .steps = 9, .rise = 0.4};  // the peak lies between steps 2 and 3
    const double rates[] = {0.0004, 0.0034978965421958276, 0.008792851591221285, 0.009865224892001707};
    for (unsigned n = 0; n < 4; ++n) CHECK(between(n) == Approx(rates[n]).epsilon(1e-12));
    for (const double rise : {0.01, 1.0, -1.0, 2.0})
        CHECK(contains(error_of([&] { OneCycle{.steps = 100, .rise = rise}(1); }), "1 < rise · steps < steps"));
}

TEST_CASE("cosine: a warm-up that fills the run is an error") {
    const Cosine lr{.steps = 10, .warmup = 10};
    CHECK(costate::test::contains(costate::test::error_of([&] { lr(0); }), "warmup = 10, steps = 10"));
}

TEST_SUITE_END();
