// tests/core/interpolate_test.cpp — the curve through a table against SciPy's and NumPy's numbers, and closed forms
#include "core/kernels/interpolate.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

using List = std::vector<Real>;
constexpr double tolerance = sizeof(Real) == 8 ? 1e-13 : 2e-5;

double value(Curve curve, const List& knots, const List& table, double t, int order = 0) {
    const Stencil s = stencil(curve, knots.data(), static_cast<Index>(knots.size()), t, order);
    double sum = 0;
    for (int j = 0; j < s.count; ++j) sum += s.weight[j] * double(table[static_cast<std::size_t>(s.first + j)]);
    return sum;
}
bool near(double a, double b) { return std::abs(a - b) <= tolerance * (1 + std::abs(b)); }

const List knots{0, 0.5, 0.75, 1.5, 3}, table{1, -0.5, 2, 0.25, 1.5};  // exact in float, too

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("interpolate: the line between two knots is numpy.interp's, the ends are held") {
    const double t[] = {-1, 0.125, 0.625, 1, 2.5, 7}, u[] = {1, 0.625, 0.75, 4.25 / 3, 3.25 / 3, 1.5};
    for (int i = 0; i < 6; ++i) CHECK(near(value(Curve::linear, knots, table, t[i]), u[i]));
    CHECK(near(value(Curve::linear, knots, table, 0.625, 1), 10));
    CHECK(value(Curve::linear, knots, table, 0.625, 2) == 0);
}

TEST_CASE("interpolate: the cubic and its derivatives are those of SciPy's CubicHermiteSpline with NumPy's gradient") {
    // numpy.gradient(u, t, edge_order=2) is the parabola's slope; SciPy 1.x gives these at 0.1, 0.6, 1 and 2.5.
    const double t[] = {0.1, 0.6, 1, 2.5};
    const double exact[4][4] = {{0.006666666666666675, 0.4179999999999997, 2.385802469135802, 0.37962962962962965},
                                {-8.2, 11.506666666666666, -2.685185185185187, 1.537037037037037},
                                {34.66666666666667, 22.8, -24.66666666666667, 2.814814814814815},
                                {0, -712, 109.92592592592592, 0}};
    for (int order = 0; order < 4; ++order)
        for (int i = 0; i < 4; ++i)
            CHECK(std::abs(value(Curve::cubic, knots, table, t[i], order) - exact[order][i]) <= 800 * tolerance);
}

TEST_CASE("interpolate: the cubic is exact for parabolas, on any knots and up to their ends") {
    List parabola;
    for (const Real t : knots) parabola.push_back(2 - 3 * t + t * t);
    for (double t = 0; t <= 3; t += 0.0625) {
        CHECK(near(value(Curve::cubic, knots, parabola, t), 2 - 3 * t + t * t));
        CHECK(near(value(Curve::cubic, knots, parabola, t, 1), 2 * t - 3));
        CHECK(std::abs(value(Curve::cubic, knots, parabola, t, 2) - 2) <= 100 * tolerance);
    }
}

TEST_CASE("interpolate: knots are met, the ends are held without a slope, and a nan stays one") {
    for (const Curve curve : {Curve::linear, Curve::cubic}) {
        for (std::size_t k = 0; k < knots.size(); ++k)
            CHECK(value(curve, knots, table, double(knots[k])) == double(table[k]));
        for (const double outside : {-1e-3, -std::numeric_limits<double>::infinity()}) {
            CHECK(value(curve, knots, table, outside) == 1);
            CHECK(value(curve, knots, table, outside, 1) == 0);
        }
        for (const double outside : {3.001, std::numeric_limits<double>::infinity()}) {
            CHECK(value(curve, knots, table, outside) == 1.5);
            CHECK(value(curve, knots, table, outside, 1) == 0);
        }
        for (const int order : {0, 1}) CHECK(std::isnan(value(curve, knots, table, std::nan(""), order)));
        CHECK(value(curve, {2}, {5}, 2) == 5);  // a single knot
        CHECK(value(curve, {2}, {5}, 1) == 5);
        CHECK(near(value(curve, {1, 3}, {5, 9}, 1.5), 6));  // two: the line
        CHECK(near(value(curve, {1, 3}, {5, 9}, 1.5, 1), 2));
        CHECK(value(curve, {1, 3}, {5, 9}, 1.5, 2) == 0);
    }
    CHECK(near(value(Curve::linear, knots, table, 0.5, 1), 10));  // to the right of a knot, and to the left of the last
    CHECK(near(value(Curve::linear, knots, table, 3, 1), 1.25 / 1.5));
    CHECK(near(value(Curve::cubic, {0, 1, 3}, {0, 1, 9}, 2), 4));  // three: the parabola
}

TEST_CASE("interpolate: of many knots, at most four take part") {
    List many, numbers(1000);
    for (int k = 0; k < 1000; ++k) many.push_back(static_cast<Real>(k));
    for (const double t : {0.5, 1.5, 500.25, 998.5}) {
        const Stencil s = stencil(Curve::cubic, many.data(), 1000, t, 0);
        CHECK(s.count == (t > 1 && t < 998 ? 4 : 3));
        CHECK(s.first == std::max<Index>(0, static_cast<Index>(t) - 1));
    }
}

TEST_CASE("interpolate: knots beside t that do not increase are an error") {
    for (const Curve curve : {Curve::linear, Curve::cubic})
        CHECK(contains(error_of([&] { value(curve, {0, 1, 1}, {0, 0, 0}, 1); }), "interp: the knots do not increase"));
}

TEST_SUITE_END();
