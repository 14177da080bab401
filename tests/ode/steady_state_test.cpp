// tests/ode/steady_state_test.cpp — where a law comes to rest, and how that answers to what the law captures
#include "ode/steady_state.hpp"

#include <doctest/doctest.h>
#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "ode/plain.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// A chemostat: bacteria X feed on S, which flows in at S_in and out with all else at the rate D.
//   S' = D (S_in − S) − μ S X / ((K + S) Y),   X' = (μ S/(K + S) − D) X
//   S* = D K / (μ − D),   X* = Y (S_in − S*)
struct Chemostat {
    Var D, mu, K, S_in;
    static constexpr double Y = 0.5;
    Var operator()(Var, Var z) const {
        const Var S = slice(z, 1, 0, 1), X = slice(z, 1, 1, 1), growth = mu * S / (K + S);
        return concatenate({D * (S_in - S) - growth * X / Y, (growth - D) * X}, 1);
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("steady state: a chemostat of several rows, with both derivatives, by the closed form") {
        Tape tape;
        const Var D = tape.variable(Tensor({3, 1}, {0.2, 0.3, 0.45})), mu = tape.variable(Tensor::scalar(0.8)),
                  K = tape.variable(Tensor::scalar(1.5)), S_in = tape.variable(Tensor::scalar(10));
        const Var z = ode::steady_state(tape, Chemostat{D, mu, K, S_in}, Tensor({3, 2}, {1, 3, 1, 3, 1, 3}));
        const Var S = slice(z, 1, 0, 1), closed = D * K / (mu - D);
        const double close = either(1e-12, 1e-4);
        for (Index i = 0; i < 3; ++i) {
            CHECK(double(tape.view(S)[i]) == doctest::Approx(double(tape.view(closed)[i])).epsilon(close));
            CHECK(double(tape.view(z)[2 * i + 1]) ==
                  doctest::Approx(Chemostat::Y * (10 - double(tape.view(closed)[i]))).epsilon(close));
        }
        for (const Var x : {D, mu, K, S_in}) {
            const Var got = grad(sum(square(z)), x),
                      wanted = grad(sum(square(closed)) + sum(square(Chemostat::Y * (S_in - closed))), x);
            CHECK(distance(Tensor(tape.view(got)), Tensor(tape.view(wanted))) < either(1e-11, 1e-3));
            const Var twice = grad(sum(got * got), mu), expected = grad(sum(wanted * wanted), mu);
            CHECK(double(tape.view(twice)[0]) ==
                  doctest::Approx(double(tape.view(expected)[0])).epsilon(either(1e-9, 1e-2)));
        }
    }

    TEST_CASE("steady state: a Hopfield net remembers; its memory answers to the input by (I − W diag tanh')⁻¹") {
        Tape tape;
        const Tensor W({3, 3}, {0, 0.6, -0.4, 0.6, 0, 0.5, -0.4, 0.5, 0}), memory({3}, {0.7, -0.2, 1.1});
        const Var w = tape.constant(W), x = tape.constant(memory);
        const auto recall = [&](Var state) { return sum(w * tanh(state), 1); };
        const Var b = tape.variable(Tensor(tape.view(x - recall(x))));
        const auto net = [&](Var, Var z) { return recall(z) + b - z; };
        for (const bool newton : {true, false}) {
            const Var z = ode::steady_state(tape, net, Tensor({3}, {0.1, 0.1, 0.1}), {.newton = newton});
            CHECK(distance(Tensor(tape.view(z)), memory) < either(1e-13, 1e-5));
            const Var J = jacobian(z, b);  // (I − W diag(1 − tanh²)) J = I
            const Tensor columns(tape.view(J));
            for (Index i = 0; i < 3; ++i)
                for (Index j = 0; j < 3; ++j) {
                    double product = double(columns[3 * i + j]);
                    for (Index k = 0; k < 3; ++k) {
                        const double t = std::tanh(double(memory[k]));
                        product -= double(W[3 * i + k]) * (1 - t * t) * double(columns[3 * k + j]);
                    }
                    CHECK(product == doctest::Approx(i == j).epsilon(either(1e-12, 1e-4)).scale(1));
                }
        }
    }

    TEST_CASE("steady state: Newton goes to any rest, the flow to one that it comes to") {
        const auto field = [](Var, Var z) { return z - z * z * z; };  // at rest at 0, and stable at ±1
        const double start = 0.3;
        CHECK(double(ode::steady_state(field, Tensor({1}, {start})).item()) == doctest::Approx(0).scale(1));
        CHECK(double(ode::steady_state(field, Tensor({1}, {start}), {.newton = false}).item()) == doctest::Approx(1));
        // Newton from 0.62 would first jump far away: |f| grows, and the flow is followed instead
        CHECK(double(ode::steady_state(field, Tensor({1}, {0.62})).item()) == doctest::Approx(1));
    }

    TEST_CASE("steady state: the flow is followed, not overtaken") {
        const auto rest = [](auto law, double z0) {
            return double(ode::steady_state(law, Tensor({1}, {Real(z0)}), {.newton = false}).item());
        };
        const auto bistable = [](Var, Var z) { return (z - 1) * (2 - z) * (z - 3); };  // 2 is not stable
        for (const double start : {1.9, 2.1, -4.0, 9.0, 1.5, 2.6})
            CHECK(rest(bistable, start) == doctest::Approx(start < 2 ? 1 : 3));
        const auto grows = [](Var, Var z) { return z * (1 - z); };
        for (const double start : {1e-12, 1e-3, 0.5, 40.0}) CHECK(rest(grows, start) == doctest::Approx(1));
        CHECK_THROWS_WITH(rest([](Var, Var z) { return z - 1; }, 1.05), doctest::Contains("comes to no rest"));
        const auto hills = [](Var, Var z) { return sin(4 * z) + z / 10; };
        const auto numbers = [](double, std::span<const double> z, std::span<double> dz) {
            dz[0] = std::sin(4 * z[0]) + z[0] / 10;
        };
        for (int i = -20; i <= 20; ++i) {
            if (i == 0) continue;
            const double start = 0.1 * i, wanted = ode::solve(numbers, std::array{start}, {0, 200}).end()[0];
            CAPTURE(start);
            CHECK(rest(hills, start) == doctest::Approx(wanted).epsilon(1e-4));
        }
    }

    TEST_CASE("steady state: rows of a batch follow their own flows") {
        const Tensor starts({5, 1}, {1.9, 2.1, -4, 9, 2.6});
        const auto bistable = [](Var, Var z) { return (z - 1) * (2 - z) * (z - 3); };
        const Tensor rests = ode::steady_state(bistable, starts, {.newton = false});
        for (Index i = 0; i < 5; ++i) CHECK(double(rests[i]) == doctest::Approx(double(starts[i]) < 2 ? 1 : 3));
    }

    TEST_CASE("steady state: past a saddle, into a spiral, and never into one that unwinds") {
        const auto two = [](auto make) {
            return [make](Var, Var z) { return concatenate(make(slice(z, 0, 0, 1), slice(z, 0, 1, 1)), 0); };
        };
        using Pair = std::vector<Var>;
        // x falls to 0 beside the saddle (0, 0), from where y runs to ±1
        const auto saddle = two([](Var x, Var y) { return Pair{-x, y - y * y * y}; });
        for (const double y : {1e-6, -1e-6}) {
            const Tensor z = ode::steady_state(saddle, Tensor({2}, {3, Real(y)}), {.newton = false});
            CHECK(double(z[1]) == doctest::Approx(y > 0 ? 1 : -1));
        }
        const auto spiral = [&](double damping) {
            return two([damping](Var x, Var y) { return Pair{-damping * x + 5 * y, -5 * x - damping * y}; });
        };
        CHECK(std::abs(double(ode::steady_state(spiral(0.1), Tensor({2}, {1, 0}), {.newton = false})[0])) < 1e-6);
        CHECK_THROWS_WITH(ode::steady_state(spiral(-0.1), Tensor({2}, {1, 0}), {.newton = false}),
                          doctest::Contains("steady_state"));
        const auto oscillator = [](Var, Var z) { return van_der_pol(z, 5); };
        CHECK_THROWS_WITH(ode::steady_state(oscillator, Tensor({2}, {0.1, 0}), {.newton = false}),
                          doctest::Contains("steady_state"));
        CHECK(ode::steady_state(oscillator, Tensor({2}, {0.1, 0}))[0] == 0);
    }

    TEST_CASE("steady state: where the field has no value is told, or kept away from") {
        Tape tape;
        const Var c = tape.variable(Tensor({1}, {Real(NAN)}));
        CHECK_THROWS_WITH(ode::steady_state(
                              tape, [&](Var, Var z) { return c - z; }, Tensor({1}, {1})),
                          doctest::Contains("the field is not finite at the start"));
        const auto falls = [](Var, Var z) { return -log(z); };  // Newton from 50 goes to −145
        CHECK_THROWS_WITH(ode::steady_state(falls, Tensor({1}, {-1})), doctest::Contains("in entry 0, where z0 = -1"));
        for (const bool newton : {true, false})
            CHECK(double(ode::steady_state(falls, Tensor({1}, {50}), {.newton = newton}).item()) == doctest::Approx(1));
        const auto drains = [](Var, Var z) {
            return 2 - sqrt(z);
        };  // a tank: the level at which what runs out is what comes
        Tape checked;
        checked.set_finite_check(true);
        const Var level = ode::steady_state(checked, drains, Tensor({2, 1}, {100, 1}));
        for (Index i = 0; i < 2; ++i) CHECK(double(checked.view(level)[i]) == doctest::Approx(4));
        const auto gone = [](Var, Var z) { return -1 - 0 * sqrt(z); };
        CHECK_THROWS_WITH(ode::steady_state(gone, Tensor({1}, {1}), {.newton = false}),
                          doctest::Contains("where the field is not finite"));
    }

    TEST_CASE("steady state: as many orders of derivatives as it is asked for") {
        for (const int orders : {2, 3, 4}) {  // z = c^{1/3}
            Tape tape;
            const Var c = tape.variable(Tensor({1}, {2}));
            Var d = ode::steady_state(tape, [&](Var, Var z) { return c - z * z * z; }, Tensor({1}, {1}),
                                      {.derivatives = orders});
            double power = 1. / 3, factor = 1;
            for (int k = 0; k < orders; ++k) {
                d = grad(sum(d), c);
                factor *= power;
                power -= 1;
            }
            CHECK(double(tape.view(d)[0]) == doctest::Approx(factor * std::pow(2, power)).epsilon(either(1e-12, 1e-4)));
        }
    }

    TEST_CASE(
        "steady state: a derivative of an order more is an error, by each way to it; one by something else is not") {
        Tape tape;
        const Var c = tape.variable(Tensor({1}, {2})), d = tape.variable(Tensor({1}, {3})), one = tape.constant(1.0);
        const auto rest = [&](int orders) {  // c^{1/3}
            return ode::steady_state(tape, [&](Var, Var z) { return c - z * z * z; }, Tensor({1}, {1}),
                                     {.derivatives = orders});
        };
        const auto by_grad = [&](Var y) { return grad(sum(y), c); };
        const auto by_jvp = [&](Var y) { return jvp(y, c, one * Tensor({1}, {1})); };
        for (const auto& last : {std::function<Var(Var)>(by_grad), std::function<Var(Var)>(by_jvp)}) {
            CHECK_THROWS_WITH(last(by_grad(rest(1))), doctest::Contains("{.derivatives = 2}"));
            CHECK_THROWS_WITH(last(by_jvp(rest(1))), doctest::Contains("one of order 2, .derivatives = 1"));
            CHECK_THROWS_WITH(last(by_grad(by_jvp(rest(2)))), doctest::Contains("{.derivatives = 3}"));
            CHECK_THROWS_WITH(last(by_jvp(by_grad(square(rest(2))))), doctest::Contains("{.derivatives = 3}"));
        }
        Var y = square(d) * square(d) * rest(1);
        for (int order = 0; order < 3; ++order) y = grad(sum(y), d);  // 24 d c^{1/3}, and by c once
        CHECK(double(tape.view(by_grad(y))[0]) == doctest::Approx(24 * std::pow(2, -2. / 3)).epsilon(1e-5));
        CHECK(double(tape.view(by_jvp(y))[0]) == doctest::Approx(24 * std::pow(2, -2. / 3)).epsilon(1e-5));
    }

    TEST_CASE("steady state: what has none, or a whole curve of them, is an error") {
        CHECK_THROWS_WITH(ode::steady_state([](Var, Var z) { return 1.0 + 0.0 * z; }, Tensor({1}, {1})),
                          doctest::Contains("comes to no rest"));
        const auto conserving = [](Var, Var z) {  // z0 + z1 stays: a line of equilibria
            const Var d = slice(z, 0, 0, 1) - slice(z, 0, 1, 1);
            return concatenate({-d, d}, 0);
        };
        CHECK_THROWS_WITH(ode::steady_state(conserving, Tensor({2}, {1, 3})), doctest::Contains("singular"));
    }
}
