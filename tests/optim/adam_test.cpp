// tests/optim/adam_test.cpp — Adam and AdamW against the hand and against long double
#include "optim/adam.hpp"

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

void check_against_long_double(optim::AdamOptions o) {
    const Parameter p = point();
    optim::Adam adam(p, o);
    const long double c[3] = {1, 10, 0.1L};
    long double x[3] = {1, -2, 0.5L}, m[3] = {}, v[3] = {};
    Tape tape;
    for (int t = 1; t <= 50; ++t) {
        tape.rewind();
        const Var loss = sum(square(tape.use(p)) * Tensor({3}, {0.5, 5, 0.05}));
        adam.step(grad(loss, adam.parameters()));
        for (int i = 0; i < 3; ++i) {
            const long double g = c[i] * x[i], b1 = o.beta1, b2 = o.beta2, lr = o.lr;
            m[i] = b1 * m[i] + (1 - b1) * g;
            v[i] = b2 * v[i] + (1 - b2) * g * g;
            const long double m_hat = m[i] / (1 - std::pow(b1, t)), v_hat = v[i] / (1 - std::pow(b2, t));
            x[i] = (1 - lr * o.weight_decay) * x[i] - lr * m_hat / (std::sqrt(v_hat) + o.eps);
        }
    }
    // 50 steps of a few roundings each, relative to the start; near a sign change of g they weigh more
    for (Index i = 0; i < 3; ++i)
        CHECK(std::abs(static_cast<double>(p.value()[i]) - static_cast<double>(x[i])) < 1000 * epsilon);
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("Adam: a finite gradient of any size moves by lr at first, and poisons nothing") {
    const double largest = static_cast<double>(std::numeric_limits<Real>::max());
    for (const double size : {sizeof(Real) == 4 ? 3e19 : 1e200, largest, -largest}) {
        for (const double scale : {1.0, 0.5, 1e10}) {
            const Parameter p = point();
            optim::Adam adam(p, {.lr = 0.25});
            const Tensor large({3}, {size, size / 2, 0});
            const View views[1] = {large};
            optim::Gradients gradients{std::span<const View>(views)};
            gradients.scale = scale;
            adam.step(gradients);
            CHECK(static_cast<double>(p.value()[0]) == Approx(1 - std::copysign(0.25, size)).epsilon(1e-6));
            CHECK(static_cast<double>(p.value()[1]) == Approx(-2 - std::copysign(0.25, size)).epsilon(1e-6));
            TensorFile file;
            adam.write(file, "");
            for (const char* name : {"m.0", "v.0"})
                for (const Real entry : file.tensor(name).entries()) CHECK(std::isfinite(entry));
            const Real before = p.value()[0];
            step(adam, large);
            CHECK(p.value()[0] != before);
        }
    }
}

TEST_CASE("Adam: the first step is lr g / (|g| + ε), whatever the size of g") {
    const Parameter p = point();
    optim::Adam adam(p, {.lr = 0.25});
    step(adam, Tensor({3}, {1e-3, -1e3, 0}));
    CHECK(static_cast<double>(p.value()[0]) == Approx(1 - 0.25 * 1e-3 / (1e-3 + 1e-8)).epsilon(8 * epsilon));
    CHECK(static_cast<double>(p.value()[1]) == Approx(-2 + 0.25 * 1e3 / (1e3 + 1e-8)).epsilon(8 * epsilon));
    CHECK(p.value()[2] == 0.5);
}

TEST_CASE("Adam: the second step, by hand") {
    const Parameter p("x", Tensor({1}, {0}));
    optim::Adam adam(p, {.lr = 1, .beta1 = 0.5, .beta2 = 0.75, .eps = 1});
    step(adam, Tensor({1}, {2}));  // m = 1, v = 1;       m̂ = 2, v̂ = 4;  θ = −2/3
    CHECK(static_cast<double>(p.value()[0]) == Approx(-2.0 / 3).epsilon(4 * epsilon));
    step(adam, Tensor({1}, {0}));  // m = 0.5, v = 0.75;  m̂ = 2/3, v̂ = 12/7
    CHECK(static_cast<double>(p.value()[0]) ==
          Approx(-2.0 / 3 - 2.0 / 3 / (std::sqrt(12.0 / 7) + 1)).epsilon(4 * epsilon));
}

TEST_CASE("AdamW: the decay is lr λ θ for every entry, outside of the quotient") {
    const Parameter p = point();
    optim::AdamW adamw(p, {.lr = 0.5, .weight_decay = 0.5});
    step(adamw, Tensor(Shape{3}));
    CHECK(p.value() == Tensor({3}, {0.75, -1.5, 0.375}));
}

TEST_CASE("AdamW: its decay is 0.01 unless told otherwise, Adam's 0") {
    const Parameter p("x", Tensor({1}, {1})), q("x", Tensor({1}, {1}));
    optim::AdamW adamw(p, {.lr = 1});
    optim::Adam adam(q, {.lr = 1});
    step(adamw, Tensor(Shape{1}));
    step(adam, Tensor(Shape{1}));
    CHECK(static_cast<double>(p.value()[0]) == Approx(0.99).epsilon(epsilon));
    CHECK(q.value()[0] == 1);
}

TEST_CASE("Adam: 50 steps agree with long double") {
    check_against_long_double({.lr = 0.05});
    check_against_long_double({.lr = 0.02, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3});
    check_against_long_double({.lr = 0.05, .weight_decay = 0.1});
}

TEST_CASE("Adam: long vectors are treated entry by entry") {
    const Index n = 37;  // no multiple of a vector's length
    const Parameter p("x", Tensor(Shape{n}, 1));
    Tensor g(Shape{n});
    for (Index i = 0; i < n; ++i) g[i] = static_cast<Real>(i - 18);
    optim::Adam adam(p, {.lr = 0.5});
    step(adam, g);
    for (Index i = 0; i < n; ++i) {
        const double expected = i < 18 ? 1.5 : i > 18 ? 0.5 : 1;
        CHECK(static_cast<double>(p.value()[i]) == Approx(expected).epsilon(1e-7));  // ε / |g| ≤ 1e-8
    }
}

TEST_CASE("Adam: options out of range are errors that name them") {
    const Parameter p = point();
    const auto with = [&](optim::AdamOptions o) { return error_of([&] { optim::Adam(p, o); }); };
    CHECK(contains(with({.lr = -1e-3}), "lr = -0.001"));
    CHECK(contains(with({.beta1 = 1}), "0 ≤ beta1 < 1"));
    CHECK(contains(with({.beta2 = -0.5}), "beta2 = -0.5"));
    CHECK(contains(with({.beta2 = std::nan("")}), "beta2 = nan"));
    CHECK(contains(with({.eps = 0}), "eps = 0"));
    CHECK(contains(with({.weight_decay = -1}), "weight_decay = -1"));
    CHECK(contains(with({.beta1 = 1}), "adam_test.cpp"));
}

TEST_SUITE_END();
