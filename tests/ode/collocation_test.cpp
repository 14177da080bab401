// tests/ode/collocation_test.cpp — slopes of data, and a field that is fitted to them
#include "ode/models/collocation.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "core/random.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("ode");

TEST_CASE("collocation: states and slopes are those of the smoothing spline, a row for each time and orbit") {
    const auto times = linspace(0, 3, 7);
    const Tensor data = test::normal_tensor({7, 2, 3}, 0);
    const SmoothingSpline curve(times, data, {.lambda = 0.1});
    const ode::Collocation c = ode::collocation(times, data, {.smoothing = {.lambda = 0.1}});
    CHECK(c.z == curve(times).reshaped({14, 3}));
    CHECK(c.dzdt == curve.slope(times).reshaped({14, 3}));
    CHECK(c.t == Tensor({14, 1}, {0, 0, 0.5, 0.5, 1, 1, 1.5, 1.5, 2, 2, 2.5, 2.5, 3, 3}));
    const ode::Collocation more = ode::collocation(times, data, {.smoothing = {.lambda = 0.1}, .points = 31});
    CHECK(more.z.shape() == Shape{62, 3});
    CHECK(more.rows({0}).z == c.rows({0}).z);
    CHECK(more.rows({61, 2}).t == Tensor({2, 1}, {3, 0.1}));
}

TEST_CASE("collocation: the mismatch of a field that reads the time") {
    Tape tape;
    const ode::Collocation c{Tensor({2, 1}, {1, 3}), Tensor({2, 1}, {2, 5}), Tensor({2, 1}, {2, 14})};
    CHECK(ode::mismatch(
              tape, [](Var t, Var z) { return t * z; }, c)
              .item() == Real(0.5));
}

// The harder spiral dz/dt = A z, from noisy data: what a cheap start may be expected to give.
TEST_CASE("collocation: a matrix from noisy data, near enough to go on from") {
    const Tensor truth({2, 2}, {-0.1, -1, 1, -0.1});
    const auto times = linspace(0, 10, 201);
    Tensor data = ode::solve([&](Var, Var z) { return matmul(z, truth, false, true); }, Tensor({1, 2}, {1, 1}), times)
                      .z.reshaped({201, 2});
    Rng rng(1);
    for (Real& x : data.entries()) x += static_cast<Real>(0.03 * rng.normal());
    const ode::Collocation c = ode::collocation(times, data);
    const Parameter a("A", Tensor({2, 2}, {0.3, 0.5, -0.4, 0.2}));
    optim::Adam adam(a, {.lr = 0.05});
    Tape tape;
    for (int n = 0; n < 300; ++n, tape.rewind())
        adam.minimise(ode::mismatch(
            tape, [&](Var, Var z) { return matmul(z, a, false, true); }, c));
    for (Index i = 0; i < 4; ++i) CHECK(std::abs(double(a.value()[i]) - double(truth[i])) < 0.03);
}

TEST_CASE("collocation: what does not fit is an error at the line of the call") {
    const std::string error = error_of([] { ode::collocation({0, 1, 2}, Tensor(Shape{3})); });
    CHECK(contains(error, "collocation: the data are no states at times\n  got       data [3]"));
    CHECK(contains(error, "collocation_test.cpp:" + std::to_string(__LINE__ - 2)));
    CHECK(contains(error_of([] {
                       ode::collocation({0, 1, 2}, Tensor(Shape{4, 1}), {.smoothing = {.lambda = 1}});
                   }),
                   "not one row for each time"));
    Tape tape;
    const ode::Collocation c{Tensor(Shape{2, 1}), Tensor(Shape{2, 3}), Tensor(Shape{2, 3})};
    CHECK(contains(error_of([&] {
                       ode::mismatch(
                           tape, [](Var, Var z) { return column(z, 0); }, c);
                   }),
                   "mse: prediction and target have different shapes"));
}

TEST_SUITE_END();
