// tests/ode/baselines_test.cpp — as good as the trusted codes, for as many evaluations: every reference solution
// tests/reference/baselines.json has what Hairer's dopri5.f and dop853.f reach at three tolerances, and their evaluations.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "tests/support/problems.hpp"

using namespace costate;
using namespace costate::test;

namespace {

double rounding(const Problem& p) {  // what any program in double may be off
    return 10 * 1.1e-16 * *std::max_element(p.amplification.begin(), p.amplification.end());
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("baselines: dopri5 is as exact as dopri5.f, for as many evaluations") {
    const Json baselines = reference("baselines")["problems"];
    for (const Problem& p : problems()) {
        for (const std::string tolerance : {"1e-3", "1e-6", "1e-9"}) {
            const double tol = std::stod(tolerance);
            const Json& his = baselines[p.name][tolerance]["dopri5.f"];
            const auto s =
                ode::solve(p.f, p.z0, p.t, {.method = ode::dopri5, .rtol = tol, .atol = tol, .max_steps = 100'000});
            const double nf = his["nf"].number(), ours = static_cast<double>(s.statistics().evaluations);
            CAPTURE(p.name);
            CAPTURE(tolerance);
            CHECK(error_on(p, s.z) <= 3 * his["err_over_tol"].number() * tol + rounding(p));
            CHECK(std::abs(ours - nf) <= std::max(0.1 * nf, 12.));
        }
    }
}

TEST_CASE("baselines: dop853 is as exact as dop853.f, for no more evaluations") {
    const Json baselines = reference("baselines")["problems"];
    const ode::Control his{.shrink = 0.333, .grow = 6};
    for (const Problem& p : problems()) {
        for (const std::string tolerance : {"1e-3", "1e-6", "1e-9"}) {
            const double tol = std::stod(tolerance);
            const Json& row = baselines[p.name][tolerance]["dop853.f"];
            const auto s =
                ode::solve(p.f, p.z0, p.t, {.method = ode::dop853, .rtol = tol, .atol = tol, .control = his});
            CAPTURE(p.name);
            CAPTURE(tolerance);
            // Steps of order 8 are so long that luck has a part. On the diffusion of C2 and C3 they stand at the edge of
            // stability, where rounding grows a thousandfold in a step; with 1e-3 on C5 and van der Pol's they are as long
            // as what they follow. (SciPy's DOP853 errs by 0.27 on the last one, as we do; he by 0.042.)
            const bool lucky = p.name == "detest_C2" || p.name == "detest_C3" ||
                               (tol == 1e-3 && (p.name == "detest_C5" || p.name == "vdp_mu5"));
            // The |b_i| sum to 13, not to 1, so a step rounds by more than any program must.
            CHECK(error_on(p, s.z) <= (lucky ? 9 : 3) * row["err_over_tol"].number() * tol + 6 * rounding(p));
            CHECK(double(s.statistics().evaluations) <= 1.1 * row["nf"].number());
        }
    }
}

TEST_CASE("baselines: in a mirror, where time runs backwards, every bit is the same") {
    for (const Problem& p : problems()) {
        std::vector<double> mirrored;
        for (const double t : p.t) mirrored.push_back(-t);
        const auto f = [&p](double t, In y, Out dy) {
            p.f(-t, y, dy);
            for (double& rate : dy) rate = -rate;
        };
        for (const ode::Method& method : {ode::dopri5, ode::tsit5, ode::bosh3}) {
            const ode::SolveOptions options{.method = method, .rtol = 1e-5, .atol = 1e-5};
            CAPTURE(p.name);
            const auto up = ode::solve(p.f, p.z0, p.t, options), down = ode::solve(f, p.z0, mirrored, options);
            CHECK(up.z == down.z);
            ode::Statistics mirrored_back = down.statistics();
            mirrored_back.smallest_at = -mirrored_back.smallest_at;  // a time
            if (std::isfinite(mirrored_back.stiff_at)) mirrored_back.stiff_at = -mirrored_back.stiff_at;
            CHECK(up.statistics() == mirrored_back);
        }
    }
}

TEST_CASE("baselines: from a state backwards to the one before it, as exactly as its growth backwards lets it") {
    const ode::SolveOptions options{.method = ode::dopri5, .rtol = 1e-9, .atol = 1e-9};
    for (const Problem& p : problems())
        for (std::size_t i = 1; i < p.t.size(); ++i) {
            const auto back = [&](const std::vector<double>& z) {
                return ode::solve(p.f, z, {p.t[i], p.t[i - 1]}, options).end();
            };
            const std::vector<double> z = back(p.z[i]);
            double growth = 1;  // of a change of one component: the largest, in the norm of scaled_difference
            for (std::size_t j = 0; j < z.size(); ++j) {
                std::vector<double> changed = p.z[i];
                const double step = 1e-6 * (1 + std::abs(changed[j]));
                changed[j] += step;
                growth = std::max(growth, scaled_difference(back(changed), z) / 1e-6);
            }
            CAPTURE(p.name);
            CAPTURE(p.t[i]);
            CHECK(scaled_difference(z, p.z[i - 1]) <= 5e-9 * growth);
        }
}

TEST_SUITE_END();
