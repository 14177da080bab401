// tests/ode/growth_test.cpp — cotangents that grow by more than the steps resolve: said where it is so, and nowhere else
#include "ode/steps/growth.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "ode/solve.hpp"
#include "tests/ode/laws_in_vars.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listening.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// How often is said that a gradient is none? Of all numbers at the end, or of one.
template <class Field>
std::ptrdiff_t warned(const Field& field, const Tensor& start, double end, const SolveOptions& options,
                      Index one = -1) {
    const Listening to;
    Tape tape;
    const Var z0 = tape.variable(start);
    const Var z = solve(tape, field, z0, {0, end}, options).end();
    grad(one < 0 ? sum(z) : sum(column(z, one)), z0);
    return std::ranges::count_if(to.warnings(),
                                 [](const std::string& text) { return contains(text, "is not that of the solution"); });
}

// x' = rate (1 − x), x = 1, beside y' = −x y, which limits the steps
auto beside_a_rest(double rate) {
    return [rate](Var, Var z) { return concatenate({rate * (1 - column(z, 0)), -column(z, 0) * column(z, 1)}, 0); };
}
const Tensor ones({2}, {1, 1});

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("growth: of a stiff state at rest it is said, whatever limits the steps, and by each sweep") {
        for (const Route& route : {discrete, checkpointed(4)}) {
            CHECK(warned(beside_a_rest(15), ones, 20, {.gradient = route}) == 1);
            CHECK(warned(beside_a_rest(17), ones, 5, {.rtol = 1e-3, .gradient = route}) == 1);
            CHECK(warned(beside_a_rest(1e12), ones, 1, {.gradient = route}) == 1);  // the gradient is no number
            CHECK(warned(beside_a_rest(1000), ones, 1, {.gradient = route, .steps = 20}) == 1);
        }
        for (const Route& route : {discrete, reversible})
            for (const Method& m : {reversible_heun, asynchronous_leapfrog})
                CHECK(warned(beside_a_rest(1000), ones, 1, {.method = m, .gradient = route, .steps = 100}) == 1);
        const auto rows = [](Var, Var z) {
            return concatenate({1000 * (1 - column(z, 0)), -column(z, 0) * column(z, 1)}, 1);
        };
        CHECK(warned(rows, Tensor({100, 2}, std::vector<double>(200, 1)), 1, {.rows = independent}) == 1);
        CHECK(warned(beside_a_rest(1), ones, 20, {}) == 0);
        CHECK(warned(beside_a_rest(15), ones, 20, {.method = kvaerno5}) == 0);
    }

    TEST_CASE("growth: of steps at the edge of what is stable, too, by loose tolerances") {
        const auto reaction = [](Var, Var z) { return robertson(z); };
        const Tensor start({3}, {1, 0, 0});
        for (const Method& m : {tsit5, dopri5})
            CHECK(warned(reaction, start, 5, {.method = m, .rtol = 1e-4, .atol = 1e-7}, 1) == 1);
        CHECK(warned(reaction, start, 5, {.method = kvaerno5, .rtol = 1e-4, .atol = 1e-7}, 1) == 0);
        const auto relay = [](Var, Var z) { return van_der_pol(z, 20); };  // by tsit5 at 1e-2: 3e8 for −2.2
        CHECK(warned(relay, Tensor({2}, {2, 0}), 30, {.rtol = 1e-2, .atol = 1e-2}) == 1);
        const auto passes = [](Var t, Var z) {  // x = 0, whose derivative ends at 81: −5e8, by implicit steps
            return concatenate({20 * (t - 1) * column(z, 0), -column(z, 1)}, 0);
        };
        CHECK(warned(passes, Tensor({2}, {0, 1}), 2.2, {.method = kvaerno5}) == 1);
    }

    TEST_CASE("growth: a unit of measure is no cause for a warning, and none to miss one") {
        const auto follower = [](double unit) {  // y' = unit · x: a large number beside a small one
            return [unit](Var, Var z) { return concatenate({-column(z, 0), unit * column(z, 0)}, 0); };
        };
        for (const double unit : {1e-9, 1e9})
            for (const double tol : {1e-4, 1e-6, 1e-8})
                CHECK(warned(follower(unit), ones, 1, {.rtol = tol, .atol = 1e-3 * tol}) == 0);
        const auto rest = [](Var, Var z) {
            return concatenate({30 * (1e9 - column(z, 0)), -1e-9 * column(z, 0) * column(z, 1)}, 0);
        };
        CHECK(warned(rest, Tensor({2}, {1e9, 1e9}), 2, {.atol = 1}) == 1);
        CHECK(warned(rest, Tensor({2}, {1e9, 1e9}), 2, {.rtol = 1e-4, .atol = 1e-9}) == 1);
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
                    return concatenate({column(z, 0), -0.01 * column(z, 1), -0.02 * column(z, 2), -0.03 * column(z, 3)},
                                       0);
                };
                CHECK(warned(beside_others, Tensor({4}, {1, 1, 1, 1}), end, options) == 0);
            }
        }
    }

    TEST_CASE(
        "growth: nor are relays and steps that stability limits, where the state moves; chaos is, once it is all") {
        const auto relay = [](Var, Var z) { return van_der_pol(z, 20); };
        const auto lorenz = [](Var, Var z) {
            const Var x = column(z, 0), y = column(z, 1), w = column(z, 2);
            return concatenate({10 * (y - x), x * (28 - w) - y, x * y - 8. / 3 * w}, 0);
        };
        const auto follower = [](Var t, Var z) { return 100 * (cos(t) - z); };
        for (const Method& m : {bosh3, tsit5, dopri5, dop853})
            for (const double tol : {1e-3, 1e-5}) {
                CAPTURE(std::string(m.name));
                CAPTURE(tol);
                const SolveOptions options{.method = m, .rtol = tol, .atol = tol, .max_steps = 200'000};
                CHECK(warned(relay, Tensor({2}, {2, 0}), 30, options) == 0);
                CHECK(warned(follower, Tensor({1}, {2}), 20, options) == 0);
            }
        const Tensor start({3}, {1, 1, 1});  // errors grow by e^(.9 t)
        CHECK(warned(lorenz, start, 5, {.rtol = 1e-4, .atol = 1e-4}) == 0);
        CHECK(warned(lorenz, start, 30, {.rtol = 1e-4, .atol = 1e-4}) == 1);
        if (is_double) CHECK(warned(lorenz, start, 15, {.rtol = 1e-9, .atol = 1e-9}) == 0);
    }

    TEST_CASE("growth: an error of one tolerance on the way, beside all that is observed") {
        Growth growth;
        CHECK_FALSE(growth.watches());
        growth.begin(2, 1e-3, 1e-6);  // of cotangents
        CHECK(growth.watches());
        CHECK(growth.excess() == 0);
        const double last[] = {2, 2}, lambda[] = {100, -3000}, z[] = {5, 0.1};
        growth.see(last, z, 2, true);
        growth.see(lambda, z, 2, false);
        CHECK(growth.excess() == doctest::Approx(100 * (5e-3 + 1e-6) / (2 * 5)));
        Growth other = growth;
        const double wild[] = {0, HUGE_VAL};
        other.see(wild, z, 2, false);
        CHECK(other.excess() == HUGE_VAL);
        growth.join(other);
        CHECK(growth.excess() == HUGE_VAL);
    }
}
