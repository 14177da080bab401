// tests/core/width_test.cpp — kernels of every width that this processor has, in a portable build (core/width.hpp)
#include "core/width.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>

#include "core/elementary/elementary.hpp"
#include "core/kernels/combine.hpp"
#include "core/kernels/gemm.hpp"
#include "core/kernels/reduce.hpp"
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
namespace {

// A product, a sum, a function and a combination of numbers that do not fill whole registers.
std::vector<Real> some_of_each() {
    constexpr Index M = 11, K = 37, N = 13;
    const std::vector<Real> a = numbers(M * K, 1), b = numbers(K * N, 2);
    std::vector<Real> found(M * N + N + M * K + N);
    gemm({M, K, N}, a.data(), b.data(), found.data());
    sum(View{a.data(), Shape{M, K}}, 2, MutableView{found.data() + M * N, Shape{M}});
    spans::tanh(a.data(), found.data() + M * N + N, M * K);
    const Real* const k[] = {b.data(), b.data() + N};
    const double weights[] = {0.5, -2};
    combine(found.data() + M * N + N + M * K, b.data() + 2 * N, k, weights, 0.1, 2, N);
    return found;
}

}  // namespace

TEST_CASE(
    "portable: every width that the processor has gives the same results, to rounding; one that it lacks is refused") {
    const int before = vector_bits();
    REQUIRE(set_vector_bits(128));
    CHECK(vector_bits() == 128);
    const std::vector<Real> narrow = some_of_each();
    for (const int bits : {256, 512}) {
        const int last = vector_bits();
        const bool has_it = set_vector_bits(bits);
        CHECK(vector_bits() == (has_it ? bits : last));
        CHECK((has_it || bits > before));
        const std::vector<Real> wide = some_of_each();
        for (std::size_t i = 0; i < wide.size(); ++i)
            CHECK(std::abs(double(wide[i]) - double(narrow[i])) <= 100 * double(std::numeric_limits<Real>::epsilon()));
    }
    for (const int bits : {0, 64, 1024}) CHECK_FALSE(set_vector_bits(bits));
    CHECK(set_vector_bits(before));
}
#endif

TEST_SUITE_END();
