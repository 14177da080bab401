// tests/core/elementary_angles_test.cpp — tan, atan, atan2, erf and hypot: errors, special values, and pinned bits
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/elementary/elementary.hpp"
#include "tests/core/pinned_bits.hpp"
#include "tests/core/ulps.hpp"

using namespace costate;
using namespace costate::test;
namespace el = costate::elementary;

namespace {

const Region far_angle_region{-1.1e5, 1.1e5, angle_turns()}, slope_region{-10, 10, {1}}, error_region{-7, 7, {1, 4, 6}};

// Pairs of like and unlike sizes, of any bits, and with the values at which the answer is fixed.
template <class T>
std::vector<std::pair<T, T>> pairs(std::vector<double> turns) {
    Bits bits;
    std::vector<std::pair<T, T>> all;
    for (int i = 0; i < points; ++i) {
        const T x = static_cast<T>(std::exp(bits.uniform(-80, 80)));
        all.emplace_back(x, static_cast<T>(static_cast<double>(x) * bits.uniform(-3, 3)));
        all.emplace_back(static_cast<T>(bits.uniform(-2, 2)), static_cast<T>(bits.uniform(-2, 2)));
        all.emplace_back(any_bits<T>(bits), any_bits<T>(bits));
        const T y = any_bits<T>(bits);
        all.emplace_back(y, static_cast<T>(static_cast<double>(y) * bits.uniform(-3, 3)));
    }
    std::vector<T> special{T(0), T(1), T(3), std::numeric_limits<T>::min(), tiny<T>, largest<T>, inf<T>, nan_of<T>};
    for (const double turn : turns) special.insert(special.end(), {static_cast<T>(turn), static_cast<T>(turn * 0.99)});
    for (const T a : special)
        for (const T b : special)
            for (const T x : {a, -a})
                for (const T y : {b, -b}) all.emplace_back(x, y);
    return all;
}
template <class T, class F, class G>
Worst worst_pair(const std::vector<std::pair<T, T>>& all, F ours, G exact) {
    Worst w;
    for (const auto& [x, y] : all) {
        const double u = ulps<T>(ours(x, y), exact(static_cast<Wider<T>>(x), static_cast<Wider<T>>(y)));
        if (u > w.ulps) w = {u, static_cast<double>(x)};
    }
    return w;
}

// The bits of a hundred thousand results of one function.
template <class T, class F>
std::uint64_t hash_of_results(F f, double low, double high) {
    Bits bits;
    std::vector<T> y;
    for (int i = 0; i < 100'000; ++i) {
        const T a = static_cast<T>(bits.uniform(low, high)), b = static_cast<T>(bits.uniform(low, high));
        y.push_back(f(a, b));
    }
    return hash_of(y.data(), y.size() * sizeof(T));
}
struct FiveHashes {
    std::uint64_t tan, atan, atan2, erf, hypot;
    bool operator==(const FiveHashes&) const = default;
};
template <class T>
FiveHashes five_hashes() {
    return {hash_of_results<T>([](T a, T) { return el::tan(a); }, -9e4, 9e4),
            hash_of_results<T>([](T a, T) { return el::atan(a); }, -5, 5),
            hash_of_results<T>([](T a, T b) { return el::atan2(a, b); }, -2, 2),
            hash_of_results<T>([](T a, T) { return el::erf(a); }, -5, 5),
            hash_of_results<T>([](T a, T b) { return el::hypot(a, b); }, -2, 2)};
}

}  // namespace

TEST_SUITE_BEGIN("core");

COSTATE_WITHIN(3.5, tan, std::tan, far_angle_region)
COSTATE_WITHIN(1.5, atan, std::atan, slope_region)
COSTATE_WITHIN(1.5, erf, std::erf, error_region)

TEST_CASE_TEMPLATE("atan2 is within 1.6 units in the last place, in every quadrant and at every limit", T, double,
                   float) {
    const Worst w = worst_pair<T>(
        pairs<T>({1}), [](T y, T x) { return el::atan2(y, x); }, [](auto y, auto x) { return std::atan2(y, x); });
    CAPTURE(w.at);
    CHECK(w.ulps <= 1.6 + reference_error);
}

TEST_CASE_TEMPLATE("hypot is within 1.2 units in the last place, and leaves the range only where it must", T, double,
                   float) {
    const std::vector<double> turns = sizeof(T) == 8 ? std::vector<double>{0x1p500, 0x1p-400, 0x1p511, 0x1p-511}
                                                     : std::vector<double>{0x1p63, 0x1p-63};
    const Worst w = worst_pair<T>(
        pairs<T>(turns), [](T x, T y) { return el::hypot(x, y); }, [](auto x, auto y) { return std::hypot(x, y); });
    CAPTURE(w.at);
    CHECK(w.ulps <= 1.2 + reference_error);
}

TEST_CASE_TEMPLATE("tan, atan and erf keep zero's sign and answer infinity and nan", T, double, float) {
    const T z = T(-0.0), i = inf<T>, n = nan_of<T>, right = static_cast<T>(1.5707963267948966);
    CHECK(same(el::tan(z), z));
    CHECK(same(el::tan(T(0)), T(0)));
    for (T x : {i, -i, n}) CHECK(same(el::tan(x), n));
    CHECK(same(el::atan(z), z));
    CHECK(same(el::atan(i), right));
    CHECK(same(el::atan(-i), -right));
    CHECK(same(el::atan(n), n));
    CHECK(same(el::erf(z), z));
    CHECK(same(el::erf(i), T(1)));
    CHECK(same(el::erf(-i), T(-1)));
    CHECK(same(el::erf(n), n));
}

TEST_CASE_TEMPLATE("tan, atan and erf are odd, hypot and atan2 know their symmetries", T, double, float) {
    bool odd = true, bounded = true, symmetric = true;
    for (T x : arguments<T>(slope_region)) {
        odd =
            odd && same(el::tan(-x), -el::tan(x)) && same(el::atan(-x), -el::atan(x)) && same(el::erf(-x), -el::erf(x));
        bounded = bounded && !(std::fabs(el::erf(x)) > 1) && same(el::atan2(x, T(1)), el::atan(x));
    }
    for (const auto& [x, y] : pairs<T>({}))
        symmetric = symmetric && same(el::hypot(x, y), el::hypot(y, -x)) && same(el::atan2(-y, x), -el::atan2(y, x));
    CHECK(odd);
    CHECK(bounded);
    CHECK(symmetric);
}

// Of all doubles this one is nearest to a multiple of π/2: Muller, Elementary Functions, on range reduction.
TEST_CASE("far angles lose no digits, not even where sixty of them cancel") {
    const double x = std::ldexp(6381956970095103., 797), rest = 4.68716592425462761112e-19;
    CHECK(ulps<double>(std::fabs(el::cos(x)), rest) <= 1.6);
    CHECK(ulps<double>(std::fabs(1 / el::tan(x)), rest) <= 3.5);
    CHECK(std::fabs(el::sin(x)) == 1);
}

TEST_CASE_TEMPLATE("tan of a span is that of its entries, in place too, near and far", T, double, float) {
    for (T farthest : {T(9), T(3e7), inf<T>}) {
        std::vector<T> x;
        for (int k = 0; k < 37; ++k) x.push_back(static_cast<T>(k - 18) * T(0.7));
        x[20] = farthest;
        std::vector<T> y = x;
        el::tan(y.data(), y.data(), static_cast<Index>(y.size()));
        bool equal = true;
        for (std::size_t k = 0; k < x.size(); ++k) equal = equal && same(y[k], el::tan(x[k]));
        CHECK(equal);
    }
}

// Whoever compiles, for vectors or not: only additions, products, quotients and square roots, each rounded once.
TEST_CASE(
    "tan, atan, atan2, erf and hypot have the same bits on every machine with, and on every one without, fused "
    "multiply-add") {
    constexpr bool fused = COSTATE_FAST_FMA;
    constexpr FiveHashes doubles = fused ? FiveHashes{0xF48459C6562D5D8D, 0x9E7AD344E1F01626, 0x9E94DB68F884605B,
                                                      0xAD450414E59242A1, 0x3A59F91A9DB3F7DA}
                                         : FiveHashes{0x113ED0A32C83234D, 0xBC67A0DF2DFD945A, 0x8F34050CC60CA729,
                                                      0x36D61BA8266FAAAA, 0xFB43541ED9431ABC};
    constexpr FiveHashes floats = fused ? FiveHashes{0x3B6191DB8CF1C8CB, 0x7947A1A11F28B8F4, 0x9F5084CA73D409EC,
                                                     0xE96407D7B6C2ACA5, 0x04DF02C53CADCBA7}
                                        : FiveHashes{0x3B6191DB8CF1C8CB, 0xAEEC9CC7B56472CA, 0x3CBA3D7014E76612,
                                                     0xE5ED593B50DA2A18, 0x04DF02C53CADCBA7};
    CHECK(five_hashes<double>() == doubles);
    CHECK(five_hashes<float>() == floats);
}

TEST_SUITE_END();
