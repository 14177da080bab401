// tests/ode/unlimited_test.cpp — solves whose state says nothing about the steps: at rest, or on a straight line
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// x' = a sin²(8t) + drift from 0 over 10, in an amplitude a that is 0, or nearly:  dx/da = 5 − sin(160)/32
struct Case {
    double a, drift;
};
constexpr Case cases[] = {{0, 0}, {0, 1}, {1e-30, 0}};
const double quadrature = 5 - std::sin(160.) / 32;

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE(
        "an amplitude at 0: its gradient is right by continuous routes, and said to be far off once by the others") {
        const Listening to;
        const double most = either(2e-4, 1e-3);
        for (const Case& c : cases)
            for (const Route& route : routes_of(tsit5)) {
                if (!is_double && c.drift != 0)
                    continue;  // a float's rounding is as large as the tolerance: it limits steps
                CAPTURE(c.a);
                CAPTURE(c.drift);
                CAPTURE(std::string(route.name));
                to.forget();
                Tape t;
                const auto slope = [&](double amplitude, const SolveOptions& options) {
                    t.rewind();
                    const Var a = t.variable(Tensor({1}, {amplitude})), x0 = t.constant(Tensor({1}, {0}));
                    const auto field = [&](Var s, Var) { return a * square(sin(8.0 * s)) + c.drift; };
                    const Solution x = solve(t, field, x0, {0, 10}, options);
                    const double found = num(grad(sum(x.end()), a));
                    CHECK(x.statistics().unlimited == (amplitude < .5 && options.max_step > 1));
                    return found;
                };
                CHECK(slope(1, {.gradient = route}) == doctest::Approx(quadrature).epsilon(most));
                CHECK(to.warnings().empty());
                const double found = slope(c.a, {.gradient = route});
                slope(c.a, {.gradient = route});
                if (route.is_continuous()) {
                    CHECK(found == doctest::Approx(quadrature).epsilon(most));
                    CHECK(to.warnings().empty());
                } else {
                    REQUIRE(to.warnings().size() == 1);
                    CHECK(to.warnings()[0].starts_with("warning: solve: nothing limited the steps"));
                    CHECK(contains(to.warnings()[0], ".max_step"));
                    CHECK(contains(to.warnings()[0], "unlimited_test.cpp"));
                }
                CHECK(slope(c.a, {.gradient = route, .max_step = .1}) == doctest::Approx(quadrature).epsilon(most));
            }
    }

    TEST_CASE("a start in equilibrium: its derivatives are said to be far off, tangents too") {
        // x' = −x (1 + sin²(8t)) at x0 = 0: dx(10)/dx0 = exp(−10 − 5 + sin(160)/32)
        const Listening to;
        const auto field = [](Var s, Var x) { return -x * (1.0 + square(sin(8.0 * s))); };
        for (const bool forwards : {false, true})
            for (const Route& route : {direct, discrete}) {
                CAPTURE(std::string(route.name));
                to.forget();
                Tape t;
                const Var x0 = t.variable(Tensor({1}, {0}));
                const Var x = end(solve(t, field, x0, Two{0, 10}, {.gradient = route}).z);
                forwards ? jvp(x, x0, t.constant(Tensor({1}, {1}))) : grad(x, x0);
                CHECK(to.warnings().size() == 1);
                t.rewind();
                const Var y0 = t.variable(Tensor({1}, {0}));
                const Var y = end(solve(t, field, y0, Two{0, 10}, {.gradient = route, .max_step = .05}).z);
                CHECK(std::abs(num(grad(y, y0)) - std::exp(-10 - quadrature)) < 1e-6);
            }
    }

    TEST_CASE("a batch of no rows has no steps that anything could limit: no warning, by any route") {
        const Listening to;
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            Tape t;
            const Var a = t.variable(Tensor({1}, {2})), x0 = t.variable(Tensor(Shape{0, 1}));
            const Solution x = solve([&](Var, Var z) { return a * z; }, x0, {0, 1}, fitted({.gradient = route}));
            CHECK(x.end().shape() == Shape{0, 1});
            CHECK(num(grad(sum(x.end()), a)) == 0);
            CHECK_FALSE(x.statistics().unlimited);
        }
        CHECK(to.warnings().empty());
    }

    TEST_CASE("a stiff state at rest: where each step magnifies its derivatives, the gradient says so, once") {
        const Listening to;
        for (const double rate : {1.0, 1000.0}) {  // z' = rate (c − z) from z = c on, beside y' = −z y
            Tape t;
            const auto slope = [&](const SolveOptions& options) {
                t.rewind();
                const Var c = t.variable(Tensor::scalar(1));
                const auto field = [&](Var, Var z) {
                    const Var x = slice(z, 0, 0, 1), y = slice(z, 0, 1, 1);
                    return concatenate({rate * (c - x), -x * y}, 0);
                };
                const Solution s = solve(t, field, t.constant(Tensor({2}, {1, 1})), {0, 1}, options);
                return num(grad(slice(s.end(), 0, 0, 1), {c})[0]);
            };
            CAPTURE(rate);
            const double right = 1 - std::exp(-rate), found = slope({.method = tsit5});
            slope({.method = tsit5});
            if (rate == 1) {
                CHECK(found == doctest::Approx(right).epsilon(1e-4));
                CHECK(to.warnings().empty());
                continue;
            }
            CHECK(!(std::abs(found) <= 1e12));   // beyond all floats
            REQUIRE(to.warnings().size() == 1);  // of two solves
            CHECK(to.warnings()[0].find("the gradient of the steps is not that of the solution") != std::string::npos);
            to.forget();
            CHECK(slope({.method = kvaerno5}) == doctest::Approx(right).epsilon(1e-3));
            CHECK(to.warnings().empty());
        }
    }

    TEST_CASE("a short solve is limited by its span, and bends all the same: no warning") {
        const Listening to;
        for (const double span : {1e-5, 1e-3, 1e-2})
            for (const Method& method : {tsit5, dop853, kvaerno3})
                for (const RowClocks rows : {joint, independent}) {
                    CAPTURE(span);
                    CAPTURE(std::string(method.name));
                    Tape t;
                    const Var z0 = t.variable(Tensor({1, 2}, {1, 0.3}));
                    const auto field = [](Var s, Var z) { return sin(z) + cos(s); };
                    const Solution z = solve(t, field, z0, {0, span}, {.method = method, .rows = rows});
                    grad(sum(z.end()), z0);
                    CHECK_FALSE(z.statistics().unlimited);
                    CHECK(to.warnings().empty());
                }
    }
}
