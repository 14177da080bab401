// tests/optim/rmsprop_test.cpp — RMSprop against the hand and against NumPy
#include "optim/rmsprop.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "tests/optim/point.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::epsilon;
using test::error_of;
using test::point;
using test::step;

namespace {

// Four steps on f(x) = ½ Σ c_i x_i², c = (1, 10, 0.1). The numbers: NumPy, the five lines of torch.optim.RMSprop's page.
void check_four_steps(optim::RMSpropOptions options, std::initializer_list<double> expected) {
    const Parameter p = point();
    optim::RMSprop rmsprop(p, options);
    Tape tape;
    for (int n = 0; n < 4; ++n, tape.rewind()) rmsprop.minimise(sum(square(tape.use(p)) * Tensor({3}, {0.5, 5, 0.05})));
    Index i = 0;
    for (const double x : expected) CHECK(std::abs(static_cast<double>(p.value()[i++]) - x) < 100 * epsilon);
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("RMSprop: the first step is lr g / (√(1 − α) |g| + ε), whatever the size of g") {
    const Parameter p = point();
    optim::RMSprop rmsprop(p, {.lr = 0.25, .alpha = 0.75});
    step(rmsprop, Tensor({3}, {1e-3, -1e3, 0}));
    CHECK(static_cast<double>(p.value()[0]) == Approx(1 - 0.25 * 1e-3 / (0.5e-3 + 1e-8)).epsilon(8 * epsilon));
    CHECK(static_cast<double>(p.value()[1]) == Approx(-2 + 0.25 * 1e3 / (0.5e3 + 1e-8)).epsilon(8 * epsilon));
    CHECK(p.value()[2] == 0.5);
}

TEST_CASE("RMSprop: two steps with momentum, by hand") {
    const Parameter p("x", Tensor({1}, {0}));
    optim::RMSprop rmsprop(p, {.lr = 1, .alpha = 0.75, .eps = 1, .momentum = 0.5});
    step(rmsprop, Tensor({1}, {2}));  // v = 1;    u = 2 / (1 + 1) = 1
    CHECK(p.value()[0] == -1);
    step(rmsprop, Tensor({1}, {0}));  // v = 0.75; u = 0.5
    CHECK(p.value()[0] == -1.5);
}

TEST_CASE("RMSprop: centered, a gradient that never changes is divided by less and less") {
    const Parameter p("x", Tensor({1}, {0}));
    optim::RMSprop rmsprop(p, {.lr = 1, .alpha = 0.5, .eps = 0.5, .centered = true});
    step(rmsprop, Tensor({1}, {1}));  // v = 1/2, ḡ = 1/2: variance 1/4
    CHECK(p.value()[0] == -1);
    step(rmsprop, Tensor({1}, {1}));  // v = 3/4, ḡ = 3/4: variance 3/16
    CHECK(static_cast<double>(p.value()[0]) == Approx(-1 - 1 / (std::sqrt(3.0) / 4 + 0.5)).epsilon(4 * epsilon));
    for (int n = 0; n < 100; ++n) step(rmsprop, Tensor({1}, {1}));  // variance 0, or less by rounding: 1 / ε
    const double before = static_cast<double>(p.value()[0]);
    step(rmsprop, Tensor({1}, {1}));
    CHECK(static_cast<double>(p.value()[0]) == Approx(before - 2).epsilon(1e-3));
}

TEST_CASE("RMSprop: four steps agree with NumPy") {
    check_four_steps({}, {0.7353890542033931, -1.7277138132356071, 0.25282585706274413});
    check_four_steps({.lr = 0.05, .alpha = 0.9, .eps = 1e-3, .momentum = 0.5, .weight_decay = 0.1},
                     {0.3517406528888454, -1.3078864372465122, -0.030413661268186842});
    check_four_steps({.lr = 0.05, .alpha = 0.9, .eps = 1e-2, .momentum = 0.5, .centered = true},
                     {0.30957798488256255, -1.236350370729289, 0.08007660280866823});
    check_four_steps({.lr = 0.02, .alpha = 0.8, .eps = 1e-2, .centered = true, .weight_decay = 0.5},
                     {0.8349735473227254, -1.8301877915638662, 0.3491465092628613});
}

TEST_CASE("RMSprop: a finite gradient of any size leaves a finite state") {
    const double largest = static_cast<double>(std::numeric_limits<Real>::max());
    const Parameter p = point();
    optim::RMSprop rmsprop(p, {.lr = 0.25, .alpha = 0.75, .centered = true});
    step(rmsprop, Tensor({3}, {largest, -largest, 0}));
    TensorFile file;
    rmsprop.write(file, "");
    for (const char* name : {"v.0", "mean.0"})
        for (const Real entry : file.tensor(name).entries()) CHECK(std::isfinite(entry));
    for (const Real entry : p.value().entries()) CHECK(std::isfinite(entry));
}

TEST_CASE("RMSprop: options out of range are errors that name them, and so is a file of another kind of it") {
    const Parameter p = point();
    const auto with = [&](optim::RMSpropOptions o) { return error_of([&] { optim::RMSprop(p, o); }); };
    CHECK(contains(with({.lr = -1}), "lr = -1"));
    CHECK(contains(with({.alpha = 1}), "0 ≤ alpha < 1"));
    CHECK(contains(with({.eps = 0}), "RMSprop: eps is out of range"));
    CHECK(contains(with({.momentum = -0.5}), "momentum = -0.5"));
    CHECK(contains(with({.weight_decay = std::nan("")}), "weight_decay = nan"));
    CHECK(contains(with({.alpha = 1}), "rmsprop_test.cpp"));
    optim::RMSprop heavy(p, {.momentum = 0.5}), centered(p, {.centered = true}), plain(p);
    TensorFile file;
    heavy.write(file, "");
    CHECK(contains(error_of([&] { centered.read(file, ""); }), "mean.0"));
    CHECK(contains(error_of([&] { plain.read(file, ""); }), "got       RMSprop with 2 state(s)"));
}

TEST_SUITE_END();
