// core/elementary/atan.hpp — atan x, and the angle and the length of the point (x, y): atan2(y, x), hypot(x, y)
//   atan q = q + q³ A(q²)                             0 ≤ q ≤ 1                                           (a)
//   atan x = π/2 − atan(1/x)                          x > 1                                               (b)
//   atan2: q = the shorter of |x|, |y| over the longer; (b) if |y| is longer; then π minus that if x < 0  (c)
//   hypot = √(x² + y²), scaled by a power of 2 where a square would leave the range                       (d)
// All angles are  base ± (q + q³ A),  base 0, π/2 or π as head and tail: the shorter over the longer is one division.
// source   A: our own minimax fits by Remez's exchange, of the error relative to atan: 2^-60 in double, 2^-31 in float.
//          Which angle has which point at 0 and ∞: C11, annex F.10.1.4.
// why      A second reduction, by tan(π/8), would halve A's length; it costs more in rounding than A does.
//          A float's square fits into a double: there (d) needs no scaling.
// see      core/elementary/elementary.hpp for the errors, measured
#pragma once
#include <cmath>  // brings: std::sqrt

#include "core/elementary/bits.hpp"

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

// clang-format off
template <class T> struct Pi;  // head + tail
template <> struct Pi<double> { static constexpr double head = 0x1.921fb54442d18p+1, tail = 0x1.1a62633145c07p-53; };
template <> struct Pi<float>  { static constexpr float  head = 0x1.921fb6p+1f,       tail = -0x1.777a5cp-24f; };
// clang-format on

template <class T>
struct AtanA {  // of double
    static constexpr double c[] = {-0.33333333333333285711,    0.1999999999999044576,     -0.1428571428503654411,
                                   0.11111111086444980266,     -0.090909085472134755445,  0.076922997112733385877,
                                   -0.066665837184696828868,   0.058817161265881599793,   -0.052594336577673028114,
                                   0.047449256381184568418,    -0.04286389556868969547,   0.038210033502767082556,
                                   -0.032785375128227586504,   0.026151593239820631957,   -0.018614121391188055696,
                                   0.011317588153782713181,    -0.0056123496929050381313, 0.0021515714708767205763,
                                   -0.00059288822765226547784, 0.00010387095761791150132, -8.6541247050131935901e-6};
};
template <>
struct AtanA<float> {
    static constexpr double c[] = {-0.33333326899564108102,  0.19999671123664535343,   -0.14279833063754216048,
                                   0.11058223773949212163,   -0.088110917610012255259, 0.067415980999248333532,
                                   -0.044689956165916883491, 0.022539879887454364063,  -0.0073179627793820283803,
                                   0.0011137900381480420532};
};

// base ± atan q by (a); base is so many times π/2
template <class T>
COSTATE_INLINE T placed_atan(T q, T quarters, bool minus) {
    const T z = q * q;
    const T A = horner(z, AtanA<T>::c);
    const T r = minus ? -q : q;
    return quarters * (Pi<T>::head / 2) + (r + fma_if_fast(r * z, A, quarters * (Pi<T>::tail / 2)));
}

COSTATE_INLINE float length_of(float a, float b) {  // (d)
    const double x = static_cast<double>(a), y = static_cast<double>(b);
    return static_cast<float>(std::sqrt(x * x + y * y));
}
COSTATE_INLINE double length_of(double a, double b) {
    const double high = a > b ? a : b, low = a > b ? b : a;
    const double shrink = high > 0x1p500 ? 0x1p-600 : 1, scale = high < 0x1p-400 ? 0x1p600 : shrink;
    const double grow = high > 0x1p500 ? 0x1p600 : 1, back = high < 0x1p-400 ? 0x1p-600 : grow;
    const double h = high * scale, l = low * scale;
    return std::sqrt(fma_if_fast(h, h, l * l)) * back;
}

}  // namespace detail

template <class T>
COSTATE_INLINE T atan(T x) {
    using namespace detail;
    const T a = magnitude(x);
    const bool steep = a > 1;
    return signed_as(x, placed_atan((steep ? T(1) : a) / (steep ? a : T(1)), steep ? T(1) : T(0), steep));
}

template <class T>
COSTATE_INLINE T atan2(T y, T x) {
    using namespace detail;
    const T a = magnitude(y), b = magnitude(x);
    const bool steep = a > b, left = signed_as(x, T(1)) < 0;
    const T low = steep ? b : a, high = steep ? a : b;
    const T quotient = low == high ? T(1) : low / high;  // ∞ over ∞ is 1, too
    const T q = high == 0 ? low : quotient;              // 0 over 0 is 0; if low is none, nor is the angle
    const T level = left ? T(2) : T(0);
    return signed_as(y, placed_atan(q, steep ? T(1) : level, steep != left));
}

template <class T>
COSTATE_INLINE T hypot(T x, T y) {
    using namespace detail;
    const T a = magnitude(x), b = magnitude(y), length = length_of(a, b);
    const T far = a == infinity<T> ? a : length;  // even beside a nan
    return b == infinity<T> ? b : far;
}

}  // namespace costate::COSTATE_ELEMENTARY
