// tests/ode/rosenbrock_test.cpp — Rosenbrock methods: their tables, ∂f/∂t, derivatives of a step's own Jacobian
#include "ode/tables/rosenbrock.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/each_table.hpp"
#include "tests/ode/linearly_implicit_euler.hpp"
#include "tests/ode/steep_net.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// A net whose rows decay at a pace of forty, driven by t.
const SteepNet driven{[](Tape& tape, Var start, Var weights, Var shift, const SolveOptions& options) {
    const auto field = [&](Var t, Var z) { return 3 * tanh(matmul(z, weights) + shift * t) - 40 * (z - sin(t)); };
    return sum(square(solve(tape, field, start, {0, 0.33, 1}, options).z));
}};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("rosenbrock: no coefficient of a table may be off by 1e-9") {
        const int tables = for_each_table([]<int S>(Rosenbrock<S> table) {
            CHECK(rosenbrock_holds(table));
            const auto check = [&](double& x) {
                const double before = x;
                x += 1e-9;
                CHECK_FALSE(rosenbrock_holds(table));
                x = before;
            };
            check(table.gamma);
            for (int i = 0; i < S; ++i) {
                check(table.m[i]);
                if (i < S - 1)
                    check(table.error[i]);  // u_S sums to nothing up to order 3: how much of it is taken is free
                if (i < S - 1) check(table.d[i]);
                if (i < S - 1) check(table.d_dash[i]);
                check(table.alpha[i]);
                check(table.gammas[i]);
                for (int j = 0; j < i; ++j) {
                    check(table.a[i][j]);
                    check(table.c[i][j]);
                }
            }
            CHECK(rosenbrock_holds(table));
        });
        CHECK(tables > 0);
    }

    TEST_CASE("rosenbrock: direct differentiates the Jacobian's entries, discrete by one pullback more: the same") {
        for (const bool adaptive : {false, true}) {
            SolveOptions options{.method = rodas4};
            if (adaptive)
                options.rtol = options.atol = either(1e-8, 1e-4);
            else
                options.steps = 7;
            const std::vector<Tensor> bars = driven.gradients(options);
            options.gradient = direct;
            const std::vector<Tensor> by_direct = driven.gradients(options);
            options.gradient = discrete;
            options.rows = independent;
            const std::vector<Tensor> by_rows = driven.gradients(options);
            for (std::size_t i = 0; i < bars.size(); ++i) {
                CHECK(distance(by_direct[i], bars[i]) < either(1e-12, 1e-3));
                CHECK(distance(by_rows[i], bars[i]) < (adaptive ? either(1e-6, 1e-2) : either(1e-12, 1e-4)));
            }
        }
    }

    TEST_CASE("rosenbrock: second derivatives of the same steps, forward over reverse and reverse over reverse") {
        if (is_double) check_second_derivatives(driven, {.method = rodas4, .steps = 5}, 1e-7);
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

    TEST_CASE("rosenbrock: a table without an estimate of its error takes equal steps, and no others") {
        constexpr Method euler = method_of<linearly_implicit_euler>();
        const auto decay = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -3 * y[0]; };
        const auto end = solve(decay, std::array{1.0}, {0, 1}, {.method = euler, .steps = 20}).end();
        CHECK(end[0] == doctest::Approx(std::pow(1 / 1.15, 20)).epsilon(1e-7));
        CHECK(error_of([&] {
                  solve(decay, std::array{1.0}, {0, 1}, {.method = euler});
              }).find("no error estimate") != std::string::npos);
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
