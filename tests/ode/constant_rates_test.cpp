// tests/ode/constant_rates_test.cpp — rates that depend on nothing, on some of their arguments, or on each other
#include <doctest/doctest.h>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Equal steps and chosen ones, by every method and route.
template <class Body>
void every_way(Body body) {
    const Quiet straight_lines;
    for (const Method& method : all_methods)
        for (const Route& route : routes_of(method))
            for (const int steps : {0, 1, 4}) {
                if (steps == 0 && !method.adaptive()) continue;
                CAPTURE(std::string(route.name));
                CAPTURE(std::string(method.name));
                CAPTURE(steps);
                body(SolveOptions{.method = method, .gradient = route, .steps = steps});
            }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("a rate that depends on nothing is integrated exactly") {
        const double most = either(1e-13, 1e-5);
        every_way([&](const SolveOptions& options) {
            Tape t;
            const Parameter p("p", Tensor::scalar(2));
            const Tensor numbers = Tensor::scalar(2);
            const Var k = t.variable(Tensor::scalar(2)), c = t.constant(1.0), one = t.constant(1.0);
            const Field fields[] = {
                [k](Var, Var) { return k; },
                [p](Var, Var z) { return z.tape().use(p); },
                [numbers](Var, Var z) { return z.tape().constant(numbers); },
                [c](Var, Var) { return 2.0 * c; },
                [](Var, Var z) { return filled(z.tape(), {}, 2); },
                [k](Var, Var z) { return where(less(z, 1e9), k, z); },
            };
            for (const Field& field : fields)
                CHECK(num(end(solve(t, field, one, Two{0, 1}, options).z)) == doctest::Approx(3).epsilon(most));
            const Var y = end(solve(t, fields[0], one, Two{0, 1}, options).z);
            CHECK(num(grad(y, k)) == doctest::Approx(1).epsilon(most));
            CHECK(num(grad(y, one)) == doctest::Approx(1).epsilon(most));
            CHECK(num(jvp(y, k, one)) == doctest::Approx(1).epsilon(most));
            CHECK(num(hessian(square(y), k)) == doctest::Approx(2).epsilon(most));
        });
    }

    TEST_CASE("a rate that depends on nothing, for batches of one tile and of several") {
        for (const Index rows : {1, 5, 70, 300})
            every_way([&](const SolveOptions& options) {
                if (options.gradient == direct && options.method != dopri5) return;
                CAPTURE(rows);
                Tape t;
                const Tensor rate = waves({rows, 2}, 1);
                const Var k = t.variable(rate), z0 = t.variable(Tensor({rows, 2}, 0.5));
                const Var z = solve(
                                  t, [k](Var, Var) { return k; }, z0, Two{0, 2}, options)
                                  .z;
                const Var last = slice(z, 0, 1, 1), k_bar = grad(sum(square(last)), k);
                for (Index i = 0; i < rate.size(); ++i) {
                    const double right = 0.5 + 2 * double(rate[i]);
                    const double rounding = cancellation(options.method);
                    if (std::abs(double(t.view(last)[i]) - right) > either(1e-13, 1e-5) * rounding ||
                        std::abs(double(t.view(k_bar)[i]) - 4 * right) > either(1e-12, 1e-4) * rounding)
                        FAIL_CHECK("entry " << i);
                }
            });
    }

    TEST_CASE("a field whose tangent alone is constant is differentiated like any other") {
        const double most = either(1e-5, 1e-3);
        every_way([&](const SolveOptions& options) {
            if (options.method.order < 4) return;  // the bounds are for short errors
            Tape t;
            const Var k = t.variable(Tensor::scalar(2)), one = t.constant(1.0);
            const Var y = end(solve(
                                  t, [k](Var s, Var) { return sin(s) + k; }, one, Two{0, 1}, options)
                                  .z);
            CHECK(num(y) == doctest::Approx(1 - std::cos(1.) + 1 + 2).epsilon(options.steps == 1 ? 1e-3 : most));
            CHECK(num(jvp(y, k, one)) == doctest::Approx(1).epsilon(most));
            CHECK(num(grad(y, k)) == doctest::Approx(1).epsilon(most));
            CHECK(num(hessian(square(y), k)) == doctest::Approx(2).epsilon(most));
        });
    }

    TEST_CASE("a gradient by any leaf that is asked for is right, be it a constant") {
        const double e = std::exp(-2.), most = either(1e-6, 1e-3);
        every_way([&](const SolveOptions& options) {
            if (options.steps == 1 || options.method.order < 4) return;
            const double coarse = options.steps > 0 ? 2e-2 : options.method.implicit() ? 10 * most : most;
            const double within = options.method.has_slopes() ? coarse : std::max(coarse, 1e-3);  // a step
            Tape t;
            const Var k = t.constant(2.0), z0 = t.constant(1.0), times = t.constant(Tensor({3}, {0, .5, 1}));
            const Var y = end(solve(
                                  t, [k](Var, Var z) { return -z * k; }, z0, Two{0, 1}, options)
                                  .z);
            const Vars bars = grad(y, {k, z0});
            CHECK(num(bars[0]) == doctest::Approx(-e).epsilon(coarse));
            CHECK(num(bars[1]) == doctest::Approx(e).epsilon(coarse));
            const Var z = solve(
                              t, [k](Var, Var at) { return -at * k; }, z0, times, options)
                              .z;
            const Var t_bars = grad(sum(z), times);
            const double half = -2 * std::exp(-1.), whole = -2 * e;
            const double right[] = {-half - whole, half, whole};
            for (Index i = 0; i < 3; ++i) CHECK(double(t.view(t_bars)[i]) == doctest::Approx(right[i]).epsilon(within));
        });
    }

    TEST_CASE("a field that captures the Var that it starts from, to second order") {
        // x' = x0 − x² from x0: differences of the same solve give d²/dx0² = −.539645
        every_way([&](SolveOptions options) {
            if (options.steps != 0 || options.method.order < 4) return;
            options.rtol = either(1e-10, 1e-5), options.atol = either(1e-12, 1e-6);
            Tape t;
            const Var x = t.variable(Tensor::scalar(1.2));
            const auto solved = [&](Var z0) {
                return end(solve(
                               t, [x](Var, Var z) { return x - z * z; }, z0, Two{0, 1}, options)
                               .z);
            };
            const Var same = solved(x), other = solved(x * 1.0);
            const double most = either(1e-6, 2e-2);
            CHECK(num(grad(same, x)) == doctest::Approx(num(grad(other, x))).epsilon(most));
            CHECK(num(hessian(same, x)) == doctest::Approx(num(hessian(other, x))).epsilon(most));
            CHECK(num(jvp(jvp(same, x, t.constant(1.0)), x, t.constant(1.0))) ==
                  doctest::Approx(num(hessian(other, x))).epsilon(most));
            CHECK(num(grad(jvp(same, x, t.constant(1.0)), x)) == doctest::Approx(num(hessian(other, x))).epsilon(most));
        });
    }

    TEST_CASE("one Var as start, capture and times at once keeps a gradient for each") {
        // z' = −c z from s over (0, T) with s = c = x and T from the list (0, x): z = x e^(−x²)
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            const double x0 = 0.7, e = std::exp(-x0 * x0);
            Tape t;
            const Var x = t.variable(Tensor({1}, {x0}));
            const Var times = concatenate({t.constant(Tensor({1}, {0})), x}, 0);
            const Var y = end(solve(t, [x](Var, Var z) { return -x * z; }, x, times,
                                    {.rtol = either(1e-10, 1e-5), .atol = either(1e-10, 1e-5), .gradient = route})
                                  .z);
            CHECK(num(y) == doctest::Approx(x0 * e).epsilon(either(1e-8, 1e-4)));
            CHECK(num(grad(y, x)) == doctest::Approx(e * (1 - 2 * x0 * x0)).epsilon(either(1e-7, 2e-3)));
            const double second = e * (4 * x0 * x0 * x0 - 6 * x0);
            CHECK(num(hessian(y, x)) == doctest::Approx(second).epsilon(either(1e-5, 2e-2)));
        }
    }
}
