// tests/ode/rosenbrock_test.cpp — Rosenbrock methods: their tables, ∂f/∂t, derivatives of a step's own Jacobian
#include "ode/rosenbrock.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// A net whose rows decay at a pace of forty, driven by t.
struct Driven {
    Tensor z0 = waves({3, 2}, 0.8), W = waves({2, 2}, 0.9, 2.3), b = waves({2}, 0.5, 0.7);

    Var loss(Tape& tape, Var start, Var weights, Var shift, const SolveOptions& options) const {
        const auto field = [&](Var t, Var z) { return 3 * tanh(matmul(z, weights) + shift * t) - 40 * (z - sin(t)); };
        return sum(square(solve(tape, field, start, {0, 0.33, 1}, options).z));
    }
    std::vector<Tensor> gradients(const SolveOptions& options) const {
        Tape tape;
        const Var xs[] = {tape.variable(z0), tape.variable(W), tape.variable(b)};
        std::vector<Tensor> bars;
        for (const Var g : grad(loss(tape, xs[0], xs[1], xs[2], options), Vars(xs))) bars.emplace_back(tape.view(g));
        return bars;
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("rosenbrock: no coefficient of a table may be off by 1e-9") {
        Rosenbrock<6> table = tables::rodas4;
        CHECK(rosenbrock_holds(table));
        const auto check = [&](double& x) {
            const double before = x;
            x += 1e-9;
            CHECK_FALSE(rosenbrock_holds(table));
            x = before;
        };
        check(table.gamma);
        for (int i = 0; i < 6; ++i) {
            check(table.m[i]);
            if (i < 5) check(table.error[i]);  // u_6 sums to nothing up to order 3: how much of it is taken is free
            if (i < 5) check(table.d[i]);
            if (i < 5) check(table.d_dash[i]);
            check(table.alpha[i]);
            check(table.gammas[i]);
            for (int j = 0; j < i; ++j) {
                check(table.a[i][j]);
                check(table.c[i][j]);
            }
        }
        CHECK(rosenbrock_holds(table));
    }

    TEST_CASE("rosenbrock: direct differentiates the Jacobian's entries, discrete by one pullback more: the same") {
        const Driven net;
        for (const bool adaptive : {false, true}) {
            SolveOptions options{.method = rodas4};
            if (adaptive)
                options.rtol = options.atol = either(1e-8, 1e-4);
            else
                options.steps = 7;
            const std::vector<Tensor> bars = net.gradients(options);
            options.gradient = direct;
            const std::vector<Tensor> by_direct = net.gradients(options);
            options.gradient = discrete;
            options.rows = independent;
            const std::vector<Tensor> by_rows = net.gradients(options);
            for (std::size_t i = 0; i < bars.size(); ++i) {
                CHECK(distance(by_direct[i], bars[i]) < either(1e-12, 1e-3));
                CHECK(distance(by_rows[i], bars[i]) < (adaptive ? either(1e-6, 1e-2) : either(1e-12, 1e-4)));
            }
        }
    }

    TEST_CASE("rosenbrock: second derivatives of the same steps, forward over reverse and reverse over reverse") {
        if (!is_double) return;
        const Driven net;
        const SolveOptions options{.method = rodas4, .steps = 5};
        const Tensor v({2, 2}, {1, 0.5, -0.3, 0.2});
        const auto gradient_at = [&](double h) {
            Driven moved = net;
            for (Index i = 0; i < 4; ++i) moved.W[i] += static_cast<Real>(h) * v[i];
            return moved.gradients(options)[1];
        };
        const Tensor after = gradient_at(1e-5), before = gradient_at(-1e-5);
        Tape tape;
        const Var z0 = tape.variable(net.z0), W = tape.variable(net.W), b = tape.variable(net.b);
        const Var loss = net.loss(tape, z0, W, b, options);
        const Tensor forward(tape.view(hvp(loss, W, v))), reverse(tape.view(grad(sum(grad(loss, W) * v), W)));
        for (Index i = 0; i < 4; ++i) {
            const double wanted = (double(after[i]) - double(before[i])) / 2e-5;
            CHECK(double(forward[i]) == doctest::Approx(wanted).epsilon(1e-7));
            CHECK(double(reverse[i]) == doctest::Approx(wanted).epsilon(1e-7));
        }
    }

    TEST_CASE("rosenbrock: a field of numbers may give its derivatives; f is not asked outside of a step for them") {
        struct Law {
            double* latest;
            void operator()(double t, std::span<const double> y, std::span<double> dy) const {
                *latest = std::max(*latest, t);
                dy[0] = -50 * (y[0] - std::cos(t));
            }
        };
        struct Exact : Law {
            void jacobian(double, std::span<const double>, std::span<double> J) const { J[0] = -50; }
            void time_rate(double t, std::span<const double>, std::span<double> rate) const {
                rate[0] = -50 * std::sin(t);
            }
        };
        double latest = 0;
        const SolveOptions options{.method = rodas4, .rtol = 1e-8, .atol = 1e-8};
        const auto by_differences = solve(Law{&latest}, std::array{0.0}, {0, 1.5}, options);
        CHECK(latest == 1.5);
        const auto given = solve(Exact{{&latest}}, std::array{0.0}, {0, 1.5}, options);
        const double k = 50,
                     exact = (k * k * std::cos(1.5) + k * std::sin(1.5)) / (k * k + 1);  // its transient is over
        CHECK(by_differences.end()[0] == doctest::Approx(exact).epsilon(1e-7));
        CHECK(given.end()[0] == doctest::Approx(exact).epsilon(1e-7));
        const Statistics s = given.statistics();
        CHECK(s.jacobians == s.accepted);
        CHECK(s.factorizations == s.accepted + s.rejected);
        CHECK(s.newton_iterations == 0);
        CHECK(s.evaluations <= 6 * (s.accepted + s.rejected) + 2);
        CHECK(by_differences.statistics().evaluations > s.evaluations);
    }

    TEST_CASE("rosenbrock: one row of many numbers has a Jacobian, too") {
        const auto ends = [](Index rows, Index n) {
            Tape tape;
            const Var z0 = tape.variable(waves({rows, n}, 0.8));
            const auto decay = [](Var t, Var z) { return -30 * (z - sin(t)); };
            const Var end = solve(tape, decay, z0, {0, 1}, {.method = rodas4, .steps = 6}).end();
            return std::vector<Tensor>{Tensor(tape.view(end)), Tensor(tape.view(grad(sum(square(end)), z0)))};
        };
        const auto one = ends(1, 230), many = ends(230, 1);
        for (std::size_t i = 0; i < 2; ++i)
            for (Index j = 0; j < 230; ++j)
                CHECK(double(one[i][j]) == doctest::Approx(double(many[i][j])).epsilon(either(1e-12, 1e-4)));
    }

    TEST_CASE("rosenbrock: what its steps cannot be differentiated by says what can") {
        const Tensor z0({2}, {1, 2});
        for (const Route& route : {backsolve, interpolating, checkpointed(3)}) {
            Tape tape;
            const std::string error = error_of([&] {
                solve(tape, [](Var, Var z) { return -z; }, tape.variable(z0), {0, 1},
                      {.method = rodas4, .gradient = route});
            });
            CHECK(contains(error, "a gradient that this method does not have"));
            CHECK(contains(error, ".method = ode::rodas4"));
        }
    }
}
