// tests/optim/lbfgs_test.cpp — L-BFGS against known minima, and what it does where a loss cannot be had
#include "optim/lbfgs.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using optim::Stop;
using test::contains;
using test::error_of;

namespace {

constexpr bool in_double = sizeof(Real) == 8;

double entry(const Parameter& p, Index i) { return static_cast<double>(p.value()[i]); }

// Rosenbrock's valley of n dimensions, in pairs: Σ 100 (x₂ᵢ − x₁ᵢ²)² + (1 − x₁ᵢ)². Minimum 0 at 1.
Var rosenbrock(Var x) {
    Var pairs = reshape(x, {-1, 2}), a = column(pairs, 0), b = column(pairs, 1);
    return sum(100 * square(b - square(a)) + square(1 - a));
}

// Beale 1958. Minimum 0 at (3, 1/2).
Var beale(Var p) {
    Var x = p[0], y = p[1];
    return square(1.5 - x + x * y) + square(2.25 - x + x * square(y)) + square(2.625 - x + x * y * square(y));
}

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("L-BFGS: Rosenbrock's valley, from the classical start") {
    const Parameter x("x", Tensor({2}, {-1.2, 1}));
    optim::LBFGS lbfgs(x);
    const auto end =
        lbfgs.minimise([&](Tape& tape) { return rosenbrock(tape.use(x)); }, {.gradient = in_double ? 1e-8 : 1e-3});
    CHECK(end.stop == Stop::small_gradient);
    CHECK(end.error.empty());
    CHECK(end.loss < (in_double ? 1e-16 : 1e-7));
    CHECK(end.iterations < 45);  // SciPy's L-BFGS-B: 36 iterations, 45 evaluations
    CHECK(end.evaluations < 60);
    CHECK(entry(x, 0) == Approx(1).epsilon(in_double ? 1e-8 : 1e-3));
    CHECK(entry(x, 1) == Approx(1).epsilon(in_double ? 1e-8 : 1e-3));
}

TEST_CASE("L-BFGS: Rosenbrock's valley in 40 dimensions, in two parameters") {
    const Parameter x("x", Tensor(Shape{10, 2}, Real(-1))), y("y", Tensor(Shape{20}, Real(0.5)));
    optim::LBFGS lbfgs({x, y});
    const auto loss = [&](Tape& tape) { return rosenbrock(tape.use(x)) + rosenbrock(tape.use(y)); };
    const auto end = lbfgs.minimise(loss, {.gradient = in_double ? 1e-8 : 1e-3});
    CHECK(end.stop == Stop::small_gradient);
    for (Index i = 0; i < 20; ++i) {
        CHECK(entry(x, i) == Approx(1).epsilon(in_double ? 1e-8 : 2e-3));
        CHECK(entry(y, i) == Approx(1).epsilon(in_double ? 1e-8 : 2e-3));
    }
}

TEST_CASE("L-BFGS: Beale's function") {
    const Parameter x("x", Tensor({2}, {1, 1}));
    optim::LBFGS lbfgs(x);
    const auto end =
        lbfgs.minimise([&](Tape& tape) { return beale(tape.use(x)); }, {.gradient = in_double ? 1e-9 : 1e-4});
    CHECK(end.stop == Stop::small_gradient);
    CHECK(end.evaluations < 30);
    CHECK(entry(x, 0) == Approx(3).epsilon(in_double ? 1e-8 : 1e-3));
    CHECK(entry(x, 1) == Approx(0.5).epsilon(in_double ? 1e-8 : 1e-3));
}

TEST_CASE("L-BFGS: with exact line searches a quadratic of n dimensions takes n steps") {
    const Index n = 6;
    Rng rng(0);
    Tensor root({n, n}), b({n, 1});
    rng.fill_normal(root.entries());
    rng.fill_normal(b.entries());
    for (Index i = 0; i < n; ++i) root(i, i) += 2;
    const Parameter x("x", Tensor(Shape{n, 1}));
    optim::LBFGS lbfgs(x, {.memory = int(n), .curvature = 1e-3});
    const auto loss = [&](Tape& tape) {  // ½ |R x|² − bᵀx
        Var p = tape.use(x);
        return sum(square(matmul(tape.constant(root), p))) / 2 - sum(p * b);
    };
    const auto end = lbfgs.minimise(loss, {.iterations = int(n), .gradient = 0});
    CHECK(end.iterations == n);
    CHECK(end.gradient < (in_double ? 1e-4 : 0.1));  // as exact as the searches, 1e-3 of a slope each, or as rounding
}

TEST_CASE("L-BFGS: at rounding's floor it is stuck, and says so; the parameters are at the lowest loss") {
    const Parameter x("x", Tensor({2}, {3, -2}));
    optim::LBFGS lbfgs(x);
    const auto loss = [&](Tape& tape) { return sum(sqrt(1 + square(tape.use(x) - Tensor({2}, {1, 0.1})))); };
    const auto end = lbfgs.minimise(loss, {.iterations = 1000, .gradient = 0});
    CHECK((end.stop == Stop::stuck || end.stop == Stop::small_gradient));
    CHECK(end.iterations < 60);
    CHECK(end.loss == Approx(2).epsilon(in_double ? 1e-15 : 1e-6));
    CHECK(entry(x, 0) == Approx(1).epsilon(in_double ? 1e-9 : 1e-3));
    Tape tape;
    CHECK(static_cast<double>(loss(tape).item()) == end.loss);
    CHECK(std::string(to_text(Stop::stuck)) == "stuck");
}

TEST_CASE("L-BFGS: a loss that is not finite, or none at all, was a step too far") {
    const Parameter x("x", Tensor({1}, {1e-3}));
    const auto log_barrier = [&](Tape& tape) {
        return sum(tape.use(x) - log(tape.use(x)));
    };  // nan left of 0, minimum 1
    optim::LBFGS lbfgs(x);
    const auto end = lbfgs.minimise(log_barrier, {.gradient = in_double ? 1e-8 : 1e-4});
    CHECK(end.stop == Stop::small_gradient);
    CHECK(entry(x, 0) == Approx(1).epsilon(1e-3));

    // dz/dt = p z² from 1 becomes infinite at t = 1/p; z(1) = 1/(1 − p). A step to p > 1 ends in an Error of the solve.
    const Parameter p("p", Tensor({1}, {-20}));
    const auto field = [&](Var, Var z) { return p * square(z); };
    optim::LBFGS newton(p);
    const auto fit = newton.minimise(
        [&](Tape& tape) {
            Var z = ode::solve(tape, field, Tensor({1, 1}, {1}), {0, 1}, {.rtol = 1e-5, .atol = 1e-5}).end();
            return sum(square(log(z) - std::log(10.0)));  // p = 0.9
        },
        {.gradient = 1e-4});
    CHECK(entry(p, 0) == Approx(0.9).epsilon(1e-2));
    CHECK(contains(fit.error, "solve: "));
}

TEST_CASE("L-BFGS: at the start there must be a loss, of these parameters, on the tape that it was given") {
    const Parameter x("x", Tensor({1}, {-1})), other("other", Tensor({1}, {2}));
    optim::LBFGS lbfgs(x);
    const std::string not_finite = error_of([&] { lbfgs.minimise([&](Tape& tape) { return sum(log(tape.use(x))); }); });
    CHECK(contains(not_finite, "minimise: the loss or its gradient is not finite at the start\n  got       loss nan"));
    CHECK(contains(not_finite, "lbfgs_test.cpp:" + std::to_string(__LINE__ - 2)));
    CHECK(contains(error_of([&] { lbfgs.minimise([&](Tape& tape) { return sum(tape.use(other)); }); }),
                   "minimise: the loss depends on no parameter of this optimiser"));
    CHECK(contains(error_of([&] { lbfgs.minimise([&](Tape& tape) {
                                      return tape.use(x) * Tensor({2}, {1, 2});
                                  }); }),
                   "grad: y is not a single number"));
    Tape mine;
    CHECK(contains(error_of([&] { lbfgs.minimise([&](Tape&) { return sum(mine.use(x)); }); }),
                   "minimise: the loss was recorded on another tape"));
    CHECK(x.value()[0] == -1);
    CHECK(contains(error_of([&] { optim::LBFGS(x, {.memory = 0}); }), "LBFGS: memory is out of range"));
    CHECK(contains(error_of([&] { optim::LBFGS(x, {.curvature = 1}); }), "curvature = 1"));
    CHECK(contains(error_of([&] { optim::LBFGS({x, x}); }), "listed twice"));
    CHECK(contains(error_of([&] { optim::LBFGS{nn::Module{}}; }), "there is nothing to train"));
}

TEST_CASE("L-BFGS: step by step it is the same run; parameters that somebody moves are looked at anew") {
    const Parameter x("x", Tensor({2}, {-1.2, 1})), twin("x", Tensor({2}, {-1.2, 1}));
    optim::LBFGS whole(x), single(twin);
    const auto end = whole.minimise([&](Tape& tape) { return rosenbrock(tape.use(x)); }, {.iterations = 12});
    const auto loss = [&](Tape& tape) { return rosenbrock(tape.use(twin)); };
    for (int n = 0; n < 12; ++n) CHECK(single.step(loss));
    CHECK(end.stop == Stop::iterations);
    CHECK(end.iterations == 12);
    CHECK(x.value() == twin.value());
    CHECK(single.loss() == end.loss);
    CHECK(single.evaluations() == end.evaluations);
    CHECK(single.steps() == 12);
    twin.edit().assign(Tensor({2}, {1, 1}));
    CHECK(!single.step(loss));  // at the minimum already
    CHECK(single.loss() == 0);
}

TEST_CASE("L-BFGS: a small change of the loss may end it; numbers may come from elsewhere than a tape") {
    const Parameter x("x", Tensor({2}, {4, 3}));
    Tensor gradient({2});
    const View views[1] = {gradient};
    const auto loss = [&]() -> optim::LossAndGradient {  // ¼ Σ (x − 1)⁴ + 1
        double sum = 1;
        for (Index i = 0; i < 2; ++i) {
            const Real d = x.value()[i] - 1;
            gradient[i] = d * d * d;
            sum += static_cast<double>(d * d * d * d) / 4;
        }
        return {sum, std::span<const View>(views)};
    };
    optim::LBFGS lbfgs(x);
    const auto end = lbfgs.minimise(loss, {.gradient = 0, .change = 1e-3});
    CHECK(end.stop == Stop::small_change);
    CHECK(end.loss == Approx(1).epsilon(1e-2));
}

TEST_CASE("L-BFGS: a run that was stopped and resumed is bit-identical to one that was not") {
    const Parameter a("x", Tensor({4}, {-1.2, 1, 2, -1})), b("x", a.value());
    const auto loss_of = [](const Parameter& x) { return [&](Tape& tape) { return rosenbrock(tape.use(x)); }; };
    optim::LBFGS whole(a, {.memory = 4}), first(b, {.memory = 4}), second(b, {.memory = 4});
    for (int n = 0; n < 14; ++n) whole.step(loss_of(a));
    for (int n = 0; n < 7; ++n) first.step(loss_of(b));  // more than it keeps
    TensorFile file;
    first.write(file, "lbfgs.");
    second.read(parse(serialize(file)), "lbfgs.");
    for (int n = 0; n < 7; ++n) second.step(loss_of(b));
    CHECK(a.value() == b.value());
    CHECK(second.steps() == 14);
    optim::LBFGS small(b, {.memory = 3}), other(Parameter("x", Tensor(Shape{3})), {.memory = 4});
    CHECK(contains(error_of([&] { small.read(file, "lbfgs."); }), "the number of pairs in the file = 4"));
    CHECK(contains(error_of([&] { other.read(file, "lbfgs."); }), "\"lbfgs.s.0\" [4]"));
    CHECK(contains(error_of([&] { other.read(file, ""); }), "kind.LBFGS"));
}

TEST_CASE("L-BFGS: once warm it asks for no memory") {
    const nn::MLP net({1, 8, 1}, nn::tanh, Rng{0});
    Tensor inputs({16, 1}), targets({16, 1});
    for (Index i = 0; i < 16; ++i) inputs[i] = Real(i) / 8 - 1, targets[i] = std::sin(3 * inputs[i]);
    optim::LBFGS lbfgs(net, {.memory = 5});
    const auto loss = [&](Tape& tape) { return nn::mse(net(tape.constant(inputs)), targets); };
    for (int n = 0; n < 8; ++n) lbfgs.step(loss);
    CHECK(test::allocations_in([&] {
              for (int n = 0; n < 20; ++n) lbfgs.step(loss);
          }) == 0);
    CHECK(lbfgs.minimise(loss, {.iterations = 300}).loss < 1e-4);
}

TEST_SUITE_END();
