// tests/ode/stage_roots_test.cpp — steps so long that a stage's equation has several solutions: everyone who takes such a step
// finds that of the solve
#include <doctest/doctest.h>
#include <cmath>
#include <string>

#include "autodiff/operators.hpp"
#include "ode/solve.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

Var steep(Var, Var z) { return 0.7 * tanh(tanh(tanh(z) + z) + z); }
Var driven(Var t, Var z) { return 3 * tanh(2 * z) - z + 1.5 * sin(2 * t); }  // to and fro between two states

struct Found {
    double z = NAN;        // of the first row, at the end
    double slope = NAN;    // its derivative by that row's start: by grad,
    double tangent = NAN;  // by jvp
    double second[3] = {NAN, NAN, NAN};
};

// z at the end of equal steps from three rows, or nothing where the iteration comes to no end.
Found found(const Field& field, const SolveOptions& options, double from, double reach) {
    Tape tape;
    const Var x = tape.variable(Tensor({3, 1}, {Real(from), Real(0.1 + from / 2), Real(-0.3 * from)}));
    const auto number = [&](Var v) { return v.is_zero() ? 0 : double(tape.view(v).data[0]); };
    try {
        const Var end = sum(slice(solve(tape, field, x, {0, reach}, options).z, 0, 1, 1));
        const Var g = grad(end, x), along = tape.constant(Tensor({3, 1}, {1, 0, 0})), dot = jvp(end, x, along);
        return {.z = number(end),
                .slope = number(g),
                .tangent = number(dot),
                .second = {number(jvp(g, x, along)), number(grad(sum(g * along), x)), number(grad(dot, x))}};
    } catch (const Error& error) {
        CHECK(std::string(error.what()).find("does not converge") != std::string::npos);
        return {};
    }
}

bool near(double a, double b) { return std::abs(a - b) <= either(1e-9, 2e-3) * (1 + std::abs(b)); }

// body(field, options, from, reach) for methods, counts of steps, and starts
template <class Body>
void each_long_step(Body&& body) {
    for (const Method& m : implicit_methods())
        for (const int steps : {1, 3}) {
            CAPTURE(std::string(m.name));
            CAPTURE(steps);
            for (const double from : {-0.65, 0.1, 0.35}) {
                CAPTURE(from);
                body(steep, SolveOptions{.method = m, .steps = steps}, from, 2.0 * steps);
                body(driven, SolveOptions{.method = m, .steps = steps}, from, 1.0 * steps);
            }
        }
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("stage roots: of a long step, tangents and second derivatives are those of the step that was taken") {
        int solved = 0, all = 0;
        each_long_step([&](const Field& field, const SolveOptions& options, double from, double reach) {
            const Found f = found(field, options, from, reach);
            ++all;
            if (std::isnan(f.z)) return;
            ++solved;
            CHECK(near(f.tangent, f.slope));
            for (const double other : {f.second[1], f.second[2]}) CHECK(near(other, f.second[0]));
        });
        CHECK(solved > 0.9 * all);
    }

    TEST_CASE("stage roots: forward goes through the states that discrete has, and direct finds them, too") {
        each_long_step([&](const Field& field, SolveOptions options, double from, double reach) {
            const Found exact = found(field, options, from, reach);
            for (const Route& route : {ode::forward, direct}) {
                if (!is_double && route == direct)
                    continue;  // its rounding may decide when Newton's iteration gives up
                CAPTURE(std::string(route.name));
                options.gradient = route;
                const Found same = found(field, options, from, reach);
                CHECK(std::isnan(same.z) == std::isnan(exact.z));
                if (std::isnan(exact.z)) continue;
                CHECK(near(same.z, exact.z));
                CHECK(near(same.slope, exact.slope));
                CHECK(near(same.second[0], exact.second[0]));
                if (route == ode::forward) CHECK(same.z == exact.z);
            }
        });
    }
}
