// tests/examples/observations_test.cpp — what a network sees of a table, the way back, and what cannot be fitted
#include "examples/support/observations.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <string>

#include "examples/support/figure.hpp"
#include "examples/support/svg.hpp"
#include "examples/support/trajectory.hpp"
#include "nn/linear.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::support;
using costate::test::contains;
using costate::test::error_of;
using doctest::Approx;

namespace {

Series series(const std::string& text) { return parse_csv(text, "table.csv"); }
const std::string table = "t,a,b\n0,1,10\n1,2,30\n2,4,20\n3,8,15\n4,600,900\n";
const double rounding = 64 * static_cast<double>(std::numeric_limits<Real>::epsilon());

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("observations: the rows that are seen have mean 0 and deviation 1, whatever the others hold") {
    for (const bool log : {false, true}) {
        const Observations data(series(table), 4, log);
        for (const Index j : {0, 1}) {
            double sum = 0, squares = 0;
            for (Index i = 0; i < 4; ++i) {
                const auto z = static_cast<double>(data.z(i, 0, j));
                sum += z / 4;
                squares += z * z / 4;
            }
            CHECK(std::fabs(sum) < rounding);
            CHECK(squares == Approx(1).epsilon(rounding));
        }
    }
}

TEST_CASE("observations: columns come back in the table's units") {
    for (const bool log : {false, true}) {
        const Observations data(series(table), 4, log);
        const auto b = data.scaling.column(data.z, 1);
        REQUIRE(b.size() == 5);
        CHECK(b[1] == Approx(30).epsilon(4 * rounding));
        CHECK(b[4] == Approx(900).epsilon(4 * rounding));
    }
}

TEST_CASE("observations: the error of a model is measured in the table's units, or those of the logs") {
    const Observations plain(series(table), 4, false), logs(series(table), 4, true);
    Observations off = plain, doubled = logs;
    for (Index j : {0, 1}) off.z(2, 0, j) += 3 / plain.scaling.deviation[j];
    for (Index j : {0, 1}) doubled.z(2, 0, j) += static_cast<Real>(std::log(2.0)) / logs.scaling.deviation[j];
    CHECK(plain.scaling.rmse(off.z, plain.z, 2, 3) == Approx(3).epsilon(4 * rounding));
    CHECK(plain.scaling.rmse(off.z, plain.z, 0, 2) == 0);
    CHECK(logs.scaling.rmse(doubled.z, logs.z, 1, 3) == Approx(std::log(2.0) / std::sqrt(2.0)).epsilon(4 * rounding));
}

TEST_CASE("observations: a given scaling is kept") {
    const Observations first(series(table), 4, false), again(series(table), 3, first.scaling);
    CHECK(again.z == first.z);
    CHECK(again.seen == 3);
}

TEST_CASE("observations: a column without a course is refused") {
    const std::string text = error_of([] { Observations(series("t,a,b\n0,1,5\n1,2,5\n2,3,5\n3,4,6\n"), 3, false); });
    CHECK(contains(text, "observations: 'b' does not change"));
    CHECK(contains(text, "5 in all 3 rows that are trained on"));
    CHECK(contains(text, "leave that column out"));
}

TEST_CASE("observations: what changes is fitted in any unit and beside any mean") {
    const auto fits = [](const std::string& values) {
        const Observations data(series(values), 3, false);
        for (const Index i : {0, 1, 2}) {  // 1, 2, 3 in some unit from some zero: z = -√1.5, 0, √1.5
            CHECK(static_cast<double>(data.z[i]) == Approx(static_cast<double>(i - 1) * std::sqrt(1.5)).epsilon(1e-6));
            CHECK(std::isfinite(data.scaling.column(data.z, 0)[static_cast<std::size_t>(i)]));
        }
        const double error = data.scaling.rmse(Tensor({3, 1, 1}), data.z, 0, 3);
        CHECK(error == Approx(static_cast<double>(data.scaling.deviation[0])).epsilon(1e-6));
    };
    fits("t,a\n0,1e30\n1,2e30\n2,3e30\n");
    fits("t,a\n0,1e-30\n1,2e-30\n2,3e-30\n");
    fits("t,a\n0,-1e30\n1,0\n2,1e30\n");
    if (sizeof(Real) == 4) return;
    fits("t,a\n0,1e300\n1,2e300\n2,3e300\n");
    fits("t,a\n0,1e-300\n1,2e-300\n2,3e-300\n");
    fits("t,a\n0,-1.7e308\n1,0\n2,1.7e308\n");
    fits("t,a\n0,1e9\n1,1000000000.5\n2,1000000001\n");
}

TEST_CASE("observations: rounding is no change") {
    const std::string text =
        error_of([] { Observations(series("t,a\n0,0.3\n1,0.30000000000000004\n2,0.3\n"), 3, false); });
    CHECK(contains(text, "'a' does not change"));
}

TEST_CASE("observations: what has no logarithm is refused by column and time") {
    const std::string text =
        error_of([] { Observations(series("year,a,b\n1900,1,5\n1901,2,7\n1902,3,0\n"), 3, true); });
    CHECK(contains(text, "observations: 'b' has no logarithm everywhere"));
    CHECK(contains(text, "0 at year 1902"));
}

TEST_CASE("trajectory: field and beginning are trained together, and the path begins at z0") {
    const Observations data(series(table), 4, true);
    const Trajectory model(nn::Linear(2, 2, Rng{1}), data.z.rows(0, 1));
    CHECK(model.count() == 2 * 2 + 2 + 2);
    const Tensor z = model.path(data.times, {});
    CHECK(z.shape() == Shape{5, 1, 2});
    CHECK(Tensor(z.rows(0, 1)) == Tensor(data.z.rows(0, 1)));
    CHECK(model.slopes(Tensor({7, 2})).shape() == Shape{7, 2});
}

TEST_CASE("figure: the phase plane shows the field, the forecast and what was not seen") {
    const Observations data(series(table), 4, true);
    const auto turning = [](const Tensor& z) {
        Tensor rates = z;
        for (Index i = 0; i < z.shape()[0]; ++i) rates(i, 0) = -z(i, 1), rates(i, 1) = z(i, 0);
        return rates;
    };
    const std::string svg = to_svg({phase_plane(data, data.z, 3, turning)});
    for (const char* part :
         {"neural ODE", "its forecast", "observed, not seen", ">a, log scale</text>", ">b, log scale</text>"})
        CHECK(contains(svg, part));
    const Observations all(series(table), 5, true);
    CHECK_FALSE(contains(to_svg({phase_plane(all, all.z, 4, turning)}), "not seen"));
}

TEST_SUITE_END();
