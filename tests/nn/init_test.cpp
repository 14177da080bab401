// tests/nn/init_test.cpp — initialisers have the bounds and moments of their papers
#include "nn/init.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

using namespace costate;
using doctest::Approx;

namespace {

constexpr Index in = 300, out = 200;

struct Layer {
    Tensor weight{Shape{out, in}, 9}, bias{Shape{out}, 9};
    double mean = 0, variance = 0, largest = 0;

    explicit Layer(nn::Initialiser init) {
        Rng rng(11);
        init(weight.view(), bias.view(), rng);
        for (const Real w : weight.entries()) {
            mean += static_cast<double>(w) / (in * out);
            variance += static_cast<double>(w) * static_cast<double>(w) / (in * out);
            largest = std::max(largest, std::abs(static_cast<double>(w)));
        }
    }
    bool bias_is_zero() const {
        return std::all_of(bias.entries().begin(), bias.entries().end(), [](Real b) { return b == 0; });
    }
};

// 60,000 draws: the variance's relative standard error is √(0.8/n) = 0.004 (uniform), √(2/n) = 0.006 (normal), and the
// mean's error in units of the deviation 0.004; four of them.
void check_moments(const Layer& layer, double variance) {
    CHECK(layer.variance == Approx(variance).epsilon(0.024));
    CHECK(std::abs(layer.mean) < 0.017 * std::sqrt(variance));
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("init: uniform_fan_in draws weight and bias from U(±1/√in)") {
    const Layer layer(nn::uniform_fan_in);
    check_moments(layer, 1.0 / (3 * in));
    const Real bound = static_cast<Real>(1 / std::sqrt(double(in)));
    CHECK(layer.largest <= static_cast<double>(bound));
    CHECK(layer.largest > 0.999 * static_cast<double>(bound));
    CHECK_FALSE(layer.bias_is_zero());
    CHECK(std::all_of(layer.bias.entries().begin(), layer.bias.entries().end(),
                      [&](Real b) { return std::abs(b) <= bound; }));
}

TEST_CASE("init: Glorot's variance is 2/(in + out), He's 2/in, and biases are 0") {
    const double glorot = 2.0 / (in + out), he = 2.0 / in;
    const struct {
        nn::Initialiser init;
        double variance;
        bool bounded;
    } all[] = {{nn::glorot_uniform, glorot, true},
               {nn::glorot_normal, glorot, false},
               {nn::he_uniform, he, true},
               {nn::he_normal, he, false}};
    for (const auto& [init, variance, bounded] : all) {
        const Layer layer(init);
        check_moments(layer, variance);
        CHECK(layer.bias_is_zero());
        const double bound = std::sqrt(3 * variance);
        CHECK((layer.largest <= bound * (1 + 1e-6)) == bounded);  // 60,000 normals reach far beyond 1.7 deviations
        CHECK(layer.largest > 0.999 * bound);
    }
}

// Of G = L Q with L lower triangular and L_ii > 0 there is one: so Q Qᵀ = I and L = G Qᵀ tell it.
TEST_CASE("init: orthogonal is the Q of the normal matrix that its stream gives, with positive signs") {
    const double rounding = sizeof(Real) == 8 ? 4e-15 : 2e-6;
    for (const Shape& shape : {Shape{3, 5}, Shape{5, 3}, Shape{4, 4}, Shape{1, 1}, Shape{60, 60}, Shape{1, 7}}) {
        CAPTURE(to_text(shape));
        Tensor g(shape), q(shape), bias(Shape{shape[0]}, 9);
        Rng same(5), rng(5);
        same.fill_normal(g.entries());
        nn::orthogonal(q.view(), bias.view(), rng);
        CHECK(rng == same);
        CHECK(bias == Tensor(Shape{shape[0]}));
        const bool rows = shape[0] <= shape[1];
        const Index count = std::min(shape[0], shape[1]), length = std::max(shape[0], shape[1]);
        const auto along = [&](const Tensor& a, Index i, const Tensor& b, Index j) {
            double total = 0;
            for (Index k = 0; k < length; ++k)
                total += rows ? double(a(i, k)) * double(b(j, k)) : double(a(k, i)) * double(b(k, j));
            return total;
        };
        for (Index i = 0; i < count; ++i) {
            CHECK(along(g, i, q, i) > 0);
            for (Index j = 0; j < count; ++j) {
                CHECK(std::abs(along(q, i, q, j) - (i == j ? 1 : 0)) <= rounding);
                if (j > i) CHECK(std::abs(along(g, i, q, j)) <= 20 * rounding);
            }
        }
    }
}

TEST_CASE("init: zeros are zeros") {
    const Layer layer(nn::zeros);
    CHECK(layer.largest == 0);
    CHECK(layer.bias_is_zero());
}

TEST_SUITE_END();
