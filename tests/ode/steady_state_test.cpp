// tests/ode/steady_state_test.cpp — where a law comes to rest, and how that answers to what the law captures
#include "ode/steady_state.hpp"

#include <doctest/doctest.h>
#include <cmath>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
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
