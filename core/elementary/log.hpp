// core/elementary/log.hpp — log x, and what is made of it: log1p, softplus
//   x = 2^k (1 + f),   √½ ≤ 1 + f < √2                log x = k ln 2 + log(1 + f)                         (a)
//   log(1 + f) = 2 artanh s = 2s + s³ R(s²)           s = f / (2 + f)                                     (b)
//              = f − (h − s (h + s² R))               h = f²/2, because 2s = f − s f and s f = h − s h
//   log(1 + x): (a) of u = 1 + x rounded, and what the rounding lost added to f                           (c)
//   log(1 + e^x) = max(x, 0) + log(1 + e^−|x|)                                                            (d)
// source   (b): the form of fdlibm's e_log.c (Sun 1993), in which f itself, an exact number, is the leading term. R: our
//          own minimax fits by Remez's exchange, of the error relative to log: 2^-59.5 in double, 2^-30 in float.
// see      core/elementary/elementary.hpp for the errors, measured
#pragma once
#include "core/elementary/exp.hpp"  // brings: Ln2, exp

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

template <class T>
constexpr T ones = 1 / std::numeric_limits<T>::epsilon();  // a number so large that its last place counts ones
template <class T>
constexpr Bits<T> root_half = bits_of(static_cast<T>(0x1.6a09e667f3bcdp-1));

// (a) for 0 < x < ∞, not denormal
template <class T>
struct Split {
    T f;
    Bits<T> biased;  // k + bias
    T k() const {    // as a real: in the last places of `ones`, minus that number
        return real_of<T>(bits_of(ones<T>) + biased) - (ones<T> + static_cast<T>(Format<T>::bias));
    }
};
template <class T>
COSTATE_INLINE Split<T> split(T x) {
    const Bits<T> moved = bits_of(x) - root_half<T> + bits_of(T(1));  // the exponent now steps at √½, √2, ...
    return {real_of<T>((moved & fraction_mask<T>)+root_half<T>) - 1, moved >> Format<T>::fraction};
}

// Denormal numbers, made normal: x times 2^lift, for which log returns to k later.
template <class T>
constexpr T smallest_normal = std::numeric_limits<T>::min();
template <class T>
constexpr T lift = 1 / std::numeric_limits<T>::epsilon();

template <class T>
struct LogR {  // of double
    static constexpr double c[] = {0.66666666666667353828, 0.39999999999407481685, 0.28571428744142688622,
                                   0.22222198378348684876, 0.18183575172032649098, 0.15313755594030710691,
                                   0.14799067755232039881};
};
template <>
struct LogR<float> {
    static constexpr double c[] = {0.666667770535, 0.399774494908, 0.298744201654};
};

// (b)
template <class T>
COSTATE_INLINE T log_of(T k, T f) {
    const T s = f / (2 + f), z = s * s, h = T(0.5) * f * f;
    const T R = polynomial(z, z * z, LogR<T>::c);
    const T correction = fma_if_fast(s, fma_if_fast(z, R, h), k * Ln2<T>::tail);
    return fma_if_fast(k, Ln2<T>::short_head, f - (h - correction));
}

// (c) for −1 < x < ∞
template <class T>
COSTATE_INLINE T log1p_within(T x) {
    const T u = 1 + x, x_in_u = u - 1, lost = (1 - (u - x_in_u)) + (x - x_in_u);
    const auto u_split = split(u);
    // 2^-k as 2^(1-k) / 2: near the largest x the former is 0 where the latter has no bits.
    const T shrink = power_of_two<T>(2 * Format<T>::bias + 1 - u_split.biased) / 2;
    return log_of(u_split.k(), fma_if_fast(lost, shrink, u_split.f));
}

// `inside` for 0 < u < ∞, and the limits: −∞ at 0, ∞ at ∞, no number below 0 or from none
template <class T>
COSTATE_INLINE T log_limits(T u, T inside) {
    const T right = u < infinity<T> ? inside : u;
    return u > 0 ? right : (u == 0 ? -infinity<T> : nan<T>);
}

}  // namespace detail

template <class T>
COSTATE_INLINE T log(T x) {
    const bool denormal = x < detail::smallest_normal<T>;
    const auto s = detail::split(denormal ? x * detail::lift<T> : x);
    const T k = s.k() - (denormal ? T(detail::Format<T>::fraction) : T(0));
    return detail::log_limits(x, detail::log_of(k, s.f));
}

template <class T>
COSTATE_INLINE T log1p(T x) {
    return detail::log_limits(1 + x, detail::signed_as(x, detail::log1p_within(x)));
}

template <class T>
COSTATE_INLINE T softplus(T x) {
    return (x < 0 ? 0 : x) + detail::log1p_within(exp(-detail::magnitude(x)));  // (d)
}

}  // namespace costate::COSTATE_ELEMENTARY
