// tests/optim/least_squares_test.cpp — least squares against closed forms, NumPy, and known minima
#include "optim/least_squares.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "ode/solve.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using optim::Fit;
using optim::Stop;
using test::contains;
using test::error_of;

namespace {

constexpr bool in_double = sizeof(Real) == 8;

double number(const Tensor& t, Index i) { return static_cast<double>(t[i]); }

Var decay(Var b, const Tensor& x) { return b[0] * exp(-b[1] * x); }

}  // namespace

TEST_SUITE_BEGIN("optim");

TEST_CASE("least squares: a straight line through Anscombe's four sets, in one call with a row for each") {
    const Tensor x = tensor({{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                             {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                             {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                             {8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8}});
    const Tensor y = tensor({{8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
                             {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
                             {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
                             {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89}});
    // Anscombe 1973; NumPy's lstsq: intercept, slope, their standard errors, residual standard deviation, covariance
    const double expected[4][6] = {
        {3.00009091, 0.50009091, 1.12474679, 0.1179055, 1.2366033227263211, -0.1251153636363636},
        {3.00090909, 0.5, 1.12530242, 0.11796375, 1.237214205341577, -0.12523900826446271},
        {3.00245455, 0.49972727, 1.12448123, 0.11787766, 1.2363113513899961, -0.12505628925619836},
        {3.00172727, 0.49990909, 1.12392107, 0.11781894, 1.2356954856813769, -0.12493172727272726}};
    const Parameter intercepts("intercepts", Tensor(Shape{4, 1})), slopes("slopes", Tensor(Shape{4, 1}));
    const auto residuals = [&](Tape& tape) { return intercepts + tape.use(slopes) * x - y; };
    const std::vector<Fit> fits = optim::least_squares_rows({intercepts, slopes}, residuals);
    const double digits = in_double ? 1e-8 : 1e-4;
    REQUIRE(fits.size() == 4);
    for (std::size_t b = 0; b < 4; ++b) {
        const Fit& fit = fits[b];
        for (Index j = 0; j < 2; ++j) {
            CHECK(number(fit.estimates, j) == Approx(expected[b][j]).epsilon(digits));
            CHECK(number(fit.standard_errors, j) == Approx(expected[b][2 + j]).epsilon(digits));
        }
        CHECK(fit.residual_sd == Approx(expected[b][4]).epsilon(digits));
        CHECK(static_cast<double>(fit.covariance(0, 1)) == Approx(expected[b][5]).epsilon(digits));
        CHECK(fit.covariance(0, 1) == fit.covariance(1, 0));
        CHECK((fit.stop == Stop::small_gradient || fit.stop == Stop::small_change));
        CHECK(intercepts.value()[static_cast<Index>(b)] == fit.estimates[0]);
        CHECK(slopes.value()[static_cast<Index>(b)] == fit.estimates[1]);
    }
    CHECK(fits[0].evaluations < 20);
}

TEST_CASE("least squares: a row is fitted as if it were alone, whatever the others do") {
    Tensor x(Shape{3, 9}), y(Shape{3, 9});
    for (Index i = 0; i < 27; ++i) {
        x[i] = Real(i % 9) / 4;
        y[i] = static_cast<Real>(2 * std::exp(-(1 + 2.0 * double(i / 9)) * double(x[i])) +
                                 0.05 * std::sin(7.0 * double(i)));
    }
    const Parameter all("all", Tensor({3, 2}, {0.5, 5, 3, 0.1, 1, 1}));
    const Tensor start = all.value();
    const auto together = optim::least_squares_rows(all, [&](Tape& tape) {
        Var b = tape.use(all);
        return column(b, 0) * exp(-column(b, 1) * x) - y;
    });
    for (Index b = 0; b < 3; ++b) {
        const Fit alone = optim::least_squares(Tensor({2}, {double(start(b, 0)), double(start(b, 1))}), [&](Var p) {
            return decay(p, Tensor(x.rows(b, 1))) - Tensor(y.rows(b, 1));
        });
        const Fit& fit = together[static_cast<std::size_t>(b)];
        CHECK(fit.estimates == alone.estimates);
        CHECK(fit.standard_errors == alone.standard_errors);
        CHECK(fit.iterations == alone.iterations);
        CHECK(fit.stop == alone.stop);
    }
}

TEST_CASE("least squares: Rosenbrock and Beale as sums of squares") {
    const double digits = in_double ? 1e-10 : 1e-3;
    for (const bool geodesic : {true, false}) {
        const Fit valley = optim::least_squares(Tensor({2}, {-1.2, 1}),
                                                [](Var p) {
                                                    return stack({10 * (p[1] - square(p[0])), 1 - p[0]});
                                                },
                                                {.geodesic = geodesic});
        CHECK(number(valley.estimates, 0) == Approx(1).epsilon(digits));
        CHECK(number(valley.estimates, 1) == Approx(1).epsilon(digits));
        CHECK(valley.evaluations < 60);
        CHECK((valley.stop == Stop::small_gradient || valley.stop == Stop::small_change));
        CHECK(std::isnan(valley.residual_sd));  // two residuals, two parameters: nothing is left to judge them by
        CHECK(std::isinf(number(valley.standard_errors, 0)));
        const Fit beale = optim::least_squares(
            Tensor({2}, {1, 1}),
            [](Var p) {
                Var x = p[0], y = p[1];
                return stack({1.5 - x + x * y, 2.25 - x + x * square(y), 2.625 - x + x * y * square(y)});
            },
            {.geodesic = geodesic});
        CHECK(number(beale.estimates, 0) == Approx(3).epsilon(digits));
        CHECK(number(beale.estimates, 1) == Approx(0.5).epsilon(digits));
        CHECK(beale.evaluations < 40);
    }
}

TEST_CASE("least squares: a law given by a differential equation; an epidemic of 1978 as SciPy fits it") {
    // British Medical Journal, 4 March 1978: pupils in bed on 14 days. SciPy's least_squares, DOP853 at 1e-11.
    const Tensor in_bed({14}, {3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4});
    const double N = 763, expected[3] = {1.78810588, 0.45570098, 2.093429},
                 errors[3] = {0.1058068, 0.01874081, 0.87708094};
    const Parameter logs("logs", Tensor({3}, {std::log(2), std::log(0.5), 0}));  // of β, γ and I(0)
    const auto residuals = [&](Tape& tape) {
        Var p = exp(tape.use(logs)), beta = p[0], gamma = p[1];
        const auto law = [&](Var, Var z) {
            Var infected = column(z, 1), infections = beta / N * column(z, 0) * infected;
            return concatenate({-infections, infections - gamma * infected}, 1);
        };
        Var start = reshape(stack({N - p[2], p[2]}), {1, 2});
        return column(reshape(ode::solve(law, start, linspace(0, 13, 14), {.rtol = 1e-9, .atol = 1e-7}).z, {14, 2}),
                      1) -
               reshape(tape.constant(in_bed), {14, 1});
    };
    const Fit fit = optim::least_squares(logs, residuals);
    for (Index j = 0; j < 3; ++j) {
        const double estimate = std::exp(number(fit.estimates, j));
        CHECK(estimate == Approx(expected[j]).epsilon(in_double ? 1e-6 : 1e-2));
        CHECK(estimate * number(fit.standard_errors, j) == Approx(errors[j]).epsilon(in_double ? 1e-5 : 2e-2));
    }
    CHECK(fit.sum_of_squares == Approx(3589.85069319208).epsilon(in_double ? 1e-7 : 1e-3));
}

TEST_CASE("least squares: an Error or a number that is not finite within a trial is a step too far") {
    const Tensor y({4}, {1, 2, 3, 4});
    const auto residuals = [&](Var b) {  // right of 2 there is nothing; the least is at 1
        if (static_cast<double>(b.tape().view(b)[0]) > 2) fail({.what = "too far"});
        return sqrt(2 - b) * y - y;
    };
    const Fit fit = optim::least_squares(Tensor({1}, {-200}), residuals, {.damping = 1e-12, .geodesic = false});
    CHECK(number(fit.estimates, 0) == Approx(1).epsilon(in_double ? 1e-8 : 1e-3));
    CHECK(contains(fit.error, "too far"));
}

TEST_CASE("least squares: more parameters than residuals, one residual, a useless parameter") {
    const Fit wide = optim::least_squares(Tensor({3}, {1, 2, 2}), [](Var b) { return norm(b) - 6; });
    CHECK(std::sqrt(number(wide.estimates, 0) * number(wide.estimates, 0) +
                    number(wide.estimates, 1) * number(wide.estimates, 1) +
                    number(wide.estimates, 2) * number(wide.estimates, 2)) == Approx(6));
    const Tensor y({3}, {1, 2, 4});
    const Fit useless = optim::least_squares(Tensor({2}, {5, 5}), [&](Var b) { return b[0] + 0 * b[1] - y; });
    CHECK(number(useless.estimates, 0) == Approx(7.0 / 3));
    CHECK(number(useless.estimates, 1) == 5);
    CHECK(std::isinf(number(useless.standard_errors, 0)));
    const Fit mean = optim::least_squares(Tensor({1}, {5}), [&](Var b) { return b - y; });
    CHECK(number(mean.standard_errors, 0) == Approx(std::sqrt(7.0 / 9)));  // s² = 7/3, s²/3
}

TEST_CASE("least squares: columns that depend on one another: it stops at the least sum, and its estimates stay near") {
    const Tensor x({4}, {1, 2, 3, 4}), y({4}, {1, Real(2.1), Real(2.9), 4}), start({2}, {1, 2});
    const auto sums = [&](Var b) { return (b[0] + b[1]) * x - y; };  // b + c = Σ x y / Σ x²
    const Fit fit = optim::least_squares(start, sums);
    CHECK(fit.stop == Stop::small_gradient);
    CHECK(fit.iterations < 10);
    CHECK(number(fit.estimates, 0) + number(fit.estimates, 1) == Approx(29.9 / 30).epsilon(in_double ? 1e-9 : 1e-5));
    CHECK(std::abs(number(fit.estimates, 0)) < 4);
    CHECK(fit.sum_of_squares == Approx(29.82 - 29.9 * 29.9 / 30).epsilon(in_double ? 1e-9 : 1e-3));
    const Fit nowhere = optim::least_squares(start, [&](Var b) { return 0 * b[0] + y; });
    CHECK(nowhere.stop == Stop::small_gradient);
    CHECK(nowhere.iterations == 0);
}

TEST_CASE("least squares: no parameter moves further in a step than max_step") {
    const Tensor x({5}, {1, 2, 3, 4, 5});
    const auto residuals = [&](Var b) { return b * x; };
    CHECK(number(optim::least_squares(Tensor({1}, {10}), residuals, {.iterations = 3, .max_step = 2}).estimates, 0) ==
          4);
}

TEST_CASE("least squares: warm trials ask for no memory") {
    const Tensor x({6}, {0, 1, 2, 3, 4, 5}), y({6}, {3, 2.1, 1.2, 0.8, 0.5, 0.4});
    const auto residuals = [&](Var b) { return decay(b, x) - y; };
    const auto allocations = [&](int iterations) {
        return test::allocations_in([&] {
            const Fit fit =
                optim::least_squares(Tensor({2}, {1, 1}), residuals, {.iterations = iterations, .damping = 1e12});
            CHECK(fit.stop == Stop::iterations);
            CHECK(fit.evaluations == iterations + 1);
        });
    };
    CHECK(allocations(6) == allocations(16));
}

TEST_CASE("least squares: what cannot be meant is an error") {
    const Parameter p("p", Tensor({2}, {1, 2})), q("q", Tensor({3}, {1, 2, 3}));
    const Tensor y({3}, {1, 2, 4});
    const std::string not_finite =
        error_of([&] { optim::least_squares(Tensor({1}, {-1}), [&](Var b) { return log(b) - y; }); });
    CHECK(contains(
        not_finite,
        "least_squares: the residuals are not finite at the start\n  got       nan is the sum of their squares"));
    CHECK(contains(not_finite, "least_squares_test.cpp"));
    CHECK(contains(error_of([&] { optim::least_squares(p, [&](Tape& tape) { return tape.use(q) - y; }); }),
                   "least_squares: the residuals depend on no parameter that was given\n  got       1 parameters"));
    Tape mine;
    CHECK(contains(error_of([&] { optim::least_squares(p, [&](Tape&) { return mine.use(p); }); }),
                   "were not recorded on the tape that their function is given"));
    CHECK(contains(error_of([&] {
                       optim::least_squares_rows({p, q}, [&](Tape& tape) { return tape.use(p); });
                   }),
                   "least_squares_rows: a parameter has not one row for each problem\n  got       \"q\" [3]"));
    CHECK(contains(error_of([&] { optim::least_squares_rows(p, [&](Tape& tape) { return sum(tape.use(p)); }); }),
                   "least_squares_rows: the residuals have not one row for each problem"));
    Index calls = 0;
    CHECK(contains(error_of([&] {
                       optim::least_squares(p, [&](Tape& tape) { return tape.use(p) * Tensor(Shape{++calls, 2}, 1); });
                   }),
                   "the number of residuals is 0, or not the same at every call"));
    CHECK(contains(error_of([&] {
                       optim::least_squares({p, p}, [&](Tape& tape) { return tape.use(p); });
                   }),
                   "listed twice"));
    CHECK(contains(error_of([&] { optim::least_squares(p, [&](Tape& tape) { return tape.use(p); }, {.damping = 0}); }),
                   "damping = 0"));
    CHECK(p.value() == Tensor({2}, {1, 2}));
}

TEST_SUITE_END();
