// core/elementary/exp.hpp — e^x, and what is made of it: expm1, tanh, sigmoid
//   x = n ln 2 + r,   |r| ≤ ln 2 / 2                  n whole: one addition rounds it                core (4)
//   e^x     = 2^n e^r                                 e^r = 1 + r + r²/2 + r³ c(r)                   core (4)
//   e^x − 1 = (2^n − 1 + 2^n r) + 2^n (e^r − 1 − r)   the bracket is nearly exact, the rest is small      (a)
//   tanh |x| = t / (t + 2)                            t = e^(2|x|) − 1                                    (b)
//            = −t / (t + 2)                           t = e^(−2|x|) − 1, for small |x|
//   1 / (1 + e^−x) = 1 / (1 + z)  or  z / (1 + z)     z = e^−|x|, for x > 0 or not                        (c)
// source   n, r: Cody & Waite 1980, ln 2 as a short head, whose product with n is exact, and a tail. c: our own minimax
//          fits by Remez's exchange, of the error relative to e^r − 1: 2^-61.7 in double, 2^-32 in float.
// why      (b) has no cancellation and costs one division. Its second form has t + 2 < 2, where numbers lie twice as
//          dense as above 2: for small |x| that is half a unit of the result. (c) keeps the digits of small sigmoids:
//          at x = −50 it is 1.9e-22, not 1 minus something.
// see      core/elementary/elementary.hpp (errors, measured) · tests/core/elementary_test.cpp
#pragma once
#include "core/elementary/bits.hpp"

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

// clang-format off
template <class T> struct Ln2;  // ln 2 = short_head + tail = nearest + rest
template <> struct Ln2<double> {
    static constexpr double short_head = 0x1.62e42fefa38p-1, tail = 0x1.ef35793c7673p-45;
    static constexpr double nearest = 0x1.62e42fefa39efp-1,  rest = 0x1.abc9e3b39803fp-56;
};
template <> struct Ln2<float> {
    static constexpr float short_head = 0x1.62e4p-1f,   tail = 0x1.7f7d1cp-20f;
    static constexpr float nearest    = 0x1.62e43p-1f,  rest = -0x1.05c61p-29f;
};

// Beyond these e^x is infinite; e^x is 0; e^x − 1 is −1; tanh x is 1; erf x is 1.
template <class T> struct Range;
template <> struct Range<double> {
    static constexpr double highest = 710, lowest = -750, minus_one = -40, one = 20, erf_one = 6;
};
template <> struct Range<float> {
    static constexpr float highest = 89, lowest = -105, minus_one = -20, one = 10, erf_one = 4;
};
// clang-format on

// c(r) = (e^r − 1 − r − r²/2) / r³
template <class T>
struct ExpCubic {  // of double
    static constexpr double c[] = {0.16666666666666676547,   0.041666666666666508144,   0.0083333333333216541518,
                                   0.0013888888888962607859, 0.00019841269886073516305, 0.00002480158717222643786,
                                   2.7557244254116785132e-6, 2.7557402777586934306e-7,  2.5109024490116791745e-8,
                                   2.0875328552906238783e-9};
};
template <>
struct ExpCubic<float> {
    static constexpr double c[] = {0.166666663698, 0.0416663604285, 0.00833338945836, 0.00139406684645,
                                   0.000198458814007};
};

template <class T>
COSTATE_INLINE T exp_cubic(T r) {
    return polynomial(r, r * r, ExpCubic<T>::c);
}

// core (4)
template <class T>
struct Reduced {
    T r;
    Bits<T> n;  // + bias, below bits that power_of_two ignores
};
template <class T>
constexpr T log2_e = static_cast<T>(0x1.71547652b82fep+0);
template <class T>
constexpr T exp_shifter = rounding_shifter<T> + static_cast<T>(Format<T>::bias);
template <class T>
COSTATE_INLINE Whole<T> whole_powers_in(T x) {  // the n of core (4)
    const T shifted = fma_if_fast(x, log2_e<T>, exp_shifter<T>);
    return {shifted - exp_shifter<T>, bits_of(shifted)};
}
template <class T>
COSTATE_INLINE Reduced<T> reduce_by_ln2(T x) {
    const auto n = whole_powers_in(x);
    return {fma_if_fast(-n.value, Ln2<T>::tail, fma_if_fast(-n.value, Ln2<T>::short_head, x)), n.biased};
}

// core (4). 2^n in two factors: one alone would leave the range before e^x does.
template <class T>
COSTATE_INLINE T exp_of(Reduced<T> x) {
    const T r = x.r, e_to_r = 1 + fma_if_fast(r * r, fma_if_fast(r, exp_cubic(r), T(0.5)), r);
    const Bits<T> twice = x.n + Format<T>::bias, half = twice >> 1;
    return e_to_r * power_of_two<T>(half) * power_of_two<T>(twice - half);
}

// (a) of r − low, times `unit`, a power of two; scale is unit 2^n. e^(r − low) is e^r − low (1 + r), as near as need be.
template <class T>
COSTATE_INLINE T expm1_of(T r, T low, T scale, T unit) {
    const T second = fma_if_fast(r, T(0.5), fma_if_fast(r * r, exp_cubic(r), -low));
    return fma_if_fast(scale, fma_if_fast(r, second, -low), fma_if_fast(scale, r, scale - unit));
}

}  // namespace detail

template <class T>
COSTATE_INLINE T exp(T x) {
    using Range = detail::Range<T>;
    return detail::exp_of(detail::reduce_by_ln2(detail::at_least(Range::lowest, detail::at_most(Range::highest, x))));
}

template <class T>
COSTATE_INLINE T expm1(T x) {
    using Range = detail::Range<T>;
    constexpr auto bias = detail::Format<T>::bias;
    const auto [r, n] = detail::reduce_by_ln2(detail::at_least(Range::minus_one, detail::at_most(Range::highest, x)));
    const detail::Bits<T> twice = n + bias, half = twice >> 1;  // two factors, as in exp_of
    const T scale = detail::power_of_two<T>(twice - half), unit = detail::power_of_two<T>(2 * bias - half);
    return detail::signed_as(x, detail::expm1_of(r, T(0), scale, unit) * detail::power_of_two<T>(half));
}

template <class T>
COSTATE_INLINE T tanh(T x) {
    using Ln2 = detail::Ln2<T>;
    const T twice = 2 * detail::at_most(detail::Range<T>::one, detail::magnitude(x));
    // The second form of (b) as long as n = 0, below ln 2 / 2: the sign of a difference is less work than a choice.
    const T exponent = detail::signed_as(twice - T(0.34), twice);
    // n is small and the digits matter most for n ≤ 1, where n ln 2 needs no rounding: so no short head.
    const auto n = detail::whole_powers_in(exponent);
    const T r = detail::fma_if_fast(-n.value, Ln2::nearest, exponent), low = n.value * Ln2::rest;
    const T t = detail::expm1_of(r, low, detail::power_of_two<T>(n.biased), T(1));
    return detail::signed_as(x, detail::magnitude(t / (t + 2)));
}

template <class T>
COSTATE_INLINE T sigmoid(T x) {
    const T z =
        detail::exp_of(detail::reduce_by_ln2(detail::at_least(detail::Range<T>::lowest, -detail::magnitude(x))));
    return (x > 0 ? 1 : z) / (1 + z);
}

}  // namespace costate::COSTATE_ELEMENTARY
