// tests/ode/method_test.cpp — every method shows its order, on the solution, on its dense output and on its error
#include "ode/method.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "tests/ode/orders.hpp"
#include "tests/support/long_numbers.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

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
    const int fewest = Problem::starts.of(method).steps;
    for (int steps = fewest; steps <= 16 * fewest; steps *= 2) {
        std::vector<double> grid{0}, inner{0};
        for (int i = 0; i < steps; ++i) {
            grid.push_back((i + 1) * Problem::t1 / steps);
            for (const double theta : {0.2, 0.5, 0.7}) inner.push_back((i + theta) * Problem::t1 / steps);
        }
        inner.push_back(Problem::t1);  // whose error is that of the steps, as everywhere, and no larger
        const SolveOptions options{.method = method, .steps = steps};
        const auto y0 = long_numbers(Problem::y0);
        at_steps.push_back(largest_error<Problem>(grid, solve(Exactly<Problem>(), y0, grid, options).z));
        between.push_back(largest_error<Problem>(inner, solve(Exactly<Problem>(), y0, inner, options).z));
        h.push_back(1. / steps);
    }
    return {slope(h, at_steps), slope(h, between)};
}

template <class Problem>
double slope_of_estimate(const Method& method) {
    std::vector<double> h, estimate;
    const double longest = Problem::starts.of(method).length;
    for (double length = longest; length >= longest / 16; length /= 2) {
        h.push_back(length);
        estimate.push_back(0);
        // An implicit stage is solved to a share of the tolerance: it is small there, and the step kept all the same.
        const double atol = method.implicit() ? 1e-13 : 1;
        solve(Exactly<Problem>(), long_numbers(Problem::y0),
              {0.5, 0.5 + length},  // at 0 the seasons are even: estimates of odd order vanish
              {.method = method,
               .rtol = 0,
               .atol = atol,
               .first_step = length,
               .min_step = method.implicit() ? length : 0,
               .on_step = [&](const StepReport& step) { estimate.back() = step.error; }});
    }
    return slope(h, estimate);
}

// Of one step from the exact solution: dense output of order p* errs by O(h^{p*+1}), and nothing else does.
template <class Problem>
double slope_of_dense_output(const Method& method) {
    std::vector<double> h, error;
    const double longest = Problem::starts.of(method).length;
    for (double length = longest; length >= longest / 16; length /= 2) {
        std::vector<double> times{0.5};
        for (const double theta : {0.2, 0.5, 0.7}) times.push_back(0.5 + theta * length);
        const auto y0 = long_numbers(Problem::exact(0.5));
        const auto y = solve(Exactly<Problem>(), y0, times, {.method = method, .steps = 1}).z;
        h.push_back(length);
        error.push_back(largest_error<Problem>(times, y));
    }
    return slope(h, error);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE_TEMPLATE("method: dense output is of its stated order", Problem, Decay, Oscillator, Whirl, Seasons,
                       Riccati) {
        for (const Method& method : library_and_doubled()) {
            if (method.order > 5)
                continue;  // rounding is larger: at compile time (ode/tables/tableau.hpp), and published_test
            CAPTURE(std::string(method.name));
            const double missed = slope_of_dense_output<Problem>(method) - (method.dense_order + 1);
            CHECK(missed > -0.2);
            CHECK(missed < (std::is_same_v<Problem, Whirl> ? 0.5 : 0.2));  // whose leading term is small with rk4
        }
    }

    TEST_CASE_TEMPLATE("method: every method shows its order, and so does its dense output", Problem, Decay, Oscillator,
                       Whirl, Seasons, Riccati) {
        for (const Method& method : library_and_doubled()) {
            if (Problem::starts.of(method).steps == 0) continue;
            CAPTURE(std::string(method.name));
            if (std::is_same_v<Problem, Whirl> && (method == rodas4 || method == kencarp4_imex))
                continue;  // the error changes sign on the way
            const Slopes measured = slopes<Problem>(method);
            const double tolerance = method.order < 7 && method != gauss6 ? 0.2 : 0.3;
            const double above = method.is_linear() ? 0.8 : tolerance;  // rodas4: its leading term is small
            CHECK(measured.solution > method.order - tolerance);
            CHECK(measured.solution < method.order + above);
            // Dense output of order p* errs by O(h^{p*+1}), on top of the solution's own O(h^p).
            CHECK(measured.dense > std::min(method.order, method.dense_order + 1) - tolerance);
            CHECK(measured.dense < std::min(method.order, method.dense_order + 1) + above);
        }
    }

    TEST_CASE_TEMPLATE("method: the error estimate is of the embedded order plus one", Problem, Decay, Oscillator,
                       Whirl, Seasons, Riccati) {
        for (const Method& method : library_and_doubled()) {
            if (!method.adaptive()) continue;
            if (std::is_same_v<Problem, Riccati> && method == doubled<midpoint>)
                continue;  // its leading term vanishes,
            if ((std::is_same_v<Problem, Decay> || std::is_same_v<Problem, Oscillator>)&&(method == kencarp5 ||
                                                                                          method == kencarp5_imex))
                continue;  // and this one's where f is linear
            CAPTURE(std::string(method.name));
            const double tolerance = method.embedded_order < 6 ? 0.2 : 0.3;
            CHECK(std::abs(slope_of_estimate<Problem>(method) - (method.embedded_order + 1)) < tolerance);
        }
    }

    TEST_CASE("method: dense output starts and ends in the step's states and slopes") {
        for (const Method& method : library_and_doubled())
            for (int i = 0; i < method.dense_stages; ++i) {
                CAPTURE(std::string(method.name));
                CHECK(method.weight(i, 0) == 0);
                if (method.has_slopes()) CHECK(method.weight(i, 0, 1) == (i == 0));
                double size = 0;  // what cancels, and rounds
                for (int p = 1; p <= method.degree; ++p) size += p * std::abs(method.dense[i * method.degree + p - 1]);
                CHECK(std::abs(method.weight(i, 1) - method.b[i]) <= 1e-15 * size);
                const bool carries = method.pair == Pair::rate;  // k_last = 2 k_{last−1} − k_0
                const double slope = !carries ? i == method.last : i == 0 ? -1 : i == method.last - 1 ? 2 : 0;
                if (method.has_slopes()) CHECK(std::abs(method.weight(i, 1, 1) - slope) <= 1e-15 * size);
            }
    }

    TEST_CASE("method: derivatives of the weights are those of their polynomials") {
        const double theta = 0.3;
        for (const Method& method : all_methods)
            for (int i = 0; i < method.dense_stages; ++i)
                for (int m = 1; m <= method.degree; ++m) {
                    CAPTURE(m);
                    double sum = 0, size = 0;
                    for (int p = m; p <= method.degree; ++p) {
                        const double term = std::tgamma(p + 1) / std::tgamma(p - m + 1) * std::pow(theta, p - m) *
                                            method.dense[i * method.degree + p - 1];
                        sum += term;
                        size += std::abs(term);
                    }
                    CHECK(std::abs(method.weight(i, theta, m) - sum) <= 1e-14 * size);
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
