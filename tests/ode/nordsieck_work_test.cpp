// tests/ode/nordsieck_work_test.cpp — what BDF and Adams cost, beside what trusted codes cost for the same
// SciPy 1.17.1's BDF, J given, rtol 1e-6, same atol: evaluations and error, as here, in units of the tolerance
//   Robertson to 1e4   878, 2.3        to 1e11   2,005, 5.7        van der Pol, μ = 1000, to 2000   2,620, 216
//   HIRES   795 + J by differences, 33       OREGO   3,946, 75
// CVODE's Adams 6.4.1, rtol = atol = 1e-6 and 1e-9: evaluations and error / (1 + |z|)
//   Lotka–Volterra to 100   1,654, 5.9e-3 and 3,508, 6.9e-7       Arenstorf   689, .2 and 1,482, 1.4e-4
//   van der Pol, μ = 5   1,913, 1.0e-3 and 4,030, 1.6e-6
#include <doctest/doctest.h>
#include <cmath>
#include <string>

#include "ode/multistep/nordsieck.hpp"
#include "tests/ode/stiff_laws.hpp"
#include "tests/support/problems.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

template <class Problem>
Taken by_bdf(double rtol, const std::vector<double>& atol, double end = HUGE_VAL) {
    const NordsieckOptions options{.method = bdf, .rtol = rtol, .atol = atol, .max_steps = 100'000};
    return taken<Problem>(
        rtol, atol,
        [&](const std::vector<double>& times) { return solve_nordsieck(Problem(), Problem::y0, times, options); }, end);
}

struct Ended {
    double error;  // largest |error| / (1 + |z|)
    long evaluations;
};
template <class Solved>
Ended ended(const Problem& p, const Solved& solved) {
    return {error_on(p, solved.z), solved.statistics().evaluations};
}
Ended by_adams(const Problem& p, double tol) {
    return ended(p, solve_nordsieck(p.f, p.z0, p.t, {.method = adams, .rtol = tol, .atol = tol}));
}
Ended by(const Method& method, const Problem& p, double tol) {
    return ended(p, solve(p.f, p.z0, p.t, {.method = method, .rtol = tol, .atol = tol}));
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("nordsieck: Robertson's reaction and van der Pol's relaxations by BDF, for SciPy's evaluations") {
        const std::vector<double> tiny{1e-10, 1e-14, 1e-10};
        const Taken start = by_bdf<RobertsonWithJacobian>(1e-6, tiny, 1e4);
        CHECK(start.error < 50);
        CHECK(start.statistics.evaluations < 1000);
        const Taken robertson = by_bdf<RobertsonWithJacobian>(1e-6, tiny);
        CHECK(robertson.error < 50);
        CHECK(robertson.statistics.evaluations < 2000);
        CHECK(robertson.statistics.jacobians < 30);
        const Taken by_differences = by_bdf<Robertson>(1e-6, tiny);
        CHECK(by_differences.error < 50);
        CHECK(by_differences.statistics.evaluations < 2100);
        const Taken relaxation = by_bdf<VanDerPolWithJacobian>(1e-6, {1e-6, 1e-6});
        CHECK(relaxation.error < 1000);
        CHECK(relaxation.statistics.evaluations < 2000);
        const Statistics& s = relaxation.statistics;
        CHECK(s.evaluations - s.newton_iterations < 12);  // two at a start, and after a jump that it did not expect
    }

    TEST_CASE("nordsieck: HIRES and the Oregonator by BDF") {
        for (const StiffProblem& p : stiff_problems) {
            CAPTURE(std::string(p.name));
            const auto s = solve_nordsieck(p.f, p.y0, {0, p.t1}, {.method = bdf, .rtol = 1e-6, .atol = p.atol});
            for (std::size_t i = 0; i < p.end.size(); ++i)
                CHECK(std::abs(s.end()[i] - p.end[i]) < 1000 * (p.atol + 1e-6 * std::abs(p.end[i])));
            CHECK(s.statistics().evaluations < (p.y0.size() == 8 ? 1200 : 5000));
        }
    }

    TEST_CASE(
        "nordsieck: Adams asks less than explicit Runge-Kutta methods, and CVODE's Adams, for the same tolerance") {
        for (const auto& [name, most, most_tight] :
             {std::tuple{"lotka_volterra", 1654, 3508}, {"arenstorf", 689, 1482}, {"vdp_mu5", 1913, 4030}}) {
            const Problem p = problem_named(name);
            for (const double tol : {1e-6, 1e-9}) {
                CAPTURE(p.name);
                CAPTURE(tol);
                const Ended adams = by_adams(p, tol), fifth = by(dopri5, p, tol), eighth = by(dop853, p, tol);
                CHECK(adams.evaluations < (tol > 1e-8 ? most : most_tight));
                CHECK(adams.evaluations < fifth.evaluations);
                CHECK(adams.evaluations < eighth.evaluations);
                CHECK(adams.error < 100 * fifth.error);
            }
        }
    }

    TEST_CASE("nordsieck: Adams errs by a hundred tolerances where the problem itself magnifies little") {
        for (const char* name : {"detest_A1", "detest_A2", "detest_A3", "detest_A4", "detest_C1", "detest_C3"}) {
            const Problem p = problem_named(name);
            for (const double tol : {1e-4, 1e-6, 1e-8}) {
                CAPTURE(p.name);
                CAPTURE(tol);
                CHECK(by_adams(p, tol).error < 100 * tol);
            }
        }
    }
}
