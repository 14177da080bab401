// tests/core/complex_lu_test.cpp — complex LU factors in real arithmetic, against std::complex
#include "core/complex_lu.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <complex>
#include <limits>
#include <vector>

#include "core/random.hpp"

using namespace costate;

TEST_SUITE("core") {
    TEST_CASE_TEMPLATE("complex lu: what is left of the equations, pivots included, of any size", T, float, double) {
        Rng rng(11);
        for (const Index n : {1, 2, 3, 5, 8, 40}) {
            const std::size_t count = static_cast<std::size_t>(n);
            std::vector<T> a(2 * count * count), x(2 * count), b(2 * count), pivots(count);
            for (std::vector<T>* of : {&a, &x})
                for (T& entry : *of) entry = static_cast<T>(rng.uniform() - 0.5);
            if (n > 1) a[0] = a[count] = 0;  // a pivot is needed
            for (std::size_t i = 0; i < count; ++i) {
                std::complex<T> sum;
                for (std::size_t j = 0; j < count; ++j)
                    sum += std::complex<T>(a[2 * i * count + j], a[(2 * i + 1) * count + j]) *
                           std::complex<T>(x[j], x[count + j]);
                b[i] = sum.real();
                b[count + i] = sum.imag();
            }
            REQUIRE(lu::factor_complex(a.data(), n, pivots.data()));
            lu::solve_complex(a.data(), n, pivots.data(), b.data(), b.data() + n);
            double apart = 0;
            for (std::size_t i = 0; i < 2 * count; ++i) apart = std::max(apart, std::abs(double(b[i] - x[i])));
            CHECK(apart < 2e4 * double(std::numeric_limits<T>::epsilon()));
        }
    }

    TEST_CASE("complex lu: a pivot's square may overflow, or be nothing") {
        for (const float size : {1e-30f, 1e30f}) {
            float a[] = {3 * size, 4 * size}, pivot, re = size, im = size;
            REQUIRE(lu::factor_complex(a, 1, &pivot));
            lu::solve_complex(a, 1, &pivot, &re, &im);  // (1 + i) / (3 + 4i) = (7 - i) / 25
            CHECK(re == doctest::Approx(0.28));
            CHECK(im == doctest::Approx(-0.04));
        }
    }

    TEST_CASE("complex lu: a singular matrix, and one with no number, are found") {
        double pivots[2];
        double singular[] = {1, 2, 1, 0, 0, 0, 1, -2};  // (1 + i, 2), (i (1 + i), 2i) = (−1 + i, 2i)
        singular[4] = -1, singular[5] = 0, singular[6] = 1, singular[7] = 2;
        CHECK_FALSE(lu::factor_complex(singular, 2, pivots));
        double none[] = {std::numeric_limits<double>::quiet_NaN(), 0};
        CHECK_FALSE(lu::factor_complex(none, 1, pivots));
    }
}
