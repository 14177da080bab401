// tests/ode/nordsieck_random_test.cpp — 200 random problems without poles: do BDF and Adams err as their steps say?
//   y' = d sin(ωt) + B tanh(C y + b),    or a rotation,  y' = S(y) y,  Sᵀ = −S,  whose |y| stays;  of 2 to 4 numbers
// A solve errs by what its steps do, magnified by the problem: errors are held against the tolerance, times what becomes of a
// change of y at any of ten times. Half of the solves stay below 2.9 (BDF) and 2.5 (Adams), all below 42 and 23. With VODE's
// estimate of a BDF step, and orders that rise for a longer step alone, these were 8.0 and 3.6, 139 and 34.
#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "ode/methods.hpp"
#include "ode/multistep/nordsieck.hpp"
#include "tests/support/difference.hpp"

using namespace costate;
using namespace costate::ode;
using test::scaled_difference;

namespace {

using Numbers = std::vector<double>;

struct RandomProblem {
    bool rotates;
    std::size_t n;
    double B[4][4], C[4][4], d[4], b[4];
    Numbers y0, times;

    explicit RandomProblem(unsigned seed) : rotates(seed % 2) {
        std::mt19937 bits(seed);  // no distribution: they differ by the library
        const auto in = [&](double low, double high) { return low + (high - low) * double(bits()) / 4294967296.; };
        n = 2 + bits() % 3;
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < 4; ++j) B[i][j] = in(-2, 2), C[i][j] = in(-2, 2);
            d[i] = in(-2, 2), b[i] = in(0, 5);
        }
        for (std::size_t i = 0; i < n; ++i) y0.push_back(in(-2, 2));
        const double span = in(1, 6), sign = seed % 4 < 2 ? 1 : -1;
        for (int i = 0; i <= 10; ++i) times.push_back(sign * span * i / 10);
    }
    void operator()(double t, std::span<const double> y, std::span<double> dy) const {
        for (std::size_t i = 0; i < n; ++i) dy[i] = rotates ? 0 : d[i] * std::sin(b[i] * t);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < (rotates ? i : n); ++j) {
                double sum = b[j];
                for (std::size_t k = 0; k < n; ++k) sum += C[j][k] * y[k];
                if (rotates) {
                    dy[i] += (sum + B[i][j]) * y[j], dy[j] -= (sum + B[i][j]) * y[i];
                } else {
                    dy[i] += B[i][j] * std::tanh(sum);
                }
            }
    }
};

auto closely(const RandomProblem& p, const Numbers& y, const Numbers& times) {
    return solve(p, y, times, {.method = dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 100'000}).z;
}

// Of changes of one number at one of the times, at all that follow.
double magnification(const RandomProblem& p, const std::vector<Numbers>& z) {
    double most = 1;
    for (std::size_t k = 0; k + 1 < z.size(); ++k)
        for (std::size_t i = 0; i < p.n; ++i) {
            Numbers y = z[k];
            y[i] += 1e-6 * (1 + std::abs(y[i]));
            const auto changed = closely(p, y, {p.times.begin() + static_cast<std::ptrdiff_t>(k), p.times.end()});
            for (std::size_t m = 0; m < changed.size(); ++m)
                most = std::max(most, scaled_difference(changed[m], z[k + m]) / 1e-6);
        }
    return most;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("nordsieck: on random problems errors are what steps are allowed, magnified by the problem") {
        Numbers ratios[2];
        for (unsigned seed = 0; seed < 200; ++seed) {
            const RandomProblem p(seed);
            const auto exact = closely(p, p.y0, p.times);
            const double magnified = magnification(p, exact), tol = std::pow(10., -4 - double(seed % 6));
            for (const MultistepFamily& family : all_families) {
                CAPTURE(seed);
                CAPTURE(family.name);
                const auto s = solve_nordsieck(p, p.y0, p.times, {.method = family, .rtol = tol, .atol = tol});
                double error = 0;
                for (std::size_t k = 0; k < exact.size(); ++k)
                    error = std::max(error, scaled_difference(s.z[k], exact[k]));
                CHECK(error < 70 * tol * magnified);
                ratios[family.stiff].push_back(error / (tol * magnified));
            }
        }
        for (Numbers& ratio : ratios) {
            std::sort(ratio.begin(), ratio.end());
            CHECK(ratio[100] < 4);
        }
    }
}
