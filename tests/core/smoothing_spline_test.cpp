// tests/core/smoothing_spline_test.cpp — the smoothing spline against SciPy's numbers, its limits, its optimality
#include "core/smoothing_spline.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/linspace.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/precision.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::error_of;
using test::is_double;

namespace {

constexpr double rounding = is_double ? 1e-13 : 1e-6;

const std::vector<double> times{0, 0.3, 0.5, 1.1, 1.4, 2, 2.3, 3.1, 3.3, 4};
const Tensor data = tensor({{0.1, 1},
                            {0.4, 0.8},
                            {0.35, 1.1},
                            {0.95, 0.2},
                            {0.9, 0.5},
                            {0.85, -0.3},
                            {0.8, -0.8},
                            {0, -1.2},
                            {-0.2, -0.7},
                            {-0.7, -0.5}});

void check_column(const Tensor& x, Index column, const std::vector<double>& expected) {
    REQUIRE(x.shape()[0] == static_cast<Index>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(static_cast<double>(x(static_cast<Index>(i), column)) ==
              Approx(expected[i]).scale(1).epsilon(is_double ? rounding : 4 * rounding));
}

}  // namespace

TEST_SUITE_BEGIN("core");

// scipy.interpolate.make_smoothing_spline(times, column, lam=...), SciPy 1.17.1: its values and those of .derivative()
TEST_CASE("smoothing spline: values and slopes are SciPy's, at the knots and between them") {
    const std::vector<double> between{0.4, 1.7, 3.9};
    const SmoothingSpline loose(times, data, {.lambda = 0.01}), stiff(times, data, {.lambda = 0.5});
    check_column(
        loose(times), 0,
        {0.11395366593619971, 0.32363659595912836, 0.4550021152649309, 0.869902568325329, 0.9378920391183938,
         0.8765056103197941, 0.7501638868260022, 0.011755048136765367, -0.17983370519855513, -0.7089778246879879});
    check_column(
        loose.slope(times), 0,
        {0.7198735989807284, 0.6570821022678299, 0.6981795828599765, 0.42926766437980185, 0.08025305601224891,
         -0.28719639296480065, -0.595420656046143, -1.0058705793412437, -0.9025579739363261, -0.6826012690806211});
    check_column(loose(between), 1, {0.9166719301385666, 0.048002438563597205, -0.5353363721511102});
    check_column(loose.slope(between), 1, {-0.25086094338635806, -1.1284196676826146, 0.4711738110951316});
    check_column(
        stiff(times), 1,
        {1.1089140110900397, 0.9139445242433408, 0.780756640651825, 0.35283752850004085, 0.12965799010335236,
         -0.3127143547780685, -0.5012257651744348, -0.7870436006506563, -0.8062669747463074, -0.7788599992391123});
    check_column(
        stiff.slope(times), 1,
        {-0.646630869156295, -0.6564331301543986, -0.6784171528985384, -0.7364137087256314, -0.7531434617201829,
         -0.6837643045685163, -0.5631803216015744, -0.1454273230113426, -0.05194144426497428, 0.08469995536219091});
    check_column(stiff(between), 0, {0.4609219877148602, 0.7955409030774495, -0.561457297512221});
    check_column(stiff.slope(between), 0, {0.49349176440275166, -0.10257024561987216, -0.8305771616597055});
}

// The λ that minimises n |y − Ay|² / tr(I − A)² with A built column by column from SciPy's splines.
TEST_CASE("smoothing spline: cross validation finds the least of its criterion") {
    std::vector<double> t(30);
    Tensor y(Shape{30});
    for (int i = 0; i < 30; ++i) {
        t[static_cast<std::size_t>(i)] = 0.2 * i + 0.01 * (i * i * 31 % 7);
        y[i] = static_cast<Real>(std::sin(t[static_cast<std::size_t>(i)]) + 0.4 * ((i * i * 7919 % 101) / 101.0 - 0.5));
    }
    const SmoothingSpline curve(t, y);
    CHECK(curve.lambda() == Approx(0.006764006822533087).epsilon(is_double ? 1e-6 : 1e-3));
    const std::vector<double> at{0.5, 1.7, 3.0, 5.5};
    const double values[] = {0.5023983639884494, 1.1406467238551927, 0.1614113436653438, -0.6830303745526075};
    const double slopes[] = {0.9652788820506972, -0.2449953890729908, -0.9109469444961681, 0.43907559288346754};
    for (Index i = 0; i < 4; ++i) {
        CHECK(static_cast<double>(curve(at)[i]) == Approx(values[i]).scale(1).epsilon(is_double ? 1e-8 : 1e-4));
        CHECK(static_cast<double>(curve.slope(at)[i]) == Approx(slopes[i]).scale(1).epsilon(is_double ? 1e-7 : 1e-3));
    }
}

TEST_CASE("smoothing spline: without smoothing it passes through the data, with endless smoothing it is a line") {
    const SmoothingSpline through(times, data, {.lambda = 0}), line(times, data, {.lambda = 1e9});
    for (Index i = 0; i < 10; ++i)
        for (Index c = 0; c < 2; ++c) CHECK(through(times)(i, c) == data(i, c));
    // NumPy's polyfit(times, first column, 1)
    const Tensor ends = line(std::vector<double>{0, 4});
    CHECK(double(ends(0, 0)) == Approx(0.72097633).epsilon(1e-6));
    CHECK(double(ends(1, 0)) == Approx(-0.11452663).epsilon(1e-6));
    const Tensor slope = line.slope(std::vector<double>{-1, 2, 9});
    for (Index i = 0; i < 3; ++i) CHECK(double(slope(i, 0)) == Approx(double(slope(0, 0))).epsilon(1e-6));
}

TEST_CASE("smoothing spline: lines are kept, and go on beyond the ends") {
    Tensor y(Shape{6, 2, 1});
    const std::vector<double> t{-1, 0, 0.5, 2, 3, 7};
    for (Index i = 0; i < 6; ++i) y[2 * i] = static_cast<Real>(2 * t[std::size_t(i)] - 1), y[2 * i + 1] = 4;
    const SmoothingSpline curve(t, y, {.lambda = 3});
    const Tensor far = curve(std::vector<double>{-5, 1, 20}), slope = curve.slope(std::vector<double>{-5, 1, 20});
    CHECK(far.shape() == Shape{3, 2, 1});
    const double expected[] = {-11, 4, 1, 4, 39, 4};
    for (Index i = 0; i < 6; ++i) {
        CHECK(double(far[i]) == Approx(expected[i]).epsilon(10 * rounding));
        CHECK(double(slope[i]) == Approx(i % 2 ? 0 : 2).scale(1).epsilon(10 * rounding));
    }
    CHECK(SmoothingSpline(std::vector<double>{0, 2}, Tensor({2}, {1, 5}), {.lambda = 0})(std::vector{1.0})[0] == 3);
}

TEST_CASE("smoothing spline: what cannot be is an error at the line of the call") {
    const auto refused = [](const std::vector<double>& t, const Tensor& y, double lambda, const char* words) {
        const std::string error = error_of([&] { SmoothingSpline(t, y, {.lambda = lambda}); });
        CAPTURE(error);
        CHECK(contains(error, words));
        CHECK(contains(error, "smoothing_spline_test.cpp:" + std::to_string(__LINE__ - 3)));
    };
    refused({0, 1, 1}, Tensor(Shape{3}), 1, "the times do not increase\n  got       1 at place 2");
    refused({0, 1, NAN}, Tensor(Shape{3}), 1, "the times do not increase");
    refused({0, 1, 2}, Tensor(Shape{4}), 1, "not one row for each time\n  got       3 times, data [4]");
    refused({0}, Tensor(Shape{1}), 1, "too few numbers");
    refused({0, 1, 2, 3}, Tensor(Shape{4}), by_cross_validation, "at least five where lambda is to be found");
    refused({0, 1, 2}, Tensor(Shape{3}), -2, "lambda is out of range\n  got       lambda = -2");
    refused({0, 1, 2}, Tensor({3}, {0, NAN, 1}), 1, "a number is not finite\n  got       nan in row 1");
}

TEST_SUITE_END();
