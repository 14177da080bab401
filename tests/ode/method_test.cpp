// tests/ode/method_test.cpp — every method shows its order, on the solution, on its dense output and on its error
#include "ode/method.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

double slope(const std::vector<double>& x, const std::vector<double>& y) {  // least squares, of log y over log x
    double mx = 0, my = 0, xy = 0, xx = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += std::log(x[i]), my += std::log(y[i]);
    mx /= double(x.size()), my /= double(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
        xx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
    }
    return xy / xx;
}

// Each problem: f, the start and the exact solution on [0, t1], and a number of steps from which on the leading term of
// the error rules. That of tsit5 is so small that it takes short steps to be alone, where double has run out of digits.
using Number = long double;
using Input = std::span<const Number>;
using Output = std::span<Number>;

struct Decay {  // scalar
    static constexpr std::array<Number, 1> y0{1};
    static constexpr double t1 = 4;
    static constexpr int steps = 32;
    static void f(double, Input y, Output dy) { dy[0] = -y[0]; }
    static std::array<Number, 1> exact(Number t) { return {std::exp(-t)}; }
};
struct Oscillator {  // system
    static constexpr std::array<Number, 2> y0{1, 0};
    static constexpr double t1 = 8;
    static constexpr int steps = 64;
    static void f(double, Input y, Output dy) { dy[0] = y[1], dy[1] = -y[0]; }
    static std::array<Number, 2> exact(Number t) { return {std::cos(t), -std::sin(t)}; }
};
struct Seasons {  // non-autonomous
    static constexpr std::array<Number, 1> y0{1};
    static constexpr double t1 = 10;
    static constexpr int steps = 128;
    static void f(double t, Input y, Output dy) { dy[0] = y[0] * std::cos(Number(t)); }
    static std::array<Number, 1> exact(Number t) { return {std::exp(std::sin(t))}; }
};
struct Riccati {                                                         // nonlinear
    static constexpr std::array<Number, 1> y0{0.29131261245159090582L};  // tanh .3: at 0 the error of order 2 vanishes
    static constexpr double t1 = 4;
    static constexpr int steps = 32;
    static void f(double, Input y, Output dy) { dy[0] = 1 - y[0] * y[0]; }
    static std::array<Number, 1> exact(Number t) { return {std::tanh(t + 0.3L)}; }
};

template <class Problem>
double largest_error(const std::vector<double>& times, const auto& states) {
    double largest = 0;
    for (std::size_t i = 0; i < times.size(); ++i)
        for (std::size_t j = 0; j < states[i].size(); ++j)
            largest = std::max(largest, double(std::abs(states[i][j] - Problem::exact(times[i])[j])));
    return largest;
}

struct Slopes {
    double solution, dense;
};

template <class Problem>
Slopes slopes(const Method& method) {
    std::vector<double> h, at_steps, between;
    for (int steps = Problem::steps; steps <= 16 * Problem::steps; steps *= 2) {
        std::vector<double> grid{0}, inner{0};
        for (int i = 0; i < steps; ++i) {
            grid.push_back((i + 1) * Problem::t1 / steps);
            for (const double theta : {0.2, 0.5, 0.7}) inner.push_back((i + theta) * Problem::t1 / steps);
        }
        inner.push_back(Problem::t1);  // whose error is that of the steps, as everywhere, and no larger
        const SolveOptions options{.method = method, .steps = steps};
        at_steps.push_back(largest_error<Problem>(grid, solve(Problem::f, Problem::y0, grid, options).z));
        between.push_back(largest_error<Problem>(inner, solve(Problem::f, Problem::y0, inner, options).z));
        h.push_back(1. / steps);
    }
    return {slope(h, at_steps), slope(h, between)};
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE_TEMPLATE("method: every method shows its order, and so does its dense output", Problem, Decay, Oscillator,
                       Seasons, Riccati) {
        for (const Method& method : all_methods) {
            CAPTURE(std::string(method.name));
            const Slopes measured = slopes<Problem>(method);
            CHECK(std::abs(measured.solution - method.order) < 0.2);
            // Dense output of order p* errs by O(h^{p*+1}), on top of the solution's own O(h^p).
            CHECK(std::abs(measured.dense - std::min(method.order, method.dense_order + 1)) < 0.2);
        }
    }

    TEST_CASE_TEMPLATE("method: the error estimate is of the embedded order plus one", Problem, Decay, Oscillator,
                       Riccati) {
        for (const Method& method : all_methods) {
            if (!method.adaptive()) continue;
            CAPTURE(std::string(method.name));
            std::vector<double> h, estimate;
            for (double length = 1. / 8; length > 1. / 130; length /= 2) {
                h.push_back(length);
                estimate.push_back(0);
                solve(Problem::f, Problem::y0, {0, length},
                      {.method = method,
                       .rtol = 0,
                       .atol = 1,
                       .first_step = length,
                       .on_step = [&](const StepReport& step) { estimate.back() = step.error; }});
            }
            CHECK(std::abs(slope(h, estimate) - (method.embedded_order + 1)) < 0.3);
        }
    }

    TEST_CASE("method: dense output starts and ends in the step's states and slopes") {
        for (const Method& method : all_methods)
            for (int i = 0; i < method.dense_stages; ++i) {
                CAPTURE(std::string(method.name));
                CHECK(method.weight(i, 0) == 0);
                CHECK(method.weight(i, 0, 1) == (i == 0));
                // Coefficients of size 100 cancel: 1e-13 is a few of their last digits.
                CHECK(std::abs(method.weight(i, 1) - method.b[i]) < 1e-13);
                CHECK(std::abs(method.weight(i, 1, 1) - (i == method.dense_stages - 1)) < 1e-13);
            }
    }

    TEST_CASE("method: derivatives of the weights are those of their polynomials") {
        const double theta = 0.3, step = 1e-3;
        for (const Method& method : all_methods)
            for (int i = 0; i < method.dense_stages; ++i)
                for (int m = 1; m <= method.degree; ++m) {
                    CAPTURE(m);
                    // Central differences with one extrapolation are exact on degree 4, but for rounding over `step`.
                    const auto difference = [&](double s) {
                        return (method.weight(i, theta + s, m - 1) - method.weight(i, theta - s, m - 1)) / (2 * s);
                    };
                    const double exact = (4 * difference(step) - difference(2 * step)) / 3;
                    CHECK(std::abs(method.weight(i, theta, m) - exact) < 1e-8);
                }
    }

    TEST_CASE("method: the numbers are the tableau's, and error is b − b̂") {
        CHECK(dopri5.a[5 * 7 + 4] == -5103. / 18656);
        CHECK(dopri5.c[4] == 8. / 9);
        CHECK(dopri5.error[0] == doctest::Approx(71. / 57600).epsilon(1e-13));
        CHECK(dopri5.error[6] == -1. / 40);
        CHECK(tsit5.error[6] == 1. / 66);
        CHECK_FALSE(rk4_classic.adaptive());
    }

    TEST_CASE("method: what does not end in f(t + h, y⁺) gets one more stage for its dense output") {
        CHECK(rk4_classic.stages == 4);
        CHECK(rk4_classic.dense_stages == 5);
        CHECK(rk4_classic.c[4] == 1);
        for (int j = 0; j < 4; ++j) CHECK(rk4_classic.a[4 * 5 + j] == rk4_classic.b[j]);
        CHECK(rk4_classic.b[4] == 0);
        CHECK(dopri5.dense_stages == dopri5.stages);
    }

    TEST_CASE("method: each has a name of its own, by which it is found") {
        for (const Method& method : all_methods) {
            REQUIRE(find_method(method.name) != nullptr);
            CHECK(*find_method(method.name) == method);
        }
        CHECK(find_method("dopri6") == nullptr);
        CHECK_FALSE(dopri5 == tsit5);
    }
}
