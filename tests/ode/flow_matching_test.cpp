// tests/ode/flow_matching_test.cpp — the best field for normal data is known, and so is its loss
#include "ode/models/flow_matching.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "nn/mlp.hpp"
#include "ode/models/flow.hpp"
#include "optim/adam.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// x ~ N(m, s²), z ~ N(0, 1): x_t ~ N((1 − t) m, v), v = (1 − t)² s² + t², and z − x given x_t is normal with
//   mean −m + c/v (x_t − (1 − t) m),   variance 1 + s² − c²/v,   c = t − (1 − t) s²
constexpr double m = 1.5, s = 0.4;

Var best(Var t, Var x) {
    const Var rest = 1 - t, c = t - s * s * rest, v = square(s * rest) + square(t);
    return c / v * (x - m * rest) - m;
}

Tensor normal_data(Index rows, Rng& rng) {
    Tensor x({rows, 1});
    rng.fill_normal(x.entries(), m, s);
    return x;
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("matching_loss: of the best field it is the variance that is left, and its gradient is 0") {
    double left = 0;
    const int parts = 1000;
    for (int i = 0; i < parts; ++i) {
        const double t = (i + 0.5) / parts, c = t - (1 - t) * s * s, v = std::pow((1 - t) * s, 2) + t * t;
        left += (1 + s * s - c * c / v) / parts;
    }
    const Index rows = 40'000;
    Rng rng(0);
    const Parameter scale("scale", 1.0), shift("shift", 0.0);
    Tape tape;
    const auto field = [&](Var t, Var x) { return scale * best(t, x) + shift; };
    const Var loss = ode::matching_loss(tape, field, normal_data(rows, rng), rng);
    CHECK(num(loss) == doctest::Approx(left).epsilon(0.03));
    const Vars g = grad(loss, {scale, shift});
    CHECK(std::abs(num(g[0])) < 0.03);
    CHECK(std::abs(num(g[1])) < 0.03);
}

TEST_CASE("matching_loss: its best field is a flow with the data's density") {
    const auto field = [](Var t, Var x) { return best(t, x); };
    const ode::Flow flow(field, 1, {0, 1},
                         {.method = ode::dopri5, .rtol = either(1e-9, 1e-5), .atol = either(1e-9, 1e-5)});
    const Tensor x({5, 1}, {0.7, 1.2, 1.5, 1.9, 2.5}), p = flow.log_density(x);
    for (Index i = 0; i < 5; ++i) {
        const double d = (double(x[i]) - m) / s;
        CHECK(double(p[i]) == doctest::Approx(-d * d / 2 - std::log(s) - 0.5 * std::log(2 * 3.141592653589793))
                                  .epsilon(either(1e-7, 1e-3)));
    }
}

TEST_CASE("matching_loss: a small net learns the map from it, without a solver") {
    Rng rng(1);
    const nn::MLP net({1, 32, 1}, nn::tanh, rng, {.time = true});
    optim::Adam adam(net);
    Tape tape;
    for (int n = 0; n < 1500; ++n, tape.rewind()) {
        adam.set_lr(1e-2 * (1 + std::cos(3.14159265 * n / 1500)) / 2);
        adam.minimise(ode::matching_loss(tape, net, normal_data(256, rng), rng));
    }
    const Tensor sample = ode::Flow(net, 1).sample(20'000, rng);
    double mean = 0, square = 0;
    for (const Real x : sample.entries()) mean += double(x) / 20'000, square += double(x) * double(x) / 20'000;
    CHECK(mean == doctest::Approx(m).epsilon(0.03));
    CHECK(std::sqrt(square - mean * mean) == doctest::Approx(s).epsilon(0.06));
}

TEST_CASE("matching_loss: a warm update allocates nothing") {
    Rng rng(1);
    const nn::MLP net({2, 8, 2}, nn::tanh, rng, {.time = true});
    optim::Adam adam(net);
    const Tensor x = waves({16, 2}, 1);
    Tape tape;
    const auto update = [&] {
        tape.rewind();
        adam.minimise(ode::matching_loss(tape, net, x, rng));
    };
    for (int n = 0; n < 4; ++n) update();
    CHECK(allocations_in(update) == 0);
}

TEST_CASE("matching_loss: what does not fit is an error that says so") {
    Rng rng(1);
    Tape tape;
    const auto one = [](Var, Var x) { return sum(x, -1, true); };
    CHECK(contains(error_of([&] { ode::matching_loss(tape, one, Tensor(Shape{3}), rng); }), "x is no batch of points"));
    const std::string error = error_of([&] { ode::matching_loss(tape, one, Tensor({3, 2}), rng); });
    CHECK(contains(error, "expected  [3,2]"));
    CHECK(contains(error, "flow_matching_test.cpp"));
}

TEST_SUITE_END();
