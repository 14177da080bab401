// tests/core/width_test.cpp — kernels of every width that this processor has, in a portable build (core/width.hpp)
#include "core/width.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>

#include "core/elementary/elementary.hpp"
#include "core/kernels/spans.hpp"
#include "core/random.hpp"

using namespace costate;

namespace {

std::vector<Real> numbers(Index n, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<Real> x(static_cast<std::size_t>(n));
    for (Real& one : x) one = static_cast<Real>(rng.uniform(-2, 2));
    return x;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("spans: a function of many numbers is the function of each") {
    std::vector<Real> x = numbers(67, 3), y(x.size());
    const auto check = [&](auto span, auto f, double most) {
        span(x.data(), y.data(), static_cast<Index>(x.size()));
        for (std::size_t i = 0; i < x.size(); ++i)
            CHECK(std::abs(double(y[i]) - double(f(x[i]))) <= most * std::numeric_limits<Real>::epsilon());
    };
    check(
        spans::exp, [](Real v) { return std::exp(v); }, 8);
    check(
        spans::expm1, [](Real v) { return std::expm1(v); }, 8);
    check(
        spans::tanh, [](Real v) { return std::tanh(v); }, 2);
    check(
        spans::sigmoid, [](Real v) { return 1 / (1 + std::exp(-v)); }, 3);
    check(
        spans::softplus, [](Real v) { return std::log1p(std::exp(v)); }, 5);
    check(
        spans::sin, [](Real v) { return std::sin(v); }, 2);
    check(
        spans::cos, [](Real v) { return std::cos(v); }, 2);
    check(
        spans::tan, [](Real v) { return std::tan(v); }, 4000);  // 1/cos(v)² near π/2
    check(
        spans::atan, [](Real v) { return std::atan(v); }, 3);
    check(
        spans::erf, [](Real v) { return std::erf(v); }, 3);
    check(
        spans::normal_share, [](Real v) { return (1 + std::erf(double(v) / std::sqrt(2.0))) / 2; }, 3);
    for (Real& v : x) v = std::abs(v) + Real(0.01);
    check(
        spans::log, [](Real v) { return std::log(v); }, 6);
    check(
        spans::log1p, [](Real v) { return std::log1p(v); }, 3);
}

#if defined(COSTATE_PORTABLE)
TEST_CASE("portable: the width is chosen once; every test runs with each of them, by VECTOR_BITS (tests/main.cpp)") {
    const int bits = vector_bits();
    CHECK((bits == 128 || bits == 256 || bits == 512));
    for (const int other : {0, 64, 128, 256, 512, 1024}) CHECK(set_vector_bits(other) == (other == bits));
    CHECK(vector_bits() == bits);
}
#endif

TEST_SUITE_END();
