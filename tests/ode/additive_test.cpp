// tests/ode/additive_test.cpp — additive methods: both tables at once, in numbers, in Vars and by rows, and their derivatives
#include "ode/tables/additive.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/halves.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/each_table.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/steep_net.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const std::array additive_methods{kencarp3_imex, kencarp4_imex, kencarp5_imex};

template <int S>
void check_coefficients(AdditivePair<S> pair) {
    CHECK(additive_holds(pair));
    const auto check = [&](double& x) {
        const double before = x;
        x += 1e-9;
        CHECK_FALSE(additive_holds(pair));
        x = before;
    };
    for (int i = 0; i < S; ++i) {
        for (int j = 0; j < i; ++j) check(pair.explicit_a[i][j]);
        for (double& b : pair.dense[i]) check(b);
    }
}

// A net whose rows are drawn to a moving place forty times as fast as it moves them.
const SteepNet drawn{[](Tape& tape, Var start, Var weights, Var shift, const SolveOptions& options) {
    const auto stiff = [&](Var t, Var z) { return -40 * (z - sin(t) * shift); };
    const auto rest = [&](Var t, Var z) { return 3 * tanh(matmul(z, weights) + shift * t); };
    return sum(square(solve(tape, {stiff, rest}, start, {0, 0.33, 1}, options).z));
}};

void stiff_half(double t, std::span<const double> y, std::span<double> dy) {
    dy[0] = -50 * (y[0] - std::cos(t)), dy[1] = 0;
}
void other_half(double t, std::span<const double> y, std::span<double> dy) {
    dy[0] = y[1] * y[1], dy[1] = std::sin(y[0] * t) - y[1];
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("additive: no coefficient of a pair may be off by 1e-9") {
        const int pairs = for_each_table([]<int S>(const AdditivePair<S>& pair) { check_coefficients(pair); });
        CHECK(pairs == std::ssize(additive_methods));
    }

    TEST_CASE("additive: a Jacobian that the stiff half brings along is not taken for that of both") {
        struct Stiff {
            void operator()(double t, std::span<const double> y, std::span<double> dy) const { stiff_half(t, y, dy); }
            void jacobian(double, std::span<const double>, std::span<double> J) const {
                J[0] = -50, J[1] = J[2] = J[3] = 0;
            }
        };
        auto with = halves(Stiff(), other_half);
        auto without = halves(stiff_half, other_half);
        for (const Method& m : {rodas4, kvaerno5, radau5, kencarp4_imex}) {
            CAPTURE(m.name);
            const auto end = [&](auto& law) {
                return solve(law, std::array{0.3, 0.5}, {0, 1}, {.method = m, .steps = 40}).end();
            };
            CHECK(std::abs(end(with)[1] - end(without)[1]) < 1e-8);
        }
    }

    TEST_CASE("additive: each shows its order on two halves, and so does its dense output") {
        auto law = halves(stiff_half, other_half);
        const std::vector<double> times{0, 0.437, 1};
        const auto exact = solve(law, std::array{0.3, 0.5}, times, {.method = dop853, .rtol = 1e-13, .atol = 1e-14}).z;
        for (const Method& m : additive_methods) {
            CAPTURE(m.name);
            std::vector<double> h, at_end, between;
            for (const int steps : {100, 200, 400}) {
                const auto z = solve(law, std::array{0.3, 0.5}, times, {.method = m, .steps = steps}).z;
                h.push_back(1. / steps);
                at_end.push_back(std::hypot(z[2][0] - exact[2][0], z[2][1] - exact[2][1]));
                between.push_back(std::hypot(z[1][0] - exact[1][0], z[1][1] - exact[1][1]));
            }
            CHECK(std::abs(slope(h, at_end) - m.order) < 0.2);
            CHECK(slope(h, between) > std::min(m.order, m.dense_order + 1) - 0.7);
        }
    }

    TEST_CASE("additive: a stiff half is taken in its stride, which no explicit method does") {
        auto law = halves([](double t, std::span<const double> y,
                             std::span<double> dy) { dy[0] = -1e6 * (y[0] - std::cos(t)), dy[1] = 0; },
                          other_half);
        for (const Method& m : additive_methods) {
            CAPTURE(m.name);
            const auto z = solve(law, std::vector{1.0, 0.5}, {0, 10}, {.method = m, .rtol = 1e-5, .atol = 1e-5});
            CHECK(z.end()[0] == doctest::Approx(std::cos(10.0)).epsilon(1e-4));
            CHECK(z.statistics().evaluations < 20'000);
            CHECK(z.statistics().newton_iterations > 0);
        }
    }

    TEST_CASE("additive: where there is one half it is the implicit method, of numbers and of Vars") {
        const auto law = [](double t, std::span<const double> y, std::span<double> dy) { stiff_half(t, y, dy); };
        const auto alone = solve(law, std::array{0.3, 0.5}, {0, 1}, {.method = kencarp4_imex, .steps = 9}).end();
        auto with_nothing =
            halves(stiff_half, [](double, std::span<const double>, std::span<double> dy) { dy[0] = dy[1] = 0; });
        CHECK(solve(with_nothing, std::array{0.3, 0.5}, {0, 1}, {.method = kencarp4_imex, .steps = 9}).end()[0] ==
              doctest::Approx(alone[0]).epsilon(1e-14));
        CHECK(solve(law, std::array{0.3, 0.5}, {0, 1}, {.method = kencarp4, .steps = 9}).end()[0] ==
              doctest::Approx(alone[0]).epsilon(1e-12));
    }

    TEST_CASE(
        "additive: discrete is direct, by rows and jointly; forward, interpolating and backsolve as they promise") {
        for (const Method& m : additive_methods) {
            CAPTURE(m.name);
            SolveOptions options{.method = m, .steps = 7};
            const std::vector<Tensor> bars = drawn.gradients(options);
            for (const Route& route : {direct, ode::forward}) {
                options.gradient = route;
                CHECK(worst(drawn.gradients(options), bars) < either(1e-12, 1e-3));
            }
            options.gradient = discrete;
            options.rows = independent;
            CHECK(worst(drawn.gradients(options), bars) < either(1e-12, 1e-3));
            SolveOptions chosen{.method = m, .rtol = either(1e-8, 1e-4), .atol = either(1e-8, 1e-5)};
            const std::vector<Tensor> exact = drawn.gradients(chosen);
            for (const Route& route : {direct, ode::forward, interpolating, backsolve}) {
                CAPTURE(route.name);
                chosen.gradient = route;
                CHECK(worst(drawn.gradients(chosen), exact) < either(3e-6, 2e-2));
            }
        }
    }

    TEST_CASE("additive: second derivatives of the same steps") {
        if (is_double) check_second_derivatives(drawn, {.method = kencarp4_imex, .steps = 5}, 1e-6);
    }

    TEST_CASE("additive: a half whose rows are apart beside one whose rows mix") {
        for (const Index rows : {3, 300})
            for (const bool stiff_mixes : {true, false}) {
                CAPTURE(rows);
                CAPTURE(stiff_mixes);
                const auto gradient = [&](const Route& route) {
                    Tape tape;
                    const auto given = [&](const Shape& shape, double size) {
                        return tape.variable(waves(shape, size));
                    };
                    const Var z = given({rows, 2}, 0.8), W = given({2, 2}, 0.5), b = given({2}, 0.3),
                              k = given({}, 0.7);
                    const auto apart = [&](Var, Var x) { return tanh(matmul(x, W) + b) * cos(x); };
                    const auto mixing = [&](Var t, Var x) { return k * (mean(x) - 3 * x) + cos(t); };
                    const SolveOptions options{.method = kencarp3_imex, .gradient = route, .steps = 6};
                    const auto solution = stiff_mixes ? solve(tape, {mixing, apart}, z, {0, 1}, options)
                                                      : solve(tape, {apart, mixing}, z, {0, 1}, options);
                    const Var loss = mean(square(solution.end()));
                    std::vector<Tensor> bars;
                    for (const Var& x : {z, W, b, k}) bars.push_back(Tensor(tape.view(grad(loss, x))));
                    return bars;
                };
                const std::vector<Tensor> bars = gradient(discrete);
                for (const Route& route : {direct, ode::forward})
                    CHECK(worst(gradient(route), bars) < either(1e-12, 1e-3));
            }
    }

    TEST_CASE(
        "additive: a warm solve and its gradient ask for no memory; the bits of a row are those that it has alone") {
        for (const RowClocks rows : {joint, independent}) {
            Tape tape;
            const auto pass = [&] {
                const Var xs[] = {tape.variable(drawn.z0), tape.variable(drawn.W), tape.variable(drawn.b)};
                grad(drawn.loss(tape, xs[0], xs[1], xs[2], {.method = kencarp4_imex, .rows = rows}), Vars(xs));
                tape.rewind();
            };
            for (int i = 0; i < 3; ++i) pass();
            CHECK(allocations_in(pass) == 0);
        }
        const auto stiff = [](Var t, Var z) { return -30 * (z - cos(t)); };
        const auto rest = [](Var, Var z) { return sin(z); };
        const SolveOptions options{.method = kencarp4_imex, .rows = independent};
        const Tensor z0({3, 1}, {0.2, 1, 5});
        const Tensor together = solve({stiff, rest}, z0, {0, 1}, options).end();
        for (Index row = 0; row < 3; ++row)
            CHECK(solve({stiff, rest}, Tensor({1, 1}, {z0[row]}), {0, 1}, options).end()[0] == together[row]);
    }
}
