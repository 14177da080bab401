// tests/ode/colours_test.cpp — Jacobians by differences of many columns at once
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// u_t = D u_xx + u (1 − u), a wave of growth, at n places: what the evaluations are counted of.
struct Wave {
    long* calls;
    template <class T>
    void operator()(double, std::span<const T> u, std::span<T> dudt) const {
        ++*calls;
        for (std::size_t i = 0; i < u.size(); ++i) {
            const T left = i > 0 ? u[i - 1] : T(1), right = i + 1 < u.size() ? u[i + 1] : T(0);
            dudt[i] = T(2000) * (left - 2 * u[i] + right) + u[i] * (1 - u[i]);
        }
    }
};
struct KnownWave : Wave {
    bool reads(Index i, Index j) const { return std::abs(i - j) <= 1; }
};
// An arrow: everyone reads the first, who reads everyone.
struct Arrow {
    void operator()(double, std::span<const double> y, std::span<double> dydt) const {
        double sum = 0;
        for (std::size_t i = 1; i < y.size(); ++i) {
            dydt[i] = -100 * y[i] * y[i] * y[i] + std::sin(y[0]);
            sum += y[i] * double(i);
        }
        dydt[0] = -y[0] - sum;
    }
};
struct KnownArrow : Arrow {
    bool reads(Index i, Index j) const { return i == j || i == 0 || j == 0; }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("colours: a tridiagonal Jacobian of 100 takes 4 evaluations, and the bits are those of 101") {
        for (const Method& method : {radau5, kvaerno5}) {
            CAPTURE(std::string(method.name));
            long calls = 0, calls_knowing = 0;
            const SolveOptions options{.method = method, .rtol = 1e-5, .atol = 1e-7};
            const std::vector<double> start(100, 0.0);
            const auto one_by_one = solve(Wave{&calls}, start, {0, 1}, options);
            const auto by_groups = solve(KnownWave{{&calls_knowing}}, start, {0, 1}, options);
            CHECK(by_groups.end() == one_by_one.end());
            CHECK(one_by_one.statistics().evaluations == calls);
            CHECK(by_groups.statistics().evaluations == calls_knowing);
            CHECK(by_groups.statistics().jacobians == one_by_one.statistics().jacobians);
            CHECK(calls - calls_knowing == one_by_one.statistics().jacobians * (101 - 4));
            CHECK(calls_knowing < calls / 2);
        }
    }

    TEST_CASE("colours: columns that all share a row go one by one, two numbers in any case; floats, too") {
        const std::vector<double> start(7, 0.4);
        const SolveOptions options{.method = radau3, .rtol = 1e-6};
        const auto known = solve(KnownArrow(), start, {0, 1}, options), plain = solve(Arrow(), start, {0, 1}, options);
        CHECK(known.end() == plain.end());
        CHECK(known.statistics() == plain.statistics());
        const std::array two{0.4, 0.2};
        CHECK(solve(KnownArrow(), two, {0, 1}, options).end() == solve(Arrow(), two, {0, 1}, options).end());
        long calls = 0, calls_knowing = 0;
        const std::vector<float> floats(20, 0.5F);
        const SolveOptions rough{.method = kencarp4, .rtol = 1e-3, .atol = 1e-4};
        CHECK(solve(KnownWave{{&calls_knowing}}, floats, {0, 1}, rough).end() ==
              solve(Wave{&calls}, floats, {0, 1}, rough).end());
        CHECK(calls_knowing < calls);
    }

    TEST_CASE("colours: groups of columns ask for no memory") {
        long calls = 0;
        std::vector<double> y(50), work(static_cast<std::size_t>(work_size(radau5, 50)));
        const auto run = [&] {
            std::fill(y.begin(), y.end(), 0.0);
            CHECK(solve_to(KnownWave{{&calls}}, std::span<double>(y), work, {0, 1}, {.method = radau5}).status ==
                  Status::ok);
        };
        run();
        CHECK(allocations_in(run) == 0);
    }
}
