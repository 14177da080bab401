// tests/core/lu_test.cpp — LU factors: against matrices whose inverse is known, and by what is left of the equations
#include "core/lu.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"

using namespace costate;

namespace {

template <class T>
std::vector<T> product(const std::vector<T>& a, const std::vector<T>& x, bool transposed) {
    const std::size_t n = x.size();
    std::vector<T> b(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) b[i] += (transposed ? a[j * n + i] : a[i * n + j]) * x[j];
    return b;
}

}  // namespace

TEST_SUITE("core") {
    TEST_CASE("lu: Hilbert's matrix of 4, whose inverse has whole numbers") {
        std::vector<double> a(16), e{0, 1, 0, 0}, pivots(4);
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 4; ++j) a[std::size_t(4 * i + j)] = 1. / (i + j + 1);
        REQUIRE(lu::factor(a.data(), 4, pivots.data()));
        std::vector<double> transposed = e;
        lu::solve(a.data(), 4, pivots.data(), e.data());
        lu::solve_transposed(a.data(), 4, pivots.data(), transposed.data());
        const double column[] = {-120, 1200, -2700, 1680};
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(e[i] == doctest::Approx(column[i]).epsilon(1e-11));
            CHECK(transposed[i] == doctest::Approx(column[i]).epsilon(1e-11));
        }
    }

    TEST_CASE_TEMPLATE("lu: both systems, pivots included, of any size", T, float, double, long double) {
        Rng rng(7);
        for (const Index n : {1, 2, 3, 5, 8, 40}) {
            const std::size_t count = static_cast<std::size_t>(n);
            std::vector<T> a(count * count), x(count), pivots(count);
            for (T& entry : a) entry = static_cast<T>(rng.uniform() - 0.5);
            for (T& entry : x) entry = static_cast<T>(rng.uniform() - 0.5);
            a[0] = 0;  // a pivot is needed, where there is another row
            if (n == 1) a[0] = 3;
            std::vector<T> factors = a, b = product(a, x, false), c = product(a, x, true);
            REQUIRE(lu::factor(factors.data(), n, pivots.data()));
            lu::solve(factors.data(), n, pivots.data(), b.data());
            lu::solve_transposed(factors.data(), n, pivots.data(), c.data());
            double apart = 0;
            for (std::size_t i = 0; i < count; ++i)
                apart = std::max({apart, std::abs(double(b[i] - x[i])), std::abs(double(c[i] - x[i]))});
            CHECK(apart < 2e4 * double(std::numeric_limits<T>::epsilon()));
        }
    }

    TEST_CASE("lu: a singular matrix, or one with a nan, has no factors") {
        std::array<double, 4> twice{1, 2, 2, 4}, nan{1, NAN, NAN, 1}, zero{};
        std::array<double, 2> pivots{};
        CHECK_FALSE(lu::factor(twice.data(), 2, pivots.data()));
        CHECK_FALSE(lu::factor(nan.data(), 2, pivots.data()));
        CHECK_FALSE(lu::factor(zero.data(), 2, pivots.data()));
    }
}
