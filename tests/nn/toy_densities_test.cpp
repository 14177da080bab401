// tests/nn/toy_densities_test.cpp — each density is one, with the entropy that is stated, and what is drawn is from it
#include "nn/toy_densities.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/support/error_of.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::error_of;

namespace {

struct Moments {
    double mass = 0, entropy = 0, square = 0;  // ∫p, −∫p ln p, ∫p |x|²
};

Moments on_grid(const nn::ToyDensity& density, double size, Index n) {
    Tensor x({n * n, 2});
    const double h = 2 * size / static_cast<double>(n);
    for (Index i = 0; i < n * n; ++i) {
        x[2 * i] = static_cast<Real>(-size + h * (static_cast<double>(i / n) + 0.5));
        x[2 * i + 1] = static_cast<Real>(-size + h * (static_cast<double>(i % n) + 0.5));
    }
    const Tensor log_p = density.log_density(x);
    Moments m;
    for (Index i = 0; i < n * n; ++i) {
        const double l = static_cast<double>(log_p[i]), p = std::exp(l) * h * h;
        if (!(p > 0)) continue;
        m.mass += p;
        m.entropy -= p * l;
        m.square += p * static_cast<double>(x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1]);
    }
    return m;
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("toy densities: ln p integrates to 1 and to the entropy; samples have its moments and its entropy") {
    CHECK(nn::all_toy_densities().size() == 8);
    for (const nn::ToyDensity& density : nn::all_toy_densities()) {
        CAPTURE(std::string(density.name));
        const bool board = density.name == "checkerboard";
        const Moments m = on_grid(density, board ? 4 : 5.2, board ? 64 : 130);
        CHECK(m.mass == Approx(1).epsilon(sizeof(Real) == 8 ? 2e-6 : 1e-5));
        CHECK(m.entropy == Approx(density.entropy).epsilon(1.5e-5));  // the digits that are stated

        Rng rng(3);
        const Index n = 4000;
        const Tensor x = density.sample(n, rng), log_p = density.log_density(x);
        double entropy = 0, entropy2 = 0, square = 0, square2 = 0;
        for (Index i = 0; i < n; ++i) {
            const double l = -static_cast<double>(log_p[i]),
                         s = static_cast<double>(x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1]);
            entropy += l / n, entropy2 += l * l / n, square += s / n, square2 += s * s / n;
        }
        const auto error = [&](double mean, double second) {
            return 1e-4 + 3.5 * std::sqrt(std::fabs(second - mean * mean) / n);
        };
        CHECK(std::fabs(entropy - density.entropy) < error(entropy, entropy2));
        CHECK(std::fabs(square - (board ? 32. / 3 : m.square)) < error(square, square2));
    }
}

TEST_CASE("toy densities: where they lie, and known values of ln p") {
    const nn::ToyDensity& gaussians = nn::toy_density("8gaussians");
    const double radius = 4 / 1.414, sigma = 0.5 / 1.414, beside = 2 * radius * std::sin(std::acos(-1.) / 8);
    double p = 0;  // at the centre of one: itself and its two neighbours; the others are 5.6 and more deviations away
    for (const double d : {0., beside, beside}) p += std::exp(-d * d / (2 * sigma * sigma));
    const Tensor there = gaussians.log_density(Tensor({1, 2}, {radius, 0}));
    CHECK(static_cast<double>(there[0]) ==
          Approx(std::log(p / (8 * 2 * std::acos(-1.) * sigma * sigma))).epsilon(1e-6));

    const nn::ToyDensity& board = nn::toy_density("checkerboard");
    const Tensor squares = board.log_density(Tensor({4, 2}, {1, 1, -1, 1, 3, -3, 5, 1}));
    CHECK(std::isinf(squares[1]));
    CHECK(std::isinf(squares[3]));
    CHECK(static_cast<double>(squares[0]) == Approx(-std::log(32.)));
    Rng rng(1);
    const Tensor inside = board.log_density(board.sample(500, rng));
    for (const Real l : inside.entries()) CHECK(std::isfinite(l));

    Rng a(7), b(7);
    CHECK(board.sample(20, a) == board.sample(20, b));
}

TEST_CASE("toy densities: a name or a shape that is none is an error") {
    const std::string text = error_of([] { nn::toy_density("moon"); });
    CHECK(contains(text, "\"moon\""));
    CHECK(contains(text, "8gaussians, moons, circles, pinwheel, rings, 2spirals, swissroll, checkerboard"));
    CHECK(contains(error_of([] { nn::toy_density("moons").log_density(Tensor({2, 3})); }), "points [2,3]"));
}

TEST_SUITE_END();
