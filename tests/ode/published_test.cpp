// tests/ode/published_test.cpp — one step, as programs that we did not write take it
//   x' = 3/2 x − x y + t/10,  y' = x y − 3 y      from (1, 2) at t = 0 to 1/4
#include <doctest/doctest.h>
#include <cmath>
#include <string>

#include "ode/plain.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

void law(double t, std::span<const double> y, std::span<double> dy) {
    dy[0] = 1.5 * y[0] - y[0] * y[1] + 0.1 * t;
    dy[1] = y[0] * y[1] - 3 * y[1];
}

struct Published {
    Method method;
    std::array<double, 2> end;
    double error;                    // in units of 1e-6
    double between;                  // a time within the step, 0: not known to them to this order
    std::array<double, 2> observed;  // there
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("published: the step, its error and its dense output by others' tables") {
        // dop853, dopri5, bosh3: DOP853, RK45 and RK23 of SciPy 1.17, their step, error norm and dense output. tsit5: the table
        // of OrdinaryDiffEq.jl, 80 digits, in exact fractions, as are cash_karp, by the table of Numerical Recipes, and
        // fehlberg45, by that of the GNU Scientific Library, both without dense output. dopri8: the table of torchdiffeq 0.2.5.
        // vern6: the decimals of OrdinaryDiffEq.jl, which are rounded to double; weights of 1e5 cancel in its dense output.
        const Published steps[] = {
            {dop853,
             {0.9858000254887582, 1.2058458021203586},
             0.2804778088577236,
             0.075,
             {0.9738946213836153, 1.7194951279008055}},
            {dop853,
             {0.9858000254887582, 1.2058458021203586},
             0.2804778088577236,
             0.1875,
             {0.9712997205902381, 1.3683104814007958}},
            {dopri5,
             {0.9858277257628201, 1.2058219909186199},
             15.177601485432158,
             0.075,
             {0.973864529396971, 1.7195241789551596}},
            {dopri5,
             {0.9858277257628201, 1.2058219909186199},
             15.177601485432158,
             0.1875,
             {0.9713172074552369, 1.368274243417005}},
            {bosh3,
             {0.9842656453450521, 1.204796854654948},
             1965.158491289889,
             0.075,
             {0.9732563359433465, 1.7194857895678228}},
            {tsit5,
             {0.9858164348180042, 1.2058340490035417},
             22.017064135790324,
             0.075,
             {0.9738670401208559, 1.719512693601883}},
            {tsit5,
             {0.9858164348180042, 1.2058340490035417},
             22.017064135790324,
             0.1875,
             {0.971311970207111, 1.3682740416480585}},
            {cash_karp, {0.9857988384492012, 1.2058420258472802}, 8.434735320630894, 0, {}},
            {fehlberg45, {0.985803113128115, 1.205804334063319}, 33.255020175421684, 0, {}},
            {dopri8, {0.9858000262009574, 1.2058458031004269}, 0.05658743096770539, 0, {}},
            {vern6,
             {0.985798722660606, 1.2058463388558778},
             15.81945281744094,
             0.075,
             {0.9738935864601217, 1.7194956418452283}},
        };
        for (const Published& they : steps) {
            CAPTURE(std::string(they.method.name));
            const std::array start{1.0, 2.0};
            const auto s = solve(law, start, {0, they.between, 0.25}, {.method = they.method, .steps = 1});
            double error = -1;
            solve(law, start, {0, 0.25},
                  {.method = they.method,
                   .rtol = 0,
                   .atol = 1e-6,
                   .first_step = 0.25,
                   .on_step = [&](const StepReport& r) {
                       if (error < 0) error = r.error;
                   }});
            CHECK(error == doctest::Approx(they.error).epsilon(1e-6));  // the difference of sums that agree to 1e-7
            for (std::size_t i = 0; i < 2; ++i) {
                CHECK(std::abs(s.z[2][i] - they.end[i]) < (they.method == vern6 ? 1e-13 : 2e-14));
                if (they.between > 0) CHECK(std::abs(s.z[1][i] - they.observed[i]) < 2e-12);
            }
        }
    }
}
