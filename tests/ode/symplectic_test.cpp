// tests/ode/symplectic_test.cpp — kicks and drifts: their order, the energy over many orbits, gradients, a Hamiltonian
#include "ode/symplectic.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Kepler: a planet with eccentricity e, period 2π
constexpr double e = 0.5;
const std::array<double, 2> q0{1 - e, 0}, p0{0, std::sqrt((1 + e) / (1 - e))};
void move(double, In p, Out dq) { dq[0] = p[0], dq[1] = p[1]; }
void pull(double, In q, Out dp) {
    const double r = std::hypot(q[0], q[1]);
    for (std::size_t i = 0; i < 2; ++i) dp[i] = -q[i] / (r * r * r);
}
double energy(const std::vector<double>& q, const std::vector<double>& p) {
    return (p[0] * p[0] + p[1] * p[1]) / 2 - 1 / std::hypot(q[0], q[1]);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("symplectic: every splitting shows its order, where the kick reads the time, the drift, or both") {
        struct Driven {
            const char* name;
            std::function<void(double, In, Out)> drift, kick;
            double exact;  // q(2), from q = 1, p = 0
        };
        const double t1 = 2, angle = t1 + (1 - std::cos(t1)) / 2;
        const auto pace = [](double t) { return 1 + std::sin(t) / 2; };
        const Driven all[] = {
            {"kick",  // q'' = −q + sin 2t
             [](double, In p, Out dq) { dq[0] = p[0]; },
             [](double t, In q, Out dp) { dp[0] = -q[0] + std::sin(2 * t); },
             std::cos(t1) + (2 * std::sin(t1) - std::sin(2 * t1)) / 3},
            {"drift",  // q'' = −q + 2 cos 2t
             [](double t, In p, Out dq) { dq[0] = p[0] + std::sin(2 * t); },
             [](double, In q, Out dp) { dp[0] = -q[0]; }, (5 * std::cos(t1) - 2 * std::cos(2 * t1)) / 3},
            {"both",  // a circle, at the pace 1 + sin(t)/2
             [&](double t, In p, Out dq) { dq[0] = pace(t) * p[0]; },
             [&](double t, In q, Out dp) { dp[0] = -pace(t) * q[0]; }, std::cos(angle)}};
        for (const Driven& problem : all)
            for (const Splitting& m : all_splittings) {
                CAPTURE(std::string(problem.name));
                CAPTURE(std::string(m.name));
                std::vector<double> h, error;
                for (int steps = m.order == 6 ? 16 : 32; h.size() < 4; steps *= 2) {
                    h.push_back(t1 / steps);
                    const auto s = solve_separable(problem.drift, problem.kick, std::array{1.0}, std::array{0.0},
                                                   {0, t1}, {.method = m, .step = t1 / steps});
                    error.push_back(std::abs(s.q.back()[0] - problem.exact));
                }
                CHECK(slope(h, error) == doctest::Approx(m.order).epsilon(0.2 / m.order));
            }
    }

    TEST_CASE("symplectic: the energy error is bounded over a million steps, where rk4's grows") {
        std::vector<double> times{0};
        for (int i = 1; i <= 20; ++i) times.push_back(i * 500.0);
        const double start = energy({q0[0], q0[1]}, {p0[0], p0[1]});
        for (const Splitting& m : {verlet, yoshida4, yoshida6}) {
            CAPTURE(std::string(m.name));
            const auto worst = [&](const std::vector<double>& at) {
                const auto s = solve_separable(move, pull, q0, p0, at, {.method = m, .step = 0.01});
                double most = 0;
                for (std::size_t i = 0; i < at.size(); ++i)
                    most = std::max(most, std::abs(energy(s.q[i], s.p[i]) - start));
                return most;
            };
            std::vector<double> one_orbit;
            for (int i = 0; i <= 100; ++i) one_orbit.push_back(i * 2 * M_PI / 100);
            CHECK(worst(times) < 2 * worst(one_orbit));  // 1e6 steps, as much as within the first orbit
        }
        const auto both = [](double t, In z, Out dz) {
            move(t, z.subspan(2), dz.first(2));
            pull(t, z.first(2), dz.subspan(2));
        };
        const std::vector<double> z0{q0[0], q0[1], p0[0], p0[1]};
        const auto lost = [&](double t) {
            const auto end = solve(both, z0, {0, t}, {.method = rk4_classic, .step = 0.01}).end();
            return std::abs(energy({end[0], end[1]}, {end[2], end[3]}) - start);
        };
        CHECK(lost(1000) > 5 * lost(100));
    }

    TEST_CASE("symplectic: backwards it returns to its start, to rounding") {
        const auto driven = [](double t, In q, Out dp) {  // the clocks go back, too
            pull(t, q, dp);
            dp[0] += 0.01 * std::sin(t);
        };
        for (const Splitting& m : all_splittings) {
            CAPTURE(std::string(m.name));
            const auto there = solve_separable(move, driven, q0, p0, {0, 100}, {.method = m, .step = 0.01});
            const auto back =
                solve_separable(move, driven, there.q.back(), there.p.back(), {100, 0}, {.method = m, .step = 0.01});
            CHECK(std::abs(back.q.back()[0] - q0[0]) < 1e-9);
            CHECK(std::abs(back.p.back()[1] - p0[1]) < 1e-9);
        }
    }

    TEST_CASE("symplectic: in Vars, by an energy: the bits of numbers, and the gradient of the discrete orbit") {
        Tape tape;
        const Var k = tape.variable(Tensor::scalar(1.3)), q = tape.variable(Tensor({2}, {1, 0.2})),
                  p = tape.variable(Tensor({2}, {0, 0.5}));
        const auto H = [&](Var at, Var with) { return sum(square(with)) / 2 + k * sum(square(square(at))) / 4; };
        const SplittingOptions options{.method = yoshida4, .step = 0.1};
        const auto orbit = solve_hamiltonian(tape, H, q, p, {0, 0.5, 1}, options);
        CHECK(orbit.q.shape() == Shape{3, 2});
        const auto loss_at = [&](double by) {
            const auto s = solve_separable(
                [](double, std::span<const double> m, std::span<double> dq) { dq[0] = m[0], dq[1] = m[1]; },
                [&](double, std::span<const double> x, std::span<double> dp) {
                    for (std::size_t i = 0; i < 2; ++i) dp[i] = -(1.3 + by) * x[i] * x[i] * x[i];
                },
                std::array{1.0, double(Real(0.2))}, std::array{0.0, 0.5}, {0, 0.5, 1}, options);
            double sum = 0;
            for (const auto& state : s.q) sum += state[0] * state[0] + state[1] * state[1];
            return sum;
        };
        const Var loss = sum(square(orbit.q));
        CHECK(double(tape.view(loss)[0]) == doctest::Approx(loss_at(0)).epsilon(either(1e-13, 1e-5)));
        const double h = 1e-4,
                     wanted = (8 * (loss_at(h) - loss_at(-h)) - (loss_at(2 * h) - loss_at(-2 * h))) / (12 * h);
        CHECK(double(tape.view(grad(loss, k))[0]) == doctest::Approx(wanted).epsilon(either(1e-9, 1e-4)));
    }

    TEST_CASE("symplectic: an energy driven by time, in Vars") {
        for (const int steps : {20, 40}) {  // (1 + sin(t)/2) (q² + p²)/2: a circle, at that pace
            Tape tape;
            const auto H = [](Var t, Var q, Var p) { return (1 + sin(t) / 2) * (square(q) + square(p)) / 2; };
            const auto orbit = solve_hamiltonian(tape, H, tape.variable(Tensor({1}, {1})), Tensor({1}), {0, 2},
                                                 {.method = yoshida4, .step = 2.0 / steps});
            const double off = std::abs(double(tape.view(orbit.q)[1]) - std::cos(2 + (1 - std::cos(2)) / 2));
            CHECK(off < either(steps == 20 ? 3e-4 : 2e-5, 3e-4));
        }
    }

    TEST_CASE("symplectic: an energy is looked at where the orbit is, under the check for what is not finite") {
        Tape tape;
        tape.set_finite_check(true);
        const auto kepler = [](Var q, Var p) { return sum(square(p)) / 2 - 1 / sqrt(sum(square(q))); };
        const Tensor start({2}, {Real(q0[0]), 0}), speed({2}, {0, Real(p0[1])});
        const auto orbit = solve_hamiltonian(tape, kepler, start, speed, {0, 1}, {.step = 0.01});
        const auto numbers = solve_separable(move, pull, q0, p0, {0, 1}, {.step = 0.01});
        for (Index i = 0; i < 2; ++i)
            CHECK(double(tape.view(orbit.q)[2 + i]) ==
                  doctest::Approx(numbers.q[1][std::size_t(i)]).epsilon(either(1e-13, 1e-4)));
    }

    TEST_CASE("symplectic: an energy that does not split is refused, one that hides its splitting is not") {
        const auto follow = [](auto H, double q, double p) {
            Tape tape;
            return Tensor(tape.view(solve_hamiltonian(tape, H, tape.variable(Tensor({1, 1}, {Real(q)})),
                                                      tape.variable(Tensor({1, 1}, {Real(p)})), {0, 1}, {.step = 0.1})
                                        .q));
        };
        const auto mixed = [](Var q, Var p) { return square(p) * (1 + square(q)) / 2 + square(q) / 2; };
        CHECK_THROWS_WITH(follow(mixed, 1, 0.1), doctest::Contains("solve_hamiltonian: this H does not split"));
        CHECK_THROWS_WITH(follow(mixed, 1, 0), doctest::Contains("ode::gauss4"));  // ∂²H/∂q∂p = 2qp = 0 at the start
        CHECK_THROWS_WITH(follow(mixed, 0, 1), doctest::Contains("does not split"));
        const auto hidden = [](Var q, Var p) {
            const Var both = square(concatenate({q, p}, 1));
            return slice(both, 1, 0, 1) / 2 + slice(both, 1, 1, 1) / 2;
        };
        const auto plain = [](Var q, Var p) { return square(q) / 2 + square(p) / 2; };
        CHECK(distance(follow(hidden, 1, 0.5), follow(plain, 1, 0.5)) < either(1e-15, 1e-6));
    }

    TEST_CASE("symplectic: more steps than an int counts are an error, and a time that is seen twice is no step") {
        CHECK_THROWS_WITH(solve_separable(move, pull, q0, p0, {0, 3e10}, {.step = 10}),
                          doctest::Contains("a length that is no less than the span / 2^30"));
        CHECK_THROWS_WITH(solve_separable(move, pull, q0, p0, {0, 2, 1}, {.step = 0.1}),
                          doctest::Contains("solve_separable: the times do not go in one direction"));
        const auto once = solve_separable(move, pull, q0, p0, {0, 1}, {.step = 0.01}),
                   twice = solve_separable(move, pull, q0, p0, {0, 0, 1, 1}, {.step = 0.01});
        CHECK(twice.q[1] == once.q[0]);
        CHECK(twice.q[3] == once.q[1]);
    }

    TEST_CASE("symplectic: what is missing is asked for") {
        CHECK_THROWS_WITH(solve_separable(move, pull, q0, p0, {0, 1}, {}), doctest::Contains(".step = 0.01"));
        CHECK_THROWS_WITH(solve_separable(move, pull, q0, std::array{1.0}, {0, 1}, {.step = 0.1}),
                          doctest::Contains("a momentum for each place"));
        Tape tape;
        const Var q = tape.variable(Tensor({2, 3})), p = tape.variable(Tensor({3, 2}));
        const auto same = [](Var, Var x) { return x; };
        CHECK_THROWS_WITH(solve_separable(tape, same, same, q, p, {0, 1}, {.step = 0.1}),
                          doctest::Contains("got       [2,3] and [3,2]"));
        const auto all_in_one = [](Var, Var x) { return sum(x); };
        CHECK_THROWS_WITH(solve_separable(tape, same, all_in_one, q, q, {0, 1}, {.step = 0.1}),
                          doctest::Contains("the kick's result does not have the state's shape"));
        CHECK_THROWS_WITH(solve_separable(tape, all_in_one, same, q, q, {0, 1}, {.step = 0.1}),
                          doctest::Contains("the drift's result"));
    }
    TEST_CASE("symplectic: a state that is not finite is an error, in numbers and in Vars") {
        const auto away = [](double, std::span<const double> q, std::span<double> dp) {
            for (std::size_t i = 0; i < q.size(); ++i) dp[i] = 100 * q[i] * q[i] * q[i];
        };
        CHECK_THROWS_WITH(
            solve_separable(move, away, std::array{1.0, 1.0}, std::array{1.0, 1.0}, {0, 5}, {.step = 0.1}),
            doctest::Contains("no longer finite"));
        CHECK_THROWS_WITH(
            solve_separable(move, pull, std::array{double(NAN), 0.0}, std::array{1.0, 1.0}, {0, 1}, {.step = 0.1}),
            doctest::Contains("the start is not finite"));
        Tape tape;
        const Var q = tape.variable(Tensor({1}, {1}));
        const auto drift = [](Var, Var p) { return p; };
        const auto kick = [](Var, Var x) { return 100 * x * x * x; };
        CHECK_THROWS_WITH(solve_separable(tape, drift, kick, q, q, {0, 5}, {.step = 0.1}),
                          doctest::Contains("no longer finite"));
    }
}
