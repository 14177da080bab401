// tests/ode/growth_test.cpp — cotangents that grow by more than the steps resolve: said where it is so, and nowhere else
#include "ode/steps/growth.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

Var at(Var z, Index i) { return slice(z, 0, i, 1); }

// How often is said that a gradient is none?
template <class Field>
std::ptrdiff_t warned(const Field& field, const Tensor& start, double end, const SolveOptions& options) {
    const Listening to;
    Tape tape;
    const Var z0 = tape.variable(start);
    grad(sum(solve(tape, field, z0, {0, end}, options).end()), z0);
    return std::ranges::count_if(to.warnings(),
                                 [](const std::string& text) { return contains(text, "is not that of the solution"); });
}

// x' = rate (1 − x), x = 1, beside y' = −x y, which limits the steps
auto beside_a_rest(double rate) {
    return [rate](Var, Var z) { return concatenate({rate * (1 - at(z, 0)), -at(z, 0) * at(z, 1)}, 0); };
}
const Tensor ones({2}, {1, 1});

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("growth: of a stiff state at rest it is said, whatever limits the steps, and by each sweep") {
        for (const Route& route : {discrete, checkpointed(4)}) {
            CHECK(warned(beside_a_rest(15), ones, 20, {.gradient = route}) == 1);
            CHECK(warned(beside_a_rest(20), ones, 5, {.gradient = route}) == 1);
            CHECK(warned(beside_a_rest(1e12), ones, 1, {.gradient = route}) == 1);  // the gradient is no number
        }
        const auto rows = [](Var, Var z) {
            return concatenate({1000 * (1 - column(z, 0)), -column(z, 0) * column(z, 1)}, 1);
        };
        CHECK(warned(rows, Tensor({100, 2}, std::vector<double>(200, 1)), 1, {.rows = independent}) == 1);
        CHECK(warned(beside_a_rest(1), ones, 20, {}) == 0);
        CHECK(warned(beside_a_rest(15), ones, 20, {.method = kvaerno5}) == 0);
    }

    TEST_CASE("growth: what grows itself is no cause for a warning, by any method at any tolerance") {
        for (const Method& m : all_methods) {
            if (!m.adaptive() || m.implicit()) continue;
            for (const double tol : {1e-1, 1e-2, 1e-3, 1e-4}) {
                if (m.order < 3 && tol < 1e-3) continue;
                CAPTURE(std::string(m.name));
                CAPTURE(tol);
                const SolveOptions options{.method = m, .rtol = tol, .atol = tol, .max_steps = 200'000};
                const double end = is_double ? 300 : 60;
                CHECK(warned([](Var, Var z) { return 1.0 * z; }, Tensor({1}, {1}), end, options) == 0);
                const auto beside_others = [](Var, Var z) {
                    return concatenate({at(z, 0), -0.01 * at(z, 1), -0.02 * at(z, 2), -0.03 * at(z, 3)}, 0);
                };
                if (tol < 0.1)  // a mean of four has its largest wrong by thousands
                    CHECK(warned(beside_others, Tensor({4}, {1, 1, 1, 1}), end, options) == 0);
            }
        }
    }

    TEST_CASE("growth: nor are chaos, relays and steps that stability limits, where the state moves") {
        const auto relay = [](Var, Var z) {
            return concatenate({at(z, 1), 20 * (1 - square(at(z, 0))) * at(z, 1) - at(z, 0)}, 0);
        };
        const auto lorenz = [](Var, Var z) {
            const Var x = at(z, 0), y = at(z, 1), w = at(z, 2);
            return concatenate({10 * (y - x), x * (28 - w) - y, x * y - 8. / 3 * w}, 0);
        };
        const auto follower = [](Var t, Var z) { return 100 * (cos(t) - z); };
        for (const Method& m : {bosh3, tsit5, dopri5, dop853})
            for (const double tol : {1e-2, 1e-4}) {
                CAPTURE(std::string(m.name));
                CAPTURE(tol);
                const SolveOptions options{.method = m, .rtol = tol, .atol = tol, .max_steps = 200'000};
                CHECK(warned(relay, Tensor({2}, {2, 0}), 30, options) == 0);
                CHECK(warned(lorenz, Tensor({3}, {1, 1, 1}), 15, options) == 0);
                CHECK(warned(follower, Tensor({1}, {2}), 20, options) == 0);
            }
    }

    TEST_CASE("growth: a step's own error says how much of it is resolved") {
        // adaptive Heun's error of y' = y is x²/2, that of its last step is rtol (1 + x + x²/2)
        const double x = std::sqrt(2e-4);
        CHECK(resolved_growth(adaptive_heun, 1e-4) == doctest::Approx(1 + x).epsilon(0.1 * x));
        CHECK(resolved_growth(adaptive_heun, 1e-4) >= 1 + x);
        CHECK(resolved_growth(tsit5, 1e-6) < resolved_growth(tsit5, 1e-3));
        CHECK(resolved_growth(tsit5, 1) == doctest::Approx(std::exp(8)).epsilon(1e-3));
    }
}
