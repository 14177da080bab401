// tests/ode/nested_test.cpp — solves within fields: every derivative, every route within every other, replayed
#include <doctest/doctest.h>

#include "autodiff/program/workspace.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// The rate is the end of an inner solve from z, which captures a Var of the outermost tape: u' = c sin(u), u(0) = z.
struct Nested {
    SolveOptions inner, outer;
    Var solved(Tape& t, Var x, Var c) const {
        const auto field = [&](Var, Var z) {
            return solve([&](Var, Var y) { return c * sin(y); }, z, Two{0, 1}, inner).end();
        };
        return end(solve(t, field, x, Two{0, 1}, outer).z);
    }
};

struct Counted {  // y = x, and counts how often it is evaluated
    static inline int count = 0;
    static constexpr const char* name = "test: counted";
    bool operator==(const Counted&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        ++count;
        std::copy_n(x.data, x.size(), y.data);
    }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
};

struct First {  // y(x, c) and its gradient
    Var x, c, y, gx, gc;
};
First first_derivatives(Tape& t, const Nested& nested, double x0, double c0) {
    t.rewind();
    const Var x = t.variable(Tensor({1}, {x0})), c = t.variable(Tensor({1}, {c0}));
    const Var y = nested.solved(t, x, c);
    const Vars g = grad(y, {x, c});
    return {x, c, y, sum(g[0]), sum(g[1])};
}

// Value, first and second derivatives of y(x, c).
std::vector<double> derivatives(Tape& t, const Nested& nested, double x0, double c0) {
    const auto [x, c, y, gx, gc] = first_derivatives(t, nested, x0, c0);
    const Var one = t.constant(Tensor({1}, {1}));
    return {num(y),
            num(gx),
            num(gc),
            num(jvp(y, x, one)),
            num(jvp(y, c, one)),
            num(grad(gx, x)),
            num(grad(gx, c)),
            num(grad(gc, x)),
            num(grad(gc, c)),
            num(jvp(gc, x, one)),
            num(jvp(gx, c, one)),
            num(jvp(jvp(y, c, one), c, one)),
            num(grad(jvp(y, x, one), c))};
}

// Values, then differences of the first gradients: of equal steps, whose derivatives are exact.
std::vector<double> by_differences(const Nested& nested, double x0, double c0) {
    const double h = either(1e-5, 2e-2);
    const auto at = [&](double x, double c) {
        Tape t;
        const First f = first_derivatives(t, nested, x, c);
        return std::array{num(f.y), num(f.gx), num(f.gc)};
    };
    const auto here = at(x0, c0), xp = at(x0 + h, c0), xm = at(x0 - h, c0), cp = at(x0, c0 + h), cm = at(x0, c0 - h);
    const auto slope = [&](const auto& p, const auto& m, std::size_t i) { return (p[i] - m[i]) / (2 * h); };
    const double yx = slope(xp, xm, 0), yc = slope(cp, cm, 0);
    const double xx = slope(xp, xm, 1), xc = slope(xp, xm, 2), cc = slope(cp, cm, 2);
    return {here[0], yx, yc, yx, yc, xx, xc, xc, cc, xc, xc, cc, xc};
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("a solve within a field: derivatives to second order are those of differences, by every pair of routes") {
        for (const Route& inner : all_routes)
            for (const Route& outer : all_routes) {
                CAPTURE(std::string(inner.name));
                CAPTURE(std::string(outer.name));
                // Continuous routes differentiate the equation, so their steps have to be short; the others are exact.
                const auto steps = [](const Route& route) { return route.is_continuous() ? 14 : 3; };
                const Nested nested{fitted({.method = dopri5, .gradient = inner, .steps = steps(inner)}),
                                    fitted({.method = dopri5, .gradient = outer, .steps = steps(outer)})};
                Tape t;
                const auto found = derivatives(t, nested, 0.3, 1.2);
                CHECK(relative_error(found, by_differences(nested, 0.3, 1.2)) < either(1e-7, 5e-3));
                CHECK(derivatives(t, nested, 0.3, 1.2) == found);
                Tape fresh;
                CHECK(derivatives(t, nested, 0.8, 0.9) == derivatives(fresh, nested, 0.8, 0.9));
            }
    }

    TEST_CASE("a solve within a field: chosen steps without and within, to second order") {
        const double tolerance = either(1e-7, 1e-5);
        Nested exact{{.method = dopri5, .steps = 24}, {.method = dopri5, .steps = 24}};
        Tape reference;
        const auto right = derivatives(reference, exact, 0.3, 1.2);
        for (const Route& inner : replaying_routes())
            for (const Route& outer : replaying_routes())
                for (const bool inner_chooses : {false, true})
                    for (const bool outer_chooses : {false, true}) {
                        CAPTURE(std::string(inner.name));
                        CAPTURE(std::string(outer.name));
                        CAPTURE(inner_chooses);
                        CAPTURE(outer_chooses);
                        const Nested nested{
                            {.rtol = tolerance, .atol = tolerance, .gradient = inner, .steps = inner_chooses ? 0 : 12},
                            {.rtol = tolerance, .atol = tolerance, .gradient = outer, .steps = outer_chooses ? 0 : 12}};
                        Tape t;
                        const auto found = derivatives(t, nested, 0.3, 1.2);
                        CHECK(relative_error(found, right) < either(1e-6, 2e-2));
                        CHECK(derivatives(t, nested, 0.3, 1.2) == found);
                    }
    }

    TEST_CASE("a solve within a field: few chosen steps in both, and discrete is the derivative of just these") {
        // Steps are frozen, so differences cannot tell. direct has every operation of the same steps on its tape.
        const SolveOptions loose{.method = bosh3, .rtol = 1e-3, .atol = 1e-3};
        const auto by = [&](const Route& inner, const Route& outer) {
            Nested nested{loose, loose};
            nested.inner.gradient = inner, nested.outer.gradient = outer;
            Tape t;
            return derivatives(t, nested, 0.3, 1.2);
        };
        const auto textbook = by(direct, direct);
        CHECK(relative_error(by(discrete, direct), textbook) < either(1e-12, 1e-5));
        CHECK(relative_error(by(discrete, discrete), textbook) < either(1e-12, 1e-5));
    }

    TEST_CASE("three solves, one within the other: the innermost field computes with the outermost state") {
        // u' = −y where y is the outermost state, so u(1) = v − y; v' = v − y from v(0) = y stays there; y' = ±v(1) = ±y
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            const SolveOptions options{.method = rk4_classic, .gradient = route, .steps = 8};
            Tape t;
            for (const double sign : {1., -1.}) {  // the second time the outermost field is new, those within are known
                t.rewind();
                const Var x = t.variable(Tensor({1}, {0.5}));
                const auto outermost = [&](Var, Var y) {
                    const auto middle = [&](Var, Var v) {
                        const auto innermost = [&](Var, Var u) { return 0.0 * u + -y; };  // −y: on the tape of y
                        return solve(innermost, v, Two{0, 1}, options).end();
                    };
                    const Var v = solve(middle, y, Two{0, 1}, options).end();
                    return sign > 0 ? v : -v;
                };
                const Var y = end(solve(t, outermost, x, Two{0, 1}, options).z);
                CHECK(num(y) == doctest::Approx(0.5 * std::exp(sign)).epsilon(1e-4));
                CHECK(num(grad(y, x)) == doctest::Approx(std::exp(sign)).epsilon(1e-4));
            }
        }
    }

    TEST_CASE("solves within solves within solves") {
        const auto deepest = [](Var, Var y) { return -y; };
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            const SolveOptions options{.method = dopri5, .gradient = route, .steps = 4};
            const auto middle = [&](Var, Var z) { return solve(deepest, z, Two{0, 1}, options).end(); };
            const auto outer = [&](Var, Var z) { return solve(middle, z, Two{0, 1}, options).end(); };
            Tape t;
            const Var x = t.variable(Tensor({1}, {1}));
            const Var y = end(solve(t, outer, x, Two{0, 1}, options).z);
            const double right = std::exp(std::exp(std::exp(-1.)));  // all linear
            CHECK(num(y) == doctest::Approx(right).epsilon(1e-5));
            CHECK(num(grad(y, x)) == doctest::Approx(right).epsilon(1e-5));
            CHECK(num(jvp(y, x, t.constant(Tensor({1}, {1})))) == doctest::Approx(right).epsilon(1e-5));
            CHECK(std::abs(num(hessian(y, x))) < 1e-4);
        }
    }

    TEST_CASE("a program of loss and gradient with solves within solves runs with other inputs") {
        for (const Route& inner : replaying_routes(reversible_heun))
            for (const Route& outer : replaying_routes(reversible_heun))
                for (const int steps : {0, 6}) {
                    const Nested nested{fitted({.rtol = 1e-4, .atol = 1e-4, .gradient = inner, .steps = steps}),
                                        fitted({.rtol = 1e-4, .atol = 1e-4, .gradient = outer, .steps = steps})};
                    const auto results = [&](Tape& t, Var x, Var c) {
                        const Var y = nested.solved(t, x, c);
                        const Var g = grad(y, c);
                        return std::array{y, g, grad(sum(g), x)};
                    };
                    Tape t, fresh;
                    const Var x = t.variable(Tensor({1}, {.3})), c = t.variable(Tensor({1}, {1.2}));
                    const auto outputs = results(t, x, c);
                    const Var inputs[] = {x, c};
                    const Program program = compile(t, inputs, outputs);
                    const Tensor x2({1}, {.7}), c2({1}, {.4});
                    const auto wanted = results(fresh, fresh.variable(x2), fresh.variable(c2));
                    Workspace workspace;
                    Tensor y{Shape{}}, g({1}), h({1});
                    const View in[] = {x2, c2};
                    const MutableView out[] = {y.view(), g.view(), h.view()};
                    for (int again = 0; again < 2; ++again) {
                        run(program, workspace, in, out);
                        CHECK(double(y[0]) == num(wanted[0]));
                        CHECK(double(g[0]) == num(wanted[1]));
                        CHECK(double(h[0]) == num(wanted[2]));
                    }
                    CHECK(allocations_in([&] { run(program, workspace, in, out); }) == 0);
                }
    }

    TEST_CASE("a solve within a field runs once for each stage, and once more for its gradient") {
        const int inner_steps = 3, outer_steps = 4, stages = rk4_classic.stages;
        Tape t;
        const auto inner = [](Var, Var y) { return record(Counted{}, sin(y)); };
        const auto field = [&](Var, Var z) {
            return solve(inner, z, Two{0, 1}, {.method = rk4_classic, .steps = inner_steps}).end();
        };
        const SolveOptions outer{.method = rk4_classic, .steps = outer_steps};
        for (int pass = 0; pass < 3; ++pass) {
            t.rewind();
            const Var start = t.variable(Tensor({1}, {.3}));
            Counted::count = 0;
            const Var y = end(solve(t, field, start, Two{0, 1}, outer).z);
            const int forward = stages * outer_steps * stages * inner_steps;
            if (pass > 0) CHECK(Counted::count <= forward + 1);  // one recording of the innermost field
            Counted::count = 0;
            grad(y, start);
            CHECK(Counted::count <= 2 * forward);  // the stages again, and again within the inner gradient
        }
    }

    TEST_CASE("a warm pass with solves within solves and second derivatives allocates nothing") {
        for (const Route& route : replaying_routes(reversible_heun)) {
            const Nested nested{fitted({.gradient = route, .steps = 4}),
                                fitted({.rtol = 1e-3, .atol = 1e-3, .gradient = route})};
            Tape t;
            const Tensor x0({1}, {.3}), c0({1}, {1.2});
            const auto pass = [&] {
                t.rewind();
                const Var x = t.variable(x0), c = t.variable(c0);
                const auto inner = [&](Var, Var y) { return c * sin(y); };
                const auto field = [&](Var, Var z) { return solve(inner, z, Two{0, 1}, nested.inner).end(); };
                const Var y = end(solve(t, field, x, Two{0, 1}, nested.outer).z);
                const Var g = grad(y, c);
                grad(sum(g), x);
                jvp(g, x, g);
            };
            pass();
            pass();
            CHECK(allocations_in(pass) == 0);
        }
    }
}
