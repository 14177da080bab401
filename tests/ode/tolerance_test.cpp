// tests/ode/tolerance_test.cpp — tolerances by component, and norms: the same steps by numbers and by every route
#include "ode/tolerance.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

// Two oscillations that know nothing of each other: of size 1, and a quick one of size 1e-6.
template <class T>
void two(double, std::span<const T> y, std::span<T> dy) {
    dy[0] = y[1], dy[1] = -y[0];
    dy[2] = T(10) * y[3], dy[3] = T(-10) * y[2];
}
Var two_of_vars(Var, Var z) {
    const Tensor A({4, 4}, {0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, -10, 0, 0, 10, 0});
    return matmul(z, z.tape().constant(A));
}
constexpr std::array<double, 4> start{1, 0, 1e-6, 0};

double error_of_quick_one(const SolveOptions& options) {
    const auto end = solve(two<double>, start, {0, 5}, options).end();
    return std::hypot(end[2] - 1e-6 * std::cos(50.), end[3] + 1e-6 * std::sin(50.));
}

double first_only(const ScaledErrors& e) { return std::abs(e[0]); }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("tolerance: one for all, or a list, compared by its numbers") {
        const Tolerance one = 1e-6, list{1e-6, 1e-9};
        CHECK(one.is_one());
        CHECK_FALSE(list.is_one());
        CHECK(double(list) == 1e-9);
        CHECK(list.of(0) == 1e-6);
        CHECK(list.of(3) == 1e-9);
        CHECK(list == Tolerance(std::vector<double>{1e-6, 1e-9}));
        CHECK_FALSE(list == Tolerance(1e-9));
        CHECK_FALSE(list == one);
        CHECK(SolveOptions{.rtol = {1e-6, 1e-9}} == SolveOptions{.rtol = {1e-6, 1e-9}});
        CHECK(SolveOptions{.rtol = {1e-6, 1e-9}} != SolveOptions{.rtol = {1e-6, 1e-8}});
        CHECK(to_text(one) == "1e-06");
        CHECK(to_text(list) == "{1e-06, 1e-09}");
    }

    TEST_CASE("tolerance: a list of equal ones takes the same steps, to the bit") {
        for (const Method& method : {dopri5, bosh3}) {
            const auto one = solve(two<double>, start, {0, 5}, {.method = method, .rtol = 1e-6, .atol = 1e-7});
            const auto list =
                solve(two<double>, start, {0, 5}, {.method = method, .rtol = {1e-6, 1e-6, 1e-6, 1e-6}, .atol = 1e-7});
            CHECK(one.end() == list.end());
            CHECK(one.statistics() == list.statistics());
        }
    }

    TEST_CASE("tolerance: each component's own is kept") {
        const double loose = error_of_quick_one({.method = dopri5, .rtol = 1e-10, .atol = 1e-6});
        const double own = error_of_quick_one({.method = dopri5, .rtol = 1e-10, .atol = {1e-6, 1e-6, 1e-13, 1e-13}});
        CHECK(loose > 1e-9);
        CHECK(own < 1e-11);  // 50 radians of them
    }

    TEST_CASE("tolerance: numbers and every route take the same steps by a list and by any norm") {
        const SolveOptions cases[] = {{.rtol = 1e-5, .atol = {1e-5, 1e-5, 1e-10, 1e-10}},
                                      {.rtol = 1e-5, .norm = max_norm},
                                      {.rtol = {1e-3, 1e-3, 1e-5, 1e-5}, .norm = max_norm},
                                      {.rtol = 1e-5, .norm = first_only}};
        std::array<Real, 4> z0{1, 0, Real(1e-6), 0};
        for (SolveOptions options : cases) {
            const Statistics numbers = solve(two<Real>, z0, {0, 2}, options).statistics();
            for (const Route& route : routes_of(tsit5)) {
                CAPTURE(std::string(route.name));
                options.gradient = route;
                Tape t;
                const Var z = t.variable(Tensor({1, 4}, {1, 0, Real(1e-6), 0}));
                const Solution s = solve(t, two_of_vars, z, {0, 2}, options);
                CHECK(std::abs(s.statistics().accepted - numbers.accepted) <= either(0, 2));
                CHECK(std::abs(s.statistics().rejected - numbers.rejected) <= either(0, 2));
                CHECK(num(grad(slice(s.end(), 1, 0, 1), z), 0) == Approx(std::cos(2.)).epsilon(1e-3));
            }
        }
    }

    TEST_CASE("tolerance: a list stands for the last axes of a batch") {
        const Tensor z0 = waves({300, 2}, .8);
        const auto field = [](Var, Var z) { return tanh(z); };
        const auto by = [&](const Tolerance& atol) { return solve(field, z0, {0, 1}, {.rtol = 1e-5, .atol = atol}); };
        const Solution one = by(1e-6), list = by({1e-6, 1e-6}), all = by(std::vector<double>(600, 1e-6));
        CHECK(distance(list.z, one.z) < either(1e-13, 1e-5));
        CHECK(distance(all.z, list.z) == 0);
        CHECK(list.statistics().accepted == one.statistics().accepted);
        const SolveOptions untiled{.rtol = 1e-5, .atol = {1e-6, 1e-7}, .tiles = false};
        CHECK(distance(by({1e-6, 1e-7}).z, solve(field, z0, {0, 1}, untiled).z) == 0);
        for (const Route& route : all_routes)
            CHECK(contains(
                error_of([&] {
                    Tape t;
                    solve(t, field, t.variable(z0), {0, 1}, fitted({.atol = {1e-6, 1e-6, 1e-6}, .gradient = route}));
                }),
                "atol: a list of 3"));
        CHECK(contains(error_of([] {
                           solve(two<double>, start, {0, 1}, {.rtol = {1e-6, 1e-6}});
                       }),
                       "rtol: a list of 2"));
        CHECK(error_of([] {
                  solve(two<double>, start, {0, 1}, {.rtol = {0, 0, 0, 1e-6}, .atol = {1, 1, 1, 0}});
              }) == "");
        CHECK(contains(error_of([] {
                           solve(two<double>, start, {0, 1}, {.rtol = {0, 0, 1e-6, 1e-6}, .atol = {1, 0, 1, 1}});
                       }),
                       "rtol or atol above 0"));
        CHECK(contains(error_of([] { solve(two<double>, start, {0, 1}, {.atol = {1, -1, 1, 1}}); }), "atol = -1"));
        const std::vector<double> none;
        CHECK(contains(error_of([&] { solve(two<double>, start, {0, 1}, {.rtol = none}); }), "rtol: a list of 0"));
        CHECK(contains(error_of([] { solve(two<double>, start, {0, 1}, {.atol = {}}); }), "atol"));
    }

    TEST_CASE("norm: by the largest error, what rests beside a state changes no bit of it; by the mean, it does") {
        const auto decay = [](double, std::span<const double> y, std::span<double> dy) {
            std::fill(dy.begin(), dy.end(), 0.);
            dy[0] = std::cos(y[0]);
        };
        std::vector<double> many(100, 0.);
        const auto alone = solve(decay, std::vector{0.}, {0, 3});
        CHECK(solve(decay, many, {0, 3}, {.norm = max_norm}).end()[0] == alone.end()[0]);
        CHECK(solve(decay, many, {0, 3}, {.norm = first_only}).end()[0] == alone.end()[0]);
        CHECK(solve(decay, many, {0, 3}).statistics().accepted < alone.statistics().accepted);
    }

    TEST_CASE("norm: of errors that are finite only, so that one of the user's need not look") {
        const auto pole = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = dy[1] = y[0] * y[0]; };
        static bool finite;
        finite = true;
        const Norm watching = [](const ScaledErrors& e) {
            finite = finite && std::isfinite(e[0]) && std::isfinite(e[1]) && e.size() == 2;
            return max_of(e);
        };
        CHECK(contains(error_of([&] { solve(pole, std::array{1., 1.}, {0, 2}, {.norm = watching}); }), "at t = 1"));
        CHECK(finite);
        const Norm deaf = [](const ScaledErrors&) { return 0.; };  // which says yes to everything
        CHECK(error_of([&] { solve(pole, std::array{1., 1.}, {0, 20}, {.norm = deaf}); }) != "");
    }

    TEST_CASE("norm: one that answers nan, or less than 0, ends the solve, and f is asked within it") {
        const Norm wrong[] = {[](const ScaledErrors&) { return std::nan(""); },
                              [](const ScaledErrors&) { return -1.; }};
        for (const Norm& norm : wrong) {
            long asked = 0;
            const auto decay = [&](double t, std::span<const double> y, std::span<double> dy) {
                CHECK(0 <= t);
                CHECK(t <= 1);
                ++asked;
                dy[0] = -y[0];
            };
            CHECK(contains(error_of([&] {
                               solve(decay, std::array{1.}, {0, 1}, {.norm = norm});
                           }),
                           "shrank to nothing"));
            CHECK(asked < 1000);
        }
    }
}
