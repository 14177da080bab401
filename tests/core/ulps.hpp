// tests/core/ulps.hpp — our functions against the C library's, in units of the last place
// The reference is computed in a wider type: long double for double, double for float. Its own error, where it has 64 bits,
// is below 0.001 of our unit. Where long double is no wider than double, half a unit more is allowed.
// The points: uniform ones where the function does something, random bit patterns (every exponent alike, denormal numbers
// among them), and the neighbourhood of every place where a formula changes.
#pragma once
#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/elementary/elementary.hpp"
#include "tests/core/sequence.hpp"  // brings: Bits

namespace costate::test {

template <class T>
using Wider = std::conditional_t<sizeof(T) == sizeof(float), double, long double>;
template <class T>
constexpr T inf = std::numeric_limits<T>::infinity();
template <class T>
constexpr T nan_of = std::numeric_limits<T>::quiet_NaN();
template <class T>
constexpr T largest = std::numeric_limits<T>::max();
template <class T>
constexpr T tiny = std::numeric_limits<T>::denorm_min();
inline constexpr double quarter_pi = 0.7853981633974483;

// |got − exact| in units of exact's last place in T; an infinity counts as the first number that is too large for T.
template <class T>
double ulps(T got, Wider<T> exact) {
    using W = Wider<T>;
    if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? 0 : 1e9;
    if (exact == 0) return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : 1e9;
    const W beyond = std::ldexp(W(1), std::numeric_limits<T>::max_exponent);
    const auto bounded = [&](W x) { return x > beyond ? beyond : (x < -beyond ? -beyond : x); };
    const W e = bounded(exact), g = bounded(static_cast<W>(got));
    int exponent;
    std::frexp(e, &exponent);
    exponent = std::min(exponent, std::numeric_limits<T>::max_exponent);
    const int last = std::max(exponent, std::numeric_limits<T>::min_exponent) - std::numeric_limits<T>::digits;
    return static_cast<double>(std::fabs(g - e) / std::ldexp(W(1), last));
}

template <class T>
T any_bits(Bits& bits) {
    return elementary::detail::real_of<T>(static_cast<elementary::detail::Bits<T>>(bits()));
}

// Where one function is asked.
struct Region {
    double low, high;                // where it is neither 0, nor 1, nor infinite
    std::vector<double> turns = {};  // its formulas change here
};

inline constexpr int points = 40'000;

template <class T>
std::vector<T> arguments(const Region& region) {
    Bits bits;
    std::vector<T> x;
    for (int i = 0; i < points; ++i) {
        x.push_back(static_cast<T>(bits.uniform(region.low, region.high)));
        x.push_back(static_cast<T>(bits.uniform(-4, 4)));
        x.push_back(any_bits<T>(bits));
    }
    const auto around = [&](T turn) {
        T down = turn, up = turn;
        for (int i = 0; i < 3; ++i) {
            x.push_back(down);
            x.push_back(up);
            down = std::nextafter(down, -inf<T>);
            up = std::nextafter(up, inf<T>);
        }
    };
    for (double turn : region.turns) around(static_cast<T>(turn)), around(static_cast<T>(-turn));
    for (T special : {T(0), T(1), std::numeric_limits<T>::min(), largest<T>}) around(special), around(-special);
    for (T special : {T(0), T(-0.0), inf<T>, -inf<T>, nan_of<T>}) x.push_back(special);
    return x;
}

struct Worst {
    double ulps = 0, at = 0;
};
template <class T, class F, class G>
Worst worst(const std::vector<T>& xs, F ours, G exact) {
    Worst w;
    for (T x : xs) {
        const double u = ulps<T>(ours(x), exact(static_cast<Wider<T>>(x)));
        if (u > w.ulps) w = {u, static_cast<double>(x)};
    }
    return w;
}

inline constexpr double reference_error = std::numeric_limits<long double>::digits > 53 ? 0 : 0.5;

inline std::vector<double>
angle_turns() {  // the doubles next to all multiples of π/4: among them those where most bits cancel
    std::vector<double> t = {1e5};
    for (int i = 1; i < 1e5 / quarter_pi; ++i) t.push_back(i * quarter_pi);
    return t;
}

// Two results are the same number, or both none.
template <class T>
bool same(T a, T b) {
    return a != a ? b != b : elementary::detail::bits_of(a) == elementary::detail::bits_of(b);
}

}  // namespace costate::test

#define COSTATE_WITHIN(units, ours, exact, region)                                                 \
    TEST_CASE_TEMPLATE(#ours " is right to its last place or two", T, double, float) {             \
        const costate::test::Worst w = costate::test::worst(                                       \
            costate::test::arguments<T>(region), [](T x) { return costate::elementary::ours(x); }, \
            [](costate::test::Wider<T> x) -> costate::test::Wider<T> { return exact(x); });        \
        CAPTURE(w.at);                                                                             \
        CHECK(w.ulps <= units + costate::test::reference_error);                                   \
    }
