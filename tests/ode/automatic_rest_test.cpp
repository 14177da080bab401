// tests/ode/automatic_rest_test.cpp — where nothing moves, or too smoothly to tell: stiff, though no error says so
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ode/switching/automatic.hpp"
#include "ode/switching/automatic_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/ode/stiff_laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("automatic: a state at rest is stiff, too: its derivative is that of the limit it rests at") {
        Tape tape;
        const Var c = tape.variable(Tensor::scalar(1));
        const auto field = [&](Var, Var z) {  // z' = λ (c − z), y' = −z y
            const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
            return concatenate({1000 * (c - x), -x * y}, 0);
        };
        const Solution<Var> s = solve_automatic(tape, field, Tensor({2}, {1, 1}), {0, 1});
        CHECK(s.statistics().switches == 1);
        CHECK(s.statistics().stiff_at == 0);
        CHECK(num(grad(slice(s.end(), 0, 0, 1), {c})[0]) == doctest::Approx(1).epsilon(either(1e-6, 1e-4)));
        CHECK(num(grad(slice(s.end(), 0, 1, 1), {c})[0]) ==  // y(1) = e^{−c}, once z has followed c
              doctest::Approx(-std::exp(-1.0)).epsilon(2e-3));
    }

    TEST_CASE("automatic: a state at rest that is stiff only later, or a little, has the right derivative, too") {
        const auto slope = [](double rate, double rise, double end, const SolveOptions& options) {
            Tape tape;
            const Var c = tape.variable(Tensor::scalar(1));
            const auto field = [&](Var t, Var z) {  // z' = (rate + rise t) (c − z), y' = −z y
                const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
                return concatenate({(rate + rise * t) * (c - x), -x * y}, 0);
            };
            const Var at_end = solve_automatic(tape, field, Tensor({2}, {1, 1}), {0, end}, options).end();
            return num(grad(slice(at_end, 0, 1, 1), {c})[0]);
        };
        for (const double rise : {20., 50., 100.})  // y(10) = e^{−10 c}, but for how z follows c at first
            CHECK(slope(1, rise, 10, {}) == doctest::Approx(-9.9 * std::exp(-10.0)).epsilon(0.02));
        for (const double tol : {1e-4, 1e-6})
            for (double rate = 10; rate < 1e5; rate *= 1.7) {
                CAPTURE(tol);
                CAPTURE(rate);
                const double right = -std::exp(-1.0) * (1 + std::expm1(-rate) / rate);
                CHECK(slope(rate, 0, 1, {.rtol = tol, .atol = 1e-3 * tol}) == doctest::Approx(right).epsilon(0.01));
            }
    }

    TEST_CASE("automatic: one stiff row of a thousand is seen, and a stiff direction that no sum of signs lies in") {
        const Quiet nothing_limits_these_steps;
        Tape tape;
        const Var c = tape.variable(Tensor::scalar(1));
        Tensor start({1000, 1}), rates({1000, 1});
        for (Index i = 0; i < 1000; ++i) start[i] = 1, rates[i] = i == 500 ? 300 : 1;
        const Solution<Var> rows = solve_automatic(tape, [&](Var, Var z) { return rates * (c - z); }, start, {0, 1});
        CHECK(rows.statistics().switches == 1);
        CHECK(num(grad(slice(rows.end(), 0, 500, 1), {c})[0]) == doctest::Approx(1).epsilon(0.01));
        const auto reaction = [&](Var, Var z) {  // A + B <-> C + D, at rest
            const auto x = [&](Index i) { return slice(z, 0, i, 1); };
            const Var rate = 1e3 * (x(0) * x(1) - c * x(2) * x(3));
            return concatenate({-rate, -rate, rate, rate}, 0);
        };
        const Solution<Var> s = solve_automatic(tape, reaction, Tensor({4}, {1, 1, 1, 1}), {0, 1});
        CHECK(num(grad(slice(s.end(), 0, 0, 1), {c})[0]) == doctest::Approx(0.25).epsilon(1e-3));
    }

    TEST_CASE(
        "automatic: a pair of eigenvalues is seen in units in which it turns by leaps, and growth is no stiffness") {
        const Quiet nothing_limits_these_steps;
        Tape tape;
        const Var c = tape.variable(Tensor::scalar(1));
        for (const double atol : {1e-6, is_double ? 1e-9 : 1e-7}) {
            const auto spring = [&](Var, Var z) {  // x'' = −1e4 (x − c) − 100 x'
                const Var x = slice(z, 0, 0, 1), v = slice(z, 0, 1, 1);
                return concatenate({v, -1e4 * (x - c) - 100 * v}, 0);
            };
            const Solution<Var> s = solve_automatic(tape, spring, Tensor({2}, {1, 0}), {0, 1}, {.atol = atol});
            CHECK(num(grad(slice(s.end(), 0, 0, 1), {c})[0]) == doctest::Approx(1).epsilon(0.01));
        }
        const Solution<Var> parting =
            solve_automatic(tape, [&](Var, Var z) { return 20 * (z - c); }, Tensor({1}, {1}), {0, 1});
        CHECK(parting.statistics().switches == 0);
    }

    TEST_CASE("automatic: beside the real axis less is stable, and backwards in time as much as forwards") {
        const Quiet nothing_limits_these_steps;
        const auto slope = [](double w, double damping, double end, const SolveOptions& options) {
            Tape tape;
            const Var c = tape.variable(Tensor::scalar(1));
            const auto field = [&](Var, Var z) {  // x'' = −w² (x − c) − 2 damping w x', v = x' / w, y' = −x y
                const Var x = slice(z, 0, 0, 1), v = slice(z, 0, 1, 1), y = slice(z, 0, 2, 1);
                return concatenate({w * v, -w * (x - c) - 2 * damping * w * v, -x * y}, 0);
            };
            const Var z = solve_automatic(tape, field, Tensor({3}, {1, 0, 1}), {0, end}, options).end();
            return num(grad(slice(z, 0, 2, 1), {c})[0]);
        };
        for (const double damping : {0.02, 0.1, 0.2, 0.5})
            for (const double w : {53., 100., 248.}) {
                CAPTURE(damping);
                CAPTURE(w);
                const double right = -(2 - 2 * damping / w) * std::exp(-2.0);  // but for what still turns
                CHECK(slope(w, damping, 2, {.rtol = 1e-4, .atol = 1e-7}) == doctest::Approx(right).epsilon(0.03));
            }
        for (const double rate : {40., 1e3, 1e5}) {
            Tape tape;
            const Var c = tape.variable(Tensor::scalar(1));
            const auto field = [&](Var, Var z) {  // z' = rate (z − c), y' = z y, from 1 to 0
                const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
                return concatenate({rate * (x - c), x * y}, 0);
            };
            const Var z = solve_automatic(tape, field, Tensor({2}, {1, 1}), {1, 0}).end();
            CHECK(num(grad(slice(z, 0, 1, 1), {c})[0]) ==
                  doctest::Approx(-std::exp(-1.0) * (1 - 1 / rate)).epsilon(0.01));
        }
    }

    TEST_CASE("automatic: steps that are made short again and again are stiff, though each of them is stable") {
        const auto costs = [](const auto& field, const std::vector<double>& start, double end, double tol) {
            SolveOptions options{.rtol = tol, .atol = 1e-3 * tol};
            const auto s = solve_automatic(field, start, {0, end}, options);
            options.method = kvaerno5;
            const auto alone = solve(field, start, {0, end}, options);
            return double(s.statistics().evaluations) / double(alone.statistics().evaluations + 300);
        };
        for (const double rate : {1e3, 4e3, 1.6e4})
            for (const double tol : {1e-6, 1e-8, 1e-9}) {
                CAPTURE(rate);
                CAPTURE(tol);
                const auto outflow = [rate](double, In y, Out dy) {
                    dy[0] = -std::sqrt(y[0]), dy[1] = rate * (y[0] - y[1]);
                };
                const auto decay = [rate](double, In y, Out dy) {
                    dy[0] = -y[0] * std::log(y[0]), dy[1] = rate * (y[0] - y[1]);
                };
                CHECK(costs(outflow, {1, 1}, 1.9, tol) < 1.5);
                CHECK(costs(decay, {1e-3, 1e-3}, 5, tol) < 2.5);
            }
        const auto spring = [](double t, In y, Out dy) {  // about cos t, damped by a hundredth
            dy[0] = 1e3 * y[1], dy[1] = -1e3 * (y[0] - std::cos(t)) - 20 * y[1];
        };
        CHECK(costs(spring, {1.5, 0}, 2, 1e-3) < 3);
    }

    TEST_CASE("automatic: beside its state a field may be no number, on whichever side one looks") {
        Tape tape;
        const auto root = [](Var, Var z) { return -3 * sqrt(1 - z); };
        for (const bool check : {false, true}) {
            tape.set_finite_check(check);
            const Var end = solve_automatic(tape, root, Tensor({1}, {1}), {0, 1}).end();
            CHECK(num(end) == 1);
        }
        tape.set_finite_check(false);
        const Var c = tape.variable(Tensor::scalar(1));
        for (const double side :
             {-1., 1.}) {  // x' = 1000 (c − x), y' = −x y, and a root that is there on one side alone
            const auto field = [&](Var, Var z) {
                const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
                return concatenate({1000 * (c - x), -x * y + 0 * sqrt(1e-9 + side * (x - c))}, 0);
            };
            const Var end = slice(solve_automatic(tape, field, Tensor({2}, {1, 1}), {0, 1}).end(), 0, 1, 1);
            CHECK(num(grad(end, {c})[0]) == doctest::Approx(-std::exp(-1.0)).epsilon(0.01));
        }
    }

    TEST_CASE("automatic: on a slow manifold from the start on, the derivative is right, too") {
        const Quiet nothing_limits_these_steps;
        Tape tape;
        const Var c = tape.variable(Tensor::scalar(1));
        const auto field = [&](Var t, Var z) {  // z' = λ (c cos t − z), y' = −z² y
            const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
            return concatenate({1e8 * (c * cos(t) - x), -square(x) * y}, 0);
        };
        const Solution<Var> s = solve_automatic(tape, field, Tensor({2}, {1, 1}), {0, 1}, {.rtol = 1e-6, .atol = 1e-9});
        const double square = 0.5 + std::sin(2.0) / 4, y = std::exp(-square);  // of cos, over [0, 1]
        CHECK(num(grad(slice(s.end(), 0, 1, 1), {c})[0]) ==
              doctest::Approx(-2 * square * y).epsilon(either(1e-3, 1e-2)));
    }

    TEST_CASE("automatic: at tight tolerances it changes as long as the solution bends less than its steps") {
        for (const auto& of : {std::pair{3e3, 1e-8}, {3e4, 1e-10}, {300., 1e-7}, {3e4, 1e-9}, {3e3, 1e-5}, {3e4, 1e-3}})
            for (const Method& implicit : {kvaerno5, radau5}) {
                const double lambda = of.first, tol = of.second;
                CAPTURE(lambda);
                CAPTURE(tol);
                CAPTURE(std::string(implicit.name));
                const Follower f{lambda};
                const SolveOptions options{.rtol = tol, .atol = 0.01 * tol, .max_steps = 100'000};
                SolveOptions by_one = options;
                by_one.method = implicit;
                const auto s = solve_automatic(f, std::array{0.5}, {0, 10}, options, implicit);
                const auto alone = solve(f, std::array{0.5}, {0, 10}, by_one);
                CHECK(s.end()[0] == doctest::Approx(f.at(10)).epsilon(10 * tol));
                CHECK(s.statistics().switches == 1);
                CHECK(double(s.statistics().evaluations) < 1.2 * double(alone.statistics().evaluations) + 200);
            }
    }

    TEST_CASE("automatic: a step that cannot be shorter than is stable is an implicit one") {
        for (const double lambda : {400., 1e3, 1e5}) {
            const Follower f{lambda};
            const auto s = solve_automatic(f, std::array{2.0}, {0, 1}, {.min_step = 0.01});
            CHECK(s.end()[0] == doctest::Approx(f.at(1)).epsilon(1e-4));
            CHECK(s.statistics().implicit_steps == s.statistics().accepted);
        }
    }

    TEST_CASE("automatic: so many steps are so many, whether or not the method changes within them") {
        const Follower f{1e3};
        for (int most = 20; most < 60; ++most) {
            Automatic stepper(f, std::array{0.5}, {0, 100}, {.rtol = 1e-8, .atol = 1e-10, .max_steps = most});
            while (stepper.step()) {
            }
            CHECK(stepper.status() == Status::too_many_steps);
            const Statistics& took = stepper.outcome().statistics;
            CHECK(took.accepted + took.rejected == most);
        }
    }
}
