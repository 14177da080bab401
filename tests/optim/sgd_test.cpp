// tests/optim/sgd_test.cpp — gradient descent against the hand and against long double
#include "optim/sgd.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "tests/optim/point.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::epsilon;
using test::error_of;
using test::point;
using test::step;

namespace {

// 50 steps on f(x) = ½ Σ c_i x_i², c = (1, 10, 0.1), beside the same in long double.
void check_against_long_double(optim::SGDOptions options) {
    const Parameter p = point();
    optim::SGD sgd(p, options);
    const long double c[3] = {1, 10, 0.1L}, mu = options.momentum, decay = options.weight_decay, lr = options.lr;
    long double x[3] = {1, -2, 0.5L}, u[3] = {0, 0, 0};
    Tape tape;
    for (int n = 0; n < 50; ++n) {
        tape.rewind();
        const Var loss = sum(square(tape.use(p)) * Tensor({3}, {0.5, 5, 0.05}));
        sgd.step(grad(loss, sgd.parameters()));
        for (int i = 0; i < 3; ++i) {
            const long double g = c[i] * x[i] + decay * x[i];
            u[i] = mu * u[i] + g;
            x[i] -= lr * (options.nesterov ? g + mu * u[i] : u[i]);
        }
    }
    // 50 steps of a few roundings each, relative to the start
    const double tolerance = 300 * epsilon;
    for (Index i = 0; i < 3; ++i)
        CHECK(std::abs(static_cast<double>(p.value()[i]) - static_cast<double>(x[i])) < tolerance);
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("SGD: a plain step is θ − lr g") {
    const Parameter p = point();
    optim::SGD sgd(p, {.lr = 0.5});
    step(sgd, Tensor({3}, {2, 1, -1}));
    CHECK(p.value() == Tensor({3}, {0, -2.5, 1}));
    CHECK(sgd.steps() == 1);
}

TEST_CASE("SGD: weight decay adds λθ to the gradient") {
    const Parameter p = point();
    optim::SGD sgd(p, {.lr = 0.5, .weight_decay = 0.5});
    step(sgd, Tensor(Shape{3}));
    CHECK(p.value() == Tensor({3}, {0.75, -1.5, 0.375}));
}

TEST_CASE("SGD: momentum repeats half of the last step, Nesterov looks ahead") {
    const Parameter heavy = point(), ahead = point();
    optim::SGD polyak(heavy, {.lr = 1, .momentum = 0.5});
    optim::SGD nesterov(ahead, {.lr = 1, .momentum = 0.5, .nesterov = true});
    const Tensor g({3}, {1, 0, 0});
    for (optim::SGD* sgd : {&polyak, &nesterov}) {
        step(*sgd, g);
        step(*sgd, g);
    }
    CHECK(heavy.value()[0] == 1 - 1 - 1.5);                 // u = 1, then 1.5
    CHECK(ahead.value()[0] == 1 - (1 + 0.5) - (1 + 0.75));  // g + μ u
}

TEST_CASE("SGD: 50 steps agree with long double") {
    check_against_long_double({.lr = 0.05});
    check_against_long_double({.lr = 0.05, .weight_decay = 0.1});
    check_against_long_double({.lr = 0.02, .momentum = 0.9, .weight_decay = 0.1});
    check_against_long_double({.lr = 0.02, .momentum = 0.9, .nesterov = true});
}

TEST_CASE("SGD: options out of range are errors that name them") {
    const Parameter p = point();
    const auto with = [&](optim::SGDOptions o) { return error_of([&] { optim::SGD(p, o); }); };
    CHECK(contains(with({.lr = -1}), "lr = -1"));
    CHECK(contains(with({.lr = std::nan("")}), "lr = nan"));
    CHECK(contains(with({.lr = std::numeric_limits<double>::infinity()}), "a finite number, at least 0"));
    CHECK(contains(with({.momentum = 1}), "0 ≤ momentum < 1"));
    CHECK(contains(with({.momentum = -0.1}), "momentum = -0.1"));
    CHECK(contains(with({.weight_decay = -1}), "weight_decay = -1"));
    CHECK(contains(with({.nesterov = true}), "nesterov without momentum"));
    CHECK(contains(with({.lr = -1}), "sgd_test.cpp"));
}

TEST_SUITE_END();
