// tests/ode/implicit_test.cpp — implicit methods on numbers: their stability, stiff problems, what Newton's iteration reports
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <complex>
#include <string>
#include <vector>

#include "examples/support/stability.hpp"
#include "ode/plain.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/stiff_laws.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using support::stability;

namespace {

template <class Problem>
Taken taken(const Method& method, double rtol, const std::vector<double>& atol, double end = HUGE_VAL) {
    return test::taken<Problem>(
        rtol, atol,
        [&](const std::vector<double>& times) {
            const SolveOptions options{
                .method = method, .rtol = rtol, .atol = atol, .max_steps = 100'000, .step_t = times};
            return solve(Problem(), Problem::y0, times, options);
        },
        end);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("implicit: no method grows where the solution decays, and the L-stable ones forget it at once") {
        for (const Method& m : implicit_methods()) {
            CAPTURE(m.name);
            for (double size = 1e-3; size < 1e9; size *= 10)
                for (double angle = 0; angle <= 90; angle += 5) {
                    const double turn = (180 - angle) * M_PI / 180;
                    CHECK(std::abs(stability(m, std::polar(size, turn))) <= 1 + 1e-9);
                }
            const bool damps = m.adaptive() || m == implicit_euler;
            CHECK(std::abs(stability(m, -1e8)) == doctest::Approx(damps ? 0 : 1).epsilon(1e-6));
        }
    }

    TEST_CASE("implicit: one step of y' = λy is the stability function, for hλ down to -1e8") {
        for (const Method& m : implicit_methods())
            for (const double lambda : {-1e8, -1e4, -50., -1., 0.5}) {
                CAPTURE(m.name);
                CAPTURE(lambda);
                const auto f = [&](double, std::span<const double> y, std::span<double> dy) { dy[0] = lambda * y[0]; };
                const double end = solve(f, std::array{1.0}, {0, 1}, {.method = m, .steps = 1}).end()[0];
                CHECK(end == doctest::Approx(stability(m, lambda).real()).epsilon(1e-7));
            }
    }

    TEST_CASE("implicit: Robertson's reaction over eleven decades, van der Pol's relaxations") {
        for (const Method& m : {kvaerno5, kencarp5, kencarp4, radau5, rodas4}) {
            CAPTURE(m.name);
            const Taken robertson = taken<Robertson>(m, 1e-6, {1e-10, 1e-14, 1e-10});
            CHECK(robertson.error < 100);
            CHECK(robertson.statistics.evaluations < (m.is_linear() ? 6200 : 5200));  // with those for J
            const Taken given = taken<RobertsonWithJacobian>(m, 1e-6, {1e-10, 1e-14, 1e-10});
            CHECK(given.error < 100);
            CHECK(given.statistics.evaluations < 4000);
            const Taken start = taken<RobertsonWithJacobian>(m, 1e-6, {1e-10, 1e-14, 1e-10}, 1e4);
            CHECK(start.error < 100);
            CHECK(start.statistics.evaluations < 2 * 1531);  // SciPy's Radau to 1e4, facts of 2026
            CHECK(given.statistics.newton_iterations <= given.statistics.evaluations);
            CHECK((given.statistics.newton_iterations == 0) == m.is_linear());
            CHECK(given.statistics.jacobians > 10);
            CHECK(given.statistics.factorizations >= given.statistics.jacobians);
            const Taken relaxations = taken<VanDerPol>(m, 1e-6, {1e-6, 1e-6});
            CHECK(relaxations.error < 100);
            CHECK(relaxations.statistics.evaluations < 2 * 5167);  // SciPy's Radau, facts of 2026
        }
    }

    TEST_CASE("implicit: Prothero and Robinson's problem shows what order is left where it is stiff") {
        // y' = −10⁶ (y − sin t) + cos t: of an order p, p is seen where hλ is small, the stages' own, 2, where it is large.
        const auto error = [](const Method& m, double lambda, int steps) {
            const auto f = [&](double t, std::span<const double> y, std::span<double> dy) {
                dy[0] = lambda * (y[0] - std::sin(t)) + std::cos(t);
            };
            const double end = solve(f, std::array{0.0}, {0, 1}, {.method = m, .steps = steps}).end()[0];
            return std::abs(end - std::sin(1.0));
        };
        for (const Method& m : {kvaerno3, kvaerno4, kvaerno5, kencarp3, kencarp4, kencarp5, radau3, radau5, rodas4}) {
            CAPTURE(m.name);
            const double calm = std::log2(error(m, -1, 8) / error(m, -1, 16));
            CHECK(std::abs(calm - m.order) < 0.2);
            const double steep = std::log2(error(m, -1e6, 20) / error(m, -1e6, 40));
            CHECK(steep < 3.3);
            CHECK(steep > 0.8);
        }
    }

    TEST_CASE("implicit: what cannot be solved says so") {
        const auto jumps = [](double, std::span<const double> y, std::span<double> dy) {
            dy[0] = y[0] > 0 ? -1e3 : 1e3;  // no k = f(z + h k) near 0
        };
        Stepper known(jumps, std::array{0.5}, {0, 1}, {.method = implicit_euler, .steps = 2});
        while (known.step()) {
        }
        CHECK(known.status() == Status::not_converged);
        CHECK_THROWS_WITH(solve(jumps, std::array{0.5}, {0, 1}, {.method = implicit_euler, .steps = 2}),
                          doctest::Contains("does not converge"));
        SolveOptions jumping{.method = kvaerno5, .jump_t = at_ends};  // which looks beyond its steps
        CHECK_THROWS_WITH(solve(jumps, std::array{0.5}, {0, 1}, jumping), doctest::Contains("jump_t = ode::at_ends"));
        // An array's memory has room for the Jacobian of 16 numbers.
        const auto decay = [](double, std::span<const double> y, std::span<double> dy) {
            for (std::size_t i = 0; i < y.size(); ++i) dy[i] = -y[i];
        };
        std::array<double, 17> many{};
        Stepper in_array(decay, many, {0, 1}, {.method = kvaerno3});
        CHECK(in_array.status() == Status::bad_memory);
        CHECK(solve(decay, std::vector<double>(17, 1), {0, 1}, {.method = kvaerno3}).end()[16] ==
              doctest::Approx(std::exp(-1)).epsilon(1e-5));
    }

    TEST_CASE("implicit: a step that is cut, a state that is reset, a jump of f") {
        const auto f = [](double t, std::span<const double> y, std::span<double> dy) {
            dy[0] = -1e4 * (y[0] - (t < 1 ? 1 : 2));
        };
        CHECK_THROWS_WITH(solve(f, std::array{0.0}, {0, 2}, {.method = kvaerno5, .jump_t = {1}}),
                          doctest::Contains("within its steps only"));  // it would look at the other side
        const SolveOptions options{.method = kencarp5, .jump_t = {1}};
        CHECK(solve(f, std::array{0.0}, {0, 2}, options).end()[0] == doctest::Approx(2).epsilon(1e-6));
        Stepper stepper(f, std::array{0.0}, {0, 0.5}, options);
        REQUIRE(stepper.step());
        stepper.cut(0.5);
        stepper.reset(std::array{3.0});
        while (stepper.step()) {
        }
        CHECK(stepper.status() == Status::ok);
        CHECK(stepper.z()[0] == doctest::Approx(1).epsilon(1e-6));
    }

    TEST_CASE("implicit: in float, too") {
        const VanDerPol f{100};
        const auto fine = solve(f, std::array{2.0, 0.0}, {0, 50}, {.method = kvaerno5, .rtol = 1e-9, .atol = 1e-9});
        const auto coarse = solve(f, std::array{2.f, 0.f}, {0, 50}, {.method = kvaerno5, .rtol = 1e-4, .atol = 1e-4});
        CHECK(coarse.end()[0] == doctest::Approx(fine.end()[0]).epsilon(1e-3));
    }
}
