// core/elementary/bits.hpp — a floating-point number as an exponent, a fraction and a sign that can be moved about
//   x = ±2^e · 1.fraction        stored as   sign | e + bias | fraction       (IEEE 754; 1, 11, 52 or 1, 8, 23 bits)
// 2^n costs a shift, log2 of a power of two costs a shift, |x| costs an `and`. Rounding costs one addition: x + 1.5·2^52
// has no room for a fraction, and the whole number nearest to x then stands in the sum's lowest bits.
// why      No branch, no table, no conversion between integer and real: the compiler can do a loop of all this in vectors.
//          always_inline, because a call in a loop keeps it from being vectorised, whatever else the caller contains.
// source   two_sum, two_product: Dekker 1971, Knuth (The Art of Computer Programming, vol. 2, §4.2.2). Exact with and
//          without contraction: only products that are exact anyway are ever followed by a sum.
#pragma once
#include <cstddef>  // brings: std::size_t
#include <cstdint>  // brings: std::uint32_t, std::uint64_t
#include <limits>   // brings: std::numeric_limits

#include "core/width.hpp"  // brings: COSTATE_WIDTH

#define COSTATE_INLINE inline __attribute__((always_inline))

// A file that defines COSTATE_ROUND_TWICE gets the same functions in a namespace of their own, rounded_twice, where a b and
// a b + c are rounded on every machine: their bits are the same everywhere (core/random.cpp). Those of elementary round once
// where an instruction does; built with BITS=same (-DCOSTATE_SAME_BITS, core/kernels/simd.hpp) they round twice, too.
#undef COSTATE_ELEMENTARY  // both may stand in one file
#undef COSTATE_FAST_FMA_FLOAT
#undef COSTATE_FAST_FMA
#if defined(COSTATE_ROUND_TWICE)
#define COSTATE_ELEMENTARY rounded_twice::inline COSTATE_WIDTH
#else
#define COSTATE_ELEMENTARY elementary::inline COSTATE_WIDTH
#endif
#if (defined(__FMA__) || defined(__ARM_FEATURE_FMA)) && !defined(COSTATE_ROUND_TWICE) && !defined(COSTATE_SAME_BITS)
#define COSTATE_FAST_FMA_FLOAT 1
#else
#define COSTATE_FAST_FMA_FLOAT 0
#endif
#if COSTATE_FAST_FMA_FLOAT && (defined(__FMA__) || (__ARM_FP & 8))  // 8: a unit for double, too
#define COSTATE_FAST_FMA 1
#else
#define COSTATE_FAST_FMA 0
#endif

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

template <class T>
struct Format;
template <>
struct Format<double> {
    using Bits = std::uint64_t;
    static constexpr int fraction = 52, sign = 63;
    static constexpr Bits bias = 1023;
};
template <>
struct Format<float> {
    using Bits = std::uint32_t;
    static constexpr int fraction = 23, sign = 31;
    static constexpr Bits bias = 127;
};

template <class T>
using Bits = typename Format<T>::Bits;

template <class T>
constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T>
constexpr T nan = std::numeric_limits<T>::quiet_NaN();

template <class T>
COSTATE_INLINE constexpr Bits<T> bits_of(T x) {
    return __builtin_bit_cast(Bits<T>, x);
}
template <class T>
COSTATE_INLINE constexpr T real_of(Bits<T> bits) {
    return __builtin_bit_cast(T, bits);
}

template <class T>
constexpr Bits<T> sign_mask = Bits<T>(1) << Format<T>::sign;
template <class T>
constexpr Bits<T> fraction_mask = (Bits<T>(1) << Format<T>::fraction) - 1;

template <class T>
COSTATE_INLINE T magnitude(T x) {
    return real_of<T>(bits_of(x) & ~sign_mask<T>);
}
// For y ≥ 0 or of x's sign already: y with the sign of x.
template <class T>
COSTATE_INLINE T signed_as(T x, T y) {
    return real_of<T>(bits_of(y) | (bits_of(x) & sign_mask<T>));
}
// 2^n from n + bias, 0 < n + bias < 2 bias + 1. Higher bits than the exponent's and the sign's are shifted out.
template <class T>
COSTATE_INLINE constexpr T power_of_two(Bits<T> biased) {
    return real_of<T>(biased << Format<T>::fraction);
}

// x + rounding_shifter holds the whole number nearest to x in its lowest bits; minus the shifter, it is that number.
template <class T>
constexpr T rounding_shifter = T(1.5) / std::numeric_limits<T>::epsilon();
template <class T>
struct Whole {
    T value;
    Bits<T> biased;  // n + bias, below bits that power_of_two ignores
};

template <class T>
COSTATE_INLINE T at_most(T limit, T x) {  // a nan stays one
    return limit < x ? limit : x;
}
template <class T>
COSTATE_INLINE T at_least(T limit, T x) {
    return limit > x ? limit : x;
}

// a b + c: rounded once where the machine has an instruction for it, twice elsewhere.
COSTATE_INLINE float fma_if_fast(float a, float b, float c) {
#if COSTATE_FAST_FMA_FLOAT
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}
COSTATE_INLINE double fma_if_fast(double a, double b, double c) {
#if COSTATE_FAST_FMA
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// c_0 + c_1 x + c_2 x² + ... = (c_0 + c_2 x² + ...) + x (c_1 + c_3 x² + ...), given x and x²: two chains, each half as
// long as Horner's, that the machine walks at once. The coefficients are tables: in_c.cpp prints them, too.
template <std::size_t i, class T, std::size_t n>
COSTATE_INLINE T every_other(T x2, const double (&c)[n]) {  // c_i + c_{i+2} x² + ...
    if constexpr (i + 2 < n)
        return fma_if_fast(x2, every_other<i + 2>(x2, c), static_cast<T>(c[i]));
    else
        return static_cast<T>(c[i]);
}
template <class T, std::size_t n>
COSTATE_INLINE T polynomial(T x, T x2, const double (&c)[n]) {
    return fma_if_fast(x, every_other<1>(x2, c), every_other<0>(x2, c));
}

// The same by Horner, c_0 + x (c_1 + x (c_2 + ...)): one long chain, but for coefficients of alternating signs a sum of
// small numbers, where the other is the difference of two large ones.
template <std::size_t i = 0, class T, std::size_t n>
COSTATE_INLINE T horner(T x, const double (&c)[n]) {
    if constexpr (i + 1 < n)
        return fma_if_fast(x, horner<i + 1>(x, c), static_cast<T>(c[i]));
    else
        return static_cast<T>(c[i]);
}

// A number with more digits than fit into one: head + tail, |tail| ≤ half a unit in head's last place.
struct HeadTail {
    double head, tail;
};
COSTATE_INLINE HeadTail two_sum_ordered(double a, double b) {  // a + b exactly, if |a| ≥ |b| or a = 0
    const double sum = a + b;
    return {sum, b - (sum - a)};
}
COSTATE_INLINE HeadTail two_product(double a, double b) {  // a b exactly
    const double product = a * b;
#if COSTATE_FAST_FMA
    return {product, __builtin_fma(a, b, -product)};
#else
    constexpr double splitter = 0x1p27 + 1;  // a = its upper 26 bits + its lower 26
    const double a_high = splitter * a - (splitter * a - a), b_high = splitter * b - (splitter * b - b);
    const double a_low = a - a_high, b_low = b - b_high;
    return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
#endif
}

}  // namespace detail
}  // namespace costate::COSTATE_ELEMENTARY
