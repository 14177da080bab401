// tests/ode/implicit_gradients_test.cpp — implicit methods on a tape: batches, rows with clocks of their own, derivatives
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/own_rows.hpp"
#include "tests/ode/steep_net.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// A net whose rows decay at a pace of hundreds.
const SteepNet stiff_net{[](Tape& tape, Var start, Var weights, Var shift, const SolveOptions& options) {
    const auto field = [&](Var t, Var z) { return 3 * tanh(matmul(z, weights) + shift) - 200 * (z - sin(t)); };
    return sum(square(solve(tape, field, start, {0, 0.33, 1}, options).z));
}};

// van der Pol's oscillator, each row with a μ of its own
struct Relaxations {
    Tensor mu;
    Solution<Tensor> solve_by(const Tensor& z0, const SolveOptions& options, const Times& times = {0, 1, 3}) const {
        return solve([&](Var, Var z) { return van_der_pol(z, mu); }, z0, times, options);
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("implicit: discrete is the derivative of the same steps, joint and by rows; forward is the same") {
        SteepNet net = stiff_net;
        for (const Method& m : implicit_methods())
            for (const RowClocks rows : {joint, independent}) {
                CAPTURE(m.name);
                CAPTURE(rows.own);
                SolveOptions options{.method = m, .steps = 9, .rows = rows};
                const std::vector<Tensor> bars = net.gradients(options);
                if (is_double)
                    for (const auto& [which, entry] : {std::pair{0, 3}, {1, 1}, {2, 0}}) {
                        const double wanted = net.difference(std::size_t(which), entry, options);
                        CHECK(double(bars[std::size_t(which)][entry]) ==
                              doctest::Approx(wanted).epsilon(1e-8).scale(largest(bars[std::size_t(which)])));
                    }
                if (rows.own) continue;
                options.gradient = ode::forward;
                CHECK(worst(net.gradients(options), bars) < either(1e-11, 1e-3));
            }
    }

    TEST_CASE("implicit: chosen steps, by every route that has them") {
        SteepNet net = stiff_net;
        SolveOptions options{.method = kvaerno5, .rtol = either(1e-8, 1e-4), .atol = either(1e-10, 1e-6)};
        const std::vector<Tensor> exact = net.gradients(options);
        for (const Route& route : {discrete, ode::forward, interpolating}) {
            CAPTURE(route.name);
            options.gradient = route;
            CHECK(worst(net.gradients(options), exact) < either(1e-6, 1e-2));
        }
        options.gradient = discrete;
        options.rows = independent;
        CHECK(worst(net.gradients(options), exact) < either(1e-6, 1e-2));
    }

    // What a field captures it may mix over the rows, which then are coupled in its gradient, and nowhere else.
    TEST_CASE("implicit: rows that only the gradient of a capture couples") {
        for (const Method& m : implicit_methods()) {
            CAPTURE(m.name);
            std::vector<Tensor> bars[2];
            for (const bool by_direct : {false, true}) {
                Tape tape;
                const Var x = tape.variable(Tensor({2, 1}, {Real(0.3), Real(-0.4)})),
                          s = tape.variable(Tensor({1}, {0.5}));
                const auto field = [&](Var, Var z) {
                    const Var wide = broadcast_to(z.tape().bring(s), Shape{2, 1});
                    return 0.7 * tanh(z + wide + mean(sum(wide, {0})));
                };
                const SolveOptions options{.method = m, .gradient = by_direct ? direct : discrete, .steps = 1};
                const Var leaves[] = {x, s};
                for (const Var bar : grad(sum(square(solve(tape, field, x, {0, 1}, options).z)), Vars(leaves)))
                    bars[by_direct].push_back(Tensor(tape.view(bar)));
            }
            CHECK(worst(bars[0], bars[1]) < either(1e-11, 1e-4));
        }
    }

    TEST_CASE("implicit: H v is the difference of gradients") {
        if (!is_double) return;
        SteepNet net = stiff_net;
        for (const Method& m : {implicit_euler, trapezoid, kvaerno3, kencarp4, radau5, gauss4}) {
            CAPTURE(m.name);
            const SolveOptions options{.method = m, .steps = 6};
            const Tensor v = waves({2, 2}, 1, 1.9);
            Tape tape;
            const Var xs[] = {tape.variable(net.z0), tape.variable(net.W), tape.variable(net.b)};
            const Vars g = grad(net.loss(tape, xs[0], xs[1], xs[2], options), Vars(xs));
            const Var along = tape.constant(v);
            const Vars products = jvp(g, Vars(&xs[1], 1), Vars(&along, 1));
            const auto moved = [&](double by) {
                SteepNet other = net;
                for (Index i = 0; i < v.size(); ++i) other.W[i] += static_cast<Real>(by * double(v[i]));
                return other.gradients(options);
            };
            const double h = 1e-3;
            const auto up = moved(h), down = moved(-h), up2 = moved(2 * h), down2 = moved(-2 * h);
            for (std::size_t k = 0; k < 3; ++k)
                for (Index i = 0; i < up[k].size(); ++i) {
                    const double wanted = (8 * (up[k][i] - down[k][i]) - (up2[k][i] - down2[k][i])) / (12 * h);
                    CHECK(double(tape.view(products[k])[i]) == doctest::Approx(wanted).epsilon(1e-7).scale(1));
                }
        }
    }

    TEST_CASE("implicit: a step that cannot be made shorter renews its Jacobian on the way") {
        // implicit Euler on z' = −4z³ from 1, h = 1/4: z + z³ = 1, where J of the start makes the iteration diverge
        const double root = 0.68232780382801932737;
        const auto cubic = [](Var, Var z) { return -4 * z * z * z; };
        for (const Route& route : {discrete, direct}) {
            Tape tape;
            const Var z0 = tape.variable(Tensor({1}, {1}));
            const SolveOptions options{.method = implicit_euler, .gradient = route, .steps = 1};
            const Var z = slice(solve(tape, cubic, z0, {0, 0.25}, options).z, 0, 1, 1);
            CHECK(double(tape.view(z)[0]) == doctest::Approx(root).epsilon(either(1e-14, 1e-5)));
            CHECK(double(tape.view(grad(sum(z), z0))[0]) ==
                  doctest::Approx(1 / (1 + 3 * root * root)).epsilon(either(1e-13, 1e-5)));
        }
        const auto plain = [](double, std::span<const double> y, std::span<double> dy) {
            dy[0] = -4 * y[0] * y[0] * y[0];
        };
        CHECK(solve(plain, std::array{1.0}, {0, 0.25}, {.method = implicit_euler, .steps = 1}).end()[0] ==
              doctest::Approx(root).epsilon(1e-13));
    }

    TEST_CASE("implicit: a row with a clock of its own has the bits that it has alone") {
        const Tensor z0({4, 2}, {2, 0, 2, 0, 1.5, 0.5, 0.1, -1});
        const Relaxations all{Tensor({4, 1}, {1, 30, 300, 1000})};
        const SolveOptions options{
            .method = kencarp4, .rtol = either(1e-6, 1e-4), .atol = either(1e-8, 1e-5), .rows = independent};
        const Solution<Tensor> together = all.solve_by(z0, options);
        for (Index row = 0; row < 4; ++row) {
            const Solution<Tensor> alone = Relaxations{row_of(all.mu, row)}.solve_by(row_of(z0, row), options);
            CHECK(same_bits(observed(together.z, row), alone.z));
        }
        CHECK(together.statistics().newton_iterations > 0);
        CHECK(together.statistics().jacobians > 4);
    }

    TEST_CASE("implicit: 512 oscillators, mu from 1 to 1000, are asked a fifth as often as jointly, and less") {
        Tensor mu({512, 1}), z0({512, 2});  // in time they are 7, 5 and 5.7 times faster than jointly
        for (Index i = 0; i < 512; ++i) mu[i] = static_cast<Real>(std::pow(1000.0, double(i) / 511)), z0[2 * i] = 2;
        for (const auto& of : {std::pair{kvaerno5, 6}, {radau5, 5}, {rodas4, 8}}) {
            const Method& m = of.first;
            const int times_fewer = of.second;
            CAPTURE(m.name);
            SolveOptions options{.method = m, .rtol = 1e-4, .atol = 1e-4, .max_steps = 100'000};
            const long jointly = Relaxations{mu}.solve_by(z0, options, {0, 20}).statistics().evaluations;
            options.rows = independent;
            const long apart = Relaxations{mu}.solve_by(z0, options, {0, 20}).statistics().evaluations;
            CHECK(jointly * 512 > apart * times_fewer);
        }
    }

    TEST_CASE("implicit: a thousand numbers in one row, by GMRES, take the memory of no Jacobian") {
        const Index n = 1000;
        Tensor u0({1, n});  // u' = D u'' + 10 u (1 − u) from a hump
        for (Index i = 0; i < n; ++i)
            u0[i] = static_cast<Real>(std::exp(-std::pow((double(i) / double(n) - 0.5) / 0.05, 2)));
        const auto field = [&](Var, Var u) {
            const Var none = u.tape().constant(Tensor({1, 1}));
            const Var left = concatenate({none, slice(u, 1, 0, n - 1)}, 1),
                      right = concatenate({slice(u, 1, 1, n - 1), none}, 1);
            return 100.0 * (left + right - 2 * u) + 10 * u * (1 - u);
        };
        Tensor ends[2];
        for (const bool dense : {false, true}) {
            const SolveOptions options{
                .method = kvaerno5, .rtol = 1e-4, .atol = 1e-5, .dense_up_to = dense ? n : SolveOptions().dense_up_to};
            const long bytes = allocated_bytes_in([&] {
                ends[dense] = Tensor(solve(field, u0, {0, 0.2}, options).end());
            });
            CHECK((bytes > n * n * long(sizeof(Real))) == dense);  // in all 1.4 MB and 17 MB in double
        }
        CHECK(distance(ends[0], ends[1]) < 1e-3);
    }

    TEST_CASE("implicit: Robertson's rates, against complex steps through Radau's method of order 5") {
        // ∂y/∂log k_i at t = 40, 2,000 steps: 12 digits do not change with 1,000
        const double wanted[3][3] = {{-0.16990235086823, 1.836478499701e-06, 0.16990051438973},
                                     {-0.06865065266717, -3.414178528051e-06, 0.06865406684570},
                                     {0.13730807973446, -2.357192113847e-06, -0.13730572254235}};
        if (!is_double) return;
        for (const Route& route : {discrete, direct, ode::forward, interpolating}) {
            CAPTURE(route.name);
            Tape tape;
            const Var k = tape.variable(Tensor({3}, 0));
            const auto field = [&](Var, Var y) { return robertson_of_logs(y, k); };
            const Var y = slice(
                solve(tape, field, tape.variable(Tensor({3}, {1, 0, 0})), {0, 40},
                      {.method = kvaerno5, .rtol = 1e-9, .atol = std::vector{1e-12, 1e-16, 1e-12}, .gradient = route})
                    .z,
                0, 1, 1);
            for (Index j = 0; j < 3; ++j) {
                const Vars g = grad(sum(slice(y, 1, j, 1)), {k});
                for (Index i = 0; i < 3; ++i)
                    CHECK(double(tape.view(g[0])[i]) == doctest::Approx(wanted[i][j]).epsilon(2e-6));
            }
        }
    }

    TEST_CASE("implicit: a field whose rows mix has one Jacobian of all numbers") {
        Tape tape;
        const Var c = tape.variable(Tensor({1}, {1}));
        const auto field = [&](Var, Var z) { return -300 * c * (z - mean(z)) - 0.1 * c * z; };
        const Var z = solve(tape, field, tape.variable(Tensor({3, 1}, {1, 2, 6})), {0, 1}, {.method = kvaerno5}).z;
        CHECK(double(tape.view(z)[3]) == doctest::Approx(3 * std::exp(-0.1)).epsilon(1e-5));
        const Vars g = grad(sum(slice(z, 0, 1, 1)), {c});
        CHECK(double(tape.view(g[0])[0]) == doctest::Approx(-0.9 * std::exp(-0.1)).epsilon(1e-4));
    }

    TEST_CASE(
        "implicit: many numbers in a row, by columns; in the only row, by GMRES: the same solve, the same gradient") {
        // u' = D u'' + u (1 − u) on a line of n places, whose ends are 0 beyond
        const auto end_by = [](Index n, Index rows, const Method& method, const Route& route, Tensor& bars,
                               double& D_bar) {
            Tape tape;
            Tensor u0({rows, n});
            for (Index i = 0; i < u0.size(); ++i) u0[i] = static_cast<Real>(0.5 + 0.4 * std::sin(0.2 * double(i % n)));
            const Var D = tape.variable(Tensor::scalar(400)), start = tape.variable(u0);
            const auto field = [&](Var, Var u) {
                const Var none = u.tape().constant(Tensor({rows, 1}));
                const Var left = concatenate({none, slice(u, 1, 0, n - 1)}, 1),
                          right = concatenate({slice(u, 1, 1, n - 1), none}, 1);
                return D * (left + right - 2 * u) + u * (1 - u);
            };
            const Solution<Var> s =
                solve(tape, field, start, {0, 0.05, 0.1}, {.method = method, .gradient = route, .steps = 4});
            const Vars g = grad(sum(square(s.z)), {start, D});
            bars = Tensor(tape.view(g[0]));
            D_bar = double(tape.view(g[1])[0]);
            return Tensor(tape.view(s.end()));
        };
        for (const Index n : {40, 230})  // one run for each column; no Jacobian in the only row
            for (const Method& method : {kvaerno3, radau3}) {
                CAPTURE(n);
                CAPTURE(method.name);
                Tensor bars1, bars2, bars3;
                double D1 = 0, D2 = 0, D3 = 0;
                const Tensor alone = end_by(n, 1, method, discrete, bars1, D1),
                             beside = end_by(n, 2, method, discrete, bars2, D2);
                CHECK(distance(alone, row_of(beside, 0)) < either(1e-11, 1e-4));
                CHECK(distance(bars1, row_of(bars2, 0)) < either(1e-10, 1e-3));
                CHECK(2 * D1 == doctest::Approx(D2).epsilon(either(1e-9, 1e-2)));
                if (n > 100) continue;
                end_by(n, 1, method, ode::forward, bars3, D3);
                CHECK(D1 == doctest::Approx(D3).epsilon(either(1e-10, 1e-3)));
            }
    }

    TEST_CASE("implicit: a warm solve and its gradient ask for no memory") {
        SteepNet net = stiff_net;
        for (const Method& method : {kvaerno3, radau5, rodas4})
            for (const RowClocks rows : {joint, independent}) {
                Tape tape;
                const auto pass = [&] {
                    const Var xs[] = {tape.variable(net.z0), tape.variable(net.W), tape.variable(net.b)};
                    grad(net.loss(tape, xs[0], xs[1], xs[2], {.method = method, .rows = rows}), Vars(xs));
                    tape.rewind();
                };
                for (int i = 0; i < 3; ++i) pass();
                CHECK(allocations_in(pass) == 0);
            }
    }

    TEST_CASE("implicit: routes that take the steps again say which one to take") {
        const Tensor z0({2}, {1, 2});
        for (const Route& route : {checkpointed(4), interpolating_every(5)}) {
            Tape tape;
            CHECK_THROWS_WITH(solve(tape, [](Var, Var z) { return -z; }, tape.variable(z0), {0, 1},
                                    {.method = trbdf2, .gradient = route}),
                              doctest::Contains("ode::"));
        }
    }
}
