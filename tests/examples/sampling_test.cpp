// tests/examples/sampling_test.cpp — made-up data have the moments that they should have
#include "examples/support/sampling.hpp"

#include <doctest/doctest.h>

using namespace costate;
using namespace costate::support;

TEST_SUITE_BEGIN("examples");

TEST_CASE("noisy: numbers with mean 0 and the deviation asked for are added, the next ones every time") {
    constexpr Index n = 40'000;
    Rng rng(0);
    const Tensor exact({n}, Real(3)), first = noisy(exact, 0.5, rng), second = noisy(exact, 0.5, rng);
    double sum = 0, squares = 0, product = 0;
    for (Index i = 0; i < n; ++i) {
        const double a = static_cast<double>(first[i]) - 3, b = static_cast<double>(second[i]) - 3;
        sum += a, squares += a * a, product += a * b;
    }
    const double error = 0.5 / std::sqrt(double(n));  // of the mean; the others' are .25 √2 / √n and .25 / √n
    CHECK(std::fabs(sum / n) < 4 * error);
    CHECK(std::fabs(squares / n - 0.25) < 4 * 0.75 * error);
    CHECK(std::fabs(product / n) < 4 * 0.5 * error);
    CHECK(noisy(exact, 0, rng) == exact);
}

TEST_CASE("random_on_ring: within its radii, their mean halfway, and as much on every side") {
    constexpr int n = 40'000;
    Rng rng(1);
    double radii = 0, x_sum = 0, y_sum = 0;
    for (int i = 0; i < n; ++i) {
        const auto [x, y] = random_on_ring(1, 1.5, rng);
        const double radius = std::hypot(x, y);
        CHECK_UNARY(radius >= 1 - 1e-12 && radius <= 1.5 + 1e-12);
        radii += radius, x_sum += x / radius, y_sum += y / radius;
    }
    CHECK(std::fabs(radii / n - 1.25) < 4 * 0.5 / std::sqrt(12. * n));
    CHECK(std::fabs(x_sum / n) < 4 / std::sqrt(2. * n));
    CHECK(std::fabs(y_sum / n) < 4 / std::sqrt(2. * n));
}

TEST_SUITE_END();
