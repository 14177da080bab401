// tests/ode/sensitivity_oracles_test.cpp — gradients that others have published, by every route
#include <doctest/doctest.h>

#include "tests/ode/reference_gradients.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

SolveOptions tight(double in_double) {
    const double tolerance = either(in_double, 1e-5);
    return {.method = dop853, .rtol = tolerance, .atol = tolerance, .max_steps = 100'000};
}

Field with_parameters(const Parameter& p, Var (*rate)(Var t, Var z, Var p)) {
    return [p, rate](Var t, Var z) { return rate(t, z, z.tape().use(p)); };
}

Var joined(std::initializer_list<Var> rates) {
    std::vector<Var> parts;
    for (const Var rate : rates) parts.push_back(reshape(rate, {1}));
    return concatenate(parts, 0);
}

// y' = (−p1 y1² − y3, −y2, −p2² y2 y3), and G' = |y|²/2
Var hessian_example(Var, Var z, Var p) {
    const Var y1 = z[0], y2 = z[1], y3 = z[2];
    return joined(
        {-p[0] * square(y1) - y3, -y2, -square(p[1]) * y2 * y3, 0.5 * (square(y1) + square(y2) + square(y3))});
}

Var oscillator(Var, Var z, Var p) { return joined({z[1], -square(p[0]) * z[0]}); }  // y″ = −ω² y
Var damped(Var, Var z, Var p) { return joined({z[1], -z[0] - p[0] * z[1]}); }
Var forced(Var t, Var z, Var p) { return joined({z[1], -z[0] * sin(p[1] * t) - p[0] * z[1]}); }
Var wave(Var t, Var z, Var p) { return 0.0 * z + cos(p[0] * t); }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("oracles: no route is worse than CVODES at the same tolerance") {
        // The better of its two ways to interpolate, of z(t1)ᵀz(t1) by four parameters; here by z0 and times, too, and the
        // other loss. In float the times t are Reals, and a tolerance below 1e-5 has no steps.
        struct Row {
            double t1, tolerance, error;
        };
        const Row rows[] = {{10, 1e-4, 1.4e-3},  {10, 1e-6, 2.1e-5},   {10, 1e-8, 1.4e-7},
                            {10, 1e-10, 1.2e-9}, {10, 1e-12, 3.6e-11}, {100, 1e-6, 1.4e-2},
                            {100, 1e-8, 1.2e-4}, {100, 1e-10, 1.6e-6}, {100, 1e-12, 1.6e-8}};
        for (const double t1 : {10., 100.}) {
            const Json problem = reference(t1 == 10 ? "grad_lv_t10" : "grad_lv_t100");
            const Parameter p = listed(problem);
            for (const Row& row : rows) {
                const double tolerance = row.tolerance, error = row.error;
                if (row.t1 != t1 || (!is_double && tolerance < 1e-4)) continue;
                for (const SolveOptions& options :
                     by_every_route({.rtol = tolerance, .atol = tolerance, .max_steps = 100'000})) {
                    const Route& route = options.gradient;
                    if (route != discrete && !route.is_continuous() && (t1 == 100 || route == direct))
                        continue;  // thousands of steps: as discrete
                    for (const std::string loss : {"sumsq_end", "mse"}) {
                        CAPTURE(t1);
                        CAPTURE(tolerance);
                        CAPTURE(loss);
                        CAPTURE(std::string(options.gradient.name));
                        const Expected e = expected(problem, loss);
                        Tape tape;
                        const Gradients g = solve_and_differentiate(
                            tape, lotka_volterra(p), {p}, Tensor::vector(problem["z0"].numbers()), times_of(problem),
                            options, true, loss_of(problem, loss));
                        CHECK(relative_error(g.parameters[0], e.parameters) < error);
                        CHECK(relative_error(g.z0, e.z0) < error);
                        CHECK(relative_error(g.times, e.times) < (loss == "mse" ? 2 : 1) * error);  // within steps
                    }
                }
            }
        }
    }

    TEST_CASE("oracles: CVODES' Hessian example, gradient and Hessian of a running loss") {
        // 5 digits are stated; y0 = (1, 1, 1), p = (1, 2), G = ∫ ½ |y|² over [0, 2]
        const double half = either(5e-6, 5e-4);
        for (const SolveOptions& options : by_every_route(tight(1e-10))) {
            CAPTURE(std::string(options.gradient.name));
            const Parameter p("p", Tensor({2}, {1, 2}));
            Tape tape;
            const Var q = tape.use(p);
            const Var G =
                solve(tape, with_parameters(p, hessian_example), Tensor({4}, {1, 1, 1, 0}), Two{0, 2}, options)
                    .end()[3];
            CHECK(std::abs(num(G) - 0.53088) < half);
            const Var g = grad(G, q);
            CHECK(std::abs(num(g, 0) - -0.12838) < half);
            CHECK(std::abs(num(g, 1) - 0.018036) < half);
            const Var first = grad(g[0], q), second = grad(g[1], q);
            CHECK(std::abs(num(first, 0) - 0.15628) < half);
            CHECK(std::abs(num(first, 1) - -0.078678) < half);
            CHECK(std::abs(num(second, 0) - -0.078678) < half);
            CHECK(std::abs(num(second, 1) - 0.089814) < half);
        }
    }

    TEST_CASE("oracles: Stan's oscillators") {
        for (const SolveOptions& options : by_every_route(tight(1e-10))) {
            CAPTURE(std::string(options.gradient.name));
            // y = χ cos ωt, y' = −χ ω sin ωt: each at t = 5, and the sums over t = 2 and 5
            const double omega = 0.5, chi = 1.25;
            const Parameter w("omega", Tensor({1}, {omega}));
            Tape tape;
            const Var start = tape.variable(Tensor({2}, {chi, 0})), rate = tape.use(w);
            const Var z = solve(tape, with_parameters(w, oscillator), start, std::vector<double>{0, 2, 5}, options).z;
            for (const bool both : {false, true}) {
                double y[2] = {}, by_omega[2] = {}, by_chi[2] = {};
                for (const double t : {2., 5.}) {
                    if (!both && t < 5) continue;
                    const double c = std::cos(omega * t), s = std::sin(omega * t);
                    y[0] += chi * c, y[1] -= chi * omega * s;
                    by_omega[0] -= chi * t * s, by_omega[1] -= chi * (s + omega * t * c);
                    by_chi[0] += c, by_chi[1] -= omega * s;
                }
                for (const Index i : {0, 1}) {
                    const Var found = both ? z[1][i] + z[2][i] : z[2][i];
                    CHECK(std::abs(num(found) - y[i]) < either(1e-8, 1e-3));
                    CHECK(std::abs(num(grad(found, rate)) - by_omega[i]) < either(1e-7, 1e-2));
                    CHECK(std::abs(num(grad(found, start)) - by_chi[i]) < either(1e-7, 1e-2));
                }
            }
        }
    }

    TEST_CASE("oracles: Stan's stated values, and derivatives by times") {
        const Parameter theta("theta", Tensor({2}, {0.15, 0.25})), a("a", Tensor({1}, {1.5}));
        for (const SolveOptions& options : by_every_route(tight(1e-9))) {
            CAPTURE(std::string(options.gradient.name));
            Tape tape;
            const Tensor one({2}, {1, 0});
            const Var y = solve(tape, with_parameters(theta, damped), one, std::vector<double>{0, 0.1, 10}, options).z;
            const double stated[] = {0.995029, -0.0990884, -0.421907, 0.246407};
            for (const Index i : {0, 1, 2, 3}) CHECK(std::abs(num(y, 2 + i) - stated[i]) < either(1e-5, 1e-4));

            // dy(t_i)/dt_j = f(t_i, y(t_i)) if i = j, and exactly 0 for any other of the later times
            const Var times = tape.variable(Tensor({3}, {0, 2.5, 5}));
            const Var z = solve(tape, with_parameters(theta, forced), one, times, options).z;
            for (const Index i : {1, 2}) {
                const double t = 2.5 * double(i), y1 = num(z[i], 0), y2 = num(z[i], 1);
                const double f[] = {y2, -y1 * std::sin(0.25 * t) - 0.15 * y2};
                for (const Index component : {0, 1}) {
                    const Var g = grad(z[i][component], times);
                    CHECK(std::abs(num(g, i) - f[component]) < either(1e-8, 1e-4));
                    CHECK(num(g, 3 - i) == 0);
                }
            }

            // y' = cos(at) from y = 0: y(t) = (sin at − sin at0)/a, and dy/dt0 = −cos at0
            const Var span = tape.variable(Tensor({3}, {0, 0.45, 1.1}));
            const Var s = solve(tape, with_parameters(a, wave), Tensor({1}, {0}), span, options).z;
            CHECK(std::abs(num(s, 1) - 0.4165982112) < 1e-5);
            CHECK(std::abs(num(s, 2) - 0.66457668563) < 1e-5);
            const Var g = grad(reshape(s[2], {}), span);
            CHECK(std::abs(num(g, 0) - -1) < either(1e-8, 1e-4));
            CHECK(std::abs(num(g, 2) - std::cos(1.65)) < either(1e-8, 1e-4));
        }
    }

    TEST_CASE("oracles: running losses, at any number of times, to second order") {
        // z' = θ z with G' = z²: G(t) = z0² (e^{2θt} − 1) / 2θ. L = Σ_i w_i G(t_i) + z(t_last), three of them
        const double theta = 0.6, z0 = 1.2;
        const std::vector<double> at{0, 0.5, 1.1, 1.5}, w{0, 1, -0.5, 2};
        double value = z0 * std::exp(theta * 1.5), by_z0 = std::exp(theta * 1.5), by_theta = 1.5 * value,
               twice_by_theta = 1.5 * by_theta;
        for (std::size_t i = 1; i < 4; ++i) {
            const double t = at[i], e = std::exp(2 * theta * t), G = z0 * z0 * (e - 1) / (2 * theta);
            const double dG = (z0 * z0 * t * e - G) / theta;
            value += w[i] * G, by_z0 += w[i] * 2 * G / z0, by_theta += w[i] * dG;
            twice_by_theta += w[i] * (2 * z0 * z0 * t * t * e - 2 * dG) / theta;
        }
        for (const SolveOptions& options : by_every_route(tight(1e-11))) {
            CAPTURE(std::string(options.gradient.name));
            const Parameter p("theta", Tensor({1}, {theta}));
            Tape tape;
            const Var start = tape.variable(Tensor({2}, {z0, 0})), rate = tape.use(p);
            const auto grows = [](Var, Var z, Var q) { return joined({q[0] * z[0], square(z[0])}); };
            const Var z = solve(tape, with_parameters(p, grows), start, at, options).z;
            const Var L = sum(slice(z, 1, 1, 1) * Tensor({4, 1}, {0, 1, -0.5, 2})) + z[3][0];
            const double most = either(1e-8, 1e-3) * 20;
            CHECK(std::abs(num(L) - value) < most);
            CHECK(std::abs(num(grad(L, start)) - by_z0) < most);
            const Var g = grad(L, rate);
            CHECK(std::abs(num(g) - by_theta) < most);
            CHECK(std::abs(num(grad(sum(g), rate)) - twice_by_theta) < most);
        }
    }
}
