// tests/examples/descend_test.cpp — training by Adam and L-BFGS finds minima that are known
#include "examples/support/descend.hpp"

#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using doctest::Approx;

TEST_SUITE_BEGIN("examples");

TEST_CASE("descend: Rosenbrock's valley to its end at (1, 1), from (-1.2, 1)") {
    const Parameter x("x", Tensor::scalar(-1.2)), y("y", Tensor::scalar(1)), unused("unused", Tensor({2}, {3, 4}));
    const auto rosenbrock = [&](Tape& tape) {
        const Var a = tape.use(x), b = tape.use(y);
        return 100 * square(b - square(a)) + square(1 - a);
    };
    const double end =
        descend({x, y, unused}, rosenbrock, {.adam = 50, .rate = 0.01, .clip = 10, .lbfgs = 100, .progress = nullptr});
    CHECK(end < (sizeof(Real) == 8 ? 1e-15 : 1e-7));
    CHECK(static_cast<double>(x.value().item()) == Approx(1).epsilon(1e-3));
    CHECK(static_cast<double>(y.value().item()) == Approx(1).epsilon(1e-3));
    CHECK(unused.value() == Tensor({2}, {3, 4}));  // no influence: a gradient of zeros
}

TEST_CASE("descend: a replayed loss follows the parameters") {
    const Parameter x("x", Tensor({2}, {1, 2}));
    ReplayedLoss loss(x, [&](Tape& tape) { return sum(square(tape.use(x))); });
    CHECK(loss().loss == 5);
    {
        auto edit = x.edit();
        edit[0] = 3;
    }
    const auto again = loss();
    CHECK(again.loss == 13);
    CHECK(Tensor(again.gradients.view(0)) == Tensor({2}, {6, 4}));
}

TEST_CASE("descend: a loss that differentiates with respect to points of its own") {
    const Parameter a("a", Tensor::scalar(0));  // u = a x³ has u″ = 6 a x: 12 x is met by a = 2
    const auto equation = [&](Tape& tape) {
        const Var x = tape.variable(Tensor({3, 1}, {1, 2, 3})), u = a * x * x * x;
        return sum(square(laplacian(u, x) - 12 * x));
    };
    descend(a, equation, {.adam = 10, .lbfgs = 10, .progress = nullptr});
    CHECK(static_cast<double>(a.value().item()) == Approx(2).epsilon(1e-5));
}

TEST_SUITE_END();
