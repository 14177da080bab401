// tests/ode/stiff_between_test.cpp — very stiff fields: how good a solution is at the steps' ends, and between them
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/linspace.hpp"
#include "ode/plain.hpp"
#include "tests/ode/stiff_laws.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

const Method implicit_ones[] = {kvaerno3, kvaerno4, kvaerno5, kencarp3, kencarp4, kencarp5,
                                radau3,   radau5,   sdirk2,   trbdf2,   rodas4};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("stiff: at the steps' ends within some tolerances, however stiff, and between them within some more") {
        const std::vector<double> times = linspace(0, 10, 1001);
        for (const Method& m : implicit_ones)
            for (const double lambda : {1e2, 1e3, 1e5, 1e7})
                for (const double tol : {1e-5, 1e-8, 1e-9}) {
                    if (tol < 1e-8 && m != kvaerno4) continue;  // which sees less of it, and less the shorter its steps
                    CAPTURE(std::string(m.name));
                    CAPTURE(lambda);
                    CAPTURE(tol);
                    const Follower f{lambda};  // from the slow solution on, so that nothing else happens
                    const SolveOptions options{.method = m, .rtol = tol, .atol = 0.01 * tol, .max_steps = 200'000};
                    const auto s = solve(f, std::array{f.at(0)}, times, options);
                    double between = 0;
                    for (std::size_t i = 0; i < times.size(); ++i)
                        between = std::max(between, std::abs(s.z[i][0] - f.at(times[i])));
                    CHECK(between < (m == kencarp3 ? 150 : tol < 1e-8 ? 100 : 30) * tol);
                    CHECK(std::abs(s.end()[0] - f.at(10)) < 5 * tol);
                }
    }
}
