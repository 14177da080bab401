// core/elementary/trig.hpp — sin x, cos x and tan x
//   x = n π/2 + r,   |r| ≤ π/4                        n whole: one addition rounds it                     (a)
//   sin x, cos x = ± sin r or ± cos r                 as n mod 4 says                                     (b)
//   sin r = r + r³ S(r²)      cos r = 1 − r²/2 + r⁴ C(r²)                                                 (c)
//   tan x = sin r / cos r or −cos r / sin r           for n even or odd                                   (d)
// (a) subtracts n π/2 in three parts. The first two have 36 bits: their products with n < 2^17 are exact, so that r is
// right even where x is so near a multiple of π/2 that the first 60 bits cancel.
// source   (a): Cody & Waite 1980. S, C: our own minimax fits by Remez's exchange; relative errors 2^-58 and 2^-64.
// why      Beyond 10^5 n needs more bits and π/2 more parts: core/elementary/far_angle.hpp. A call would keep a loop from
//          being vectorised, so whole spans have a loop of their own.
//          Float goes through double, where (a) is easy: float has not the bits for it.
#pragma once
#include "core/elementary/far_angle.hpp"  // brings: Angle, far_angle
#include "core/loops.hpp"                 // brings: COSTATE_INDEPENDENT
#include "core/real.hpp"                  // brings: Index

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

constexpr double largest_angle = 1e5;

inline constexpr double half_pi[] = {0x1.921fb54440000p+0, 0x1.68c234c4c0000p-39, 0x1.98a2e03707345p-77};
constexpr double two_over_pi = 0x1.45f306dc9c883p-1;

COSTATE_INLINE Angle reduce_by_half_pi(double x) {  // (a)
    const double shifted = fma_if_fast(x, two_over_pi, rounding_shifter<double>);
    const double n = shifted - rounding_shifter<double>;
    const double r = fma_if_fast(-n, half_pi[1], fma_if_fast(-n, half_pi[0], x));
    return {fma_if_fast(-n, half_pi[2], r), bits_of(shifted)};
}

inline constexpr double sin_S[] = {-0.16666666666666632027,  0.0083333333333224136369,  -0.00019841269829807805691,
                                   2.7557313691917089501e-6, -2.5050758115100747609e-8, 1.5896795642773426136e-10};
inline constexpr double cos_C[] = {0.041666666666666599476,   -0.0013888888888874123921, 0.000024801587289482177193,
                                   -2.7557314352329869356e-7, 2.0875723272751931909e-9,  -1.1359647775676277032e-11};
struct SineCosine {
    double sine, cosine;
};
COSTATE_INLINE SineCosine sin_cos_of(double r) {  // (c)
    const double z = r * r;
    const double S = polynomial(z, z * z, sin_S);
    const double C = polynomial(z, z * z, cos_C);
    return {fma_if_fast(r * z, S, r), 1 + z * fma_if_fast(z, C, -0.5)};
}
COSTATE_INLINE double sin_of(Angle x) {  // (b)
    const auto [sine, cosine] = sin_cos_of(x.r);
    const double y = (x.quadrant & 1) != 0 ? cosine : sine;
    return real_of<double>(bits_of(y) ^ (x.quadrant & 2) << (Format<double>::sign - 1));
}
COSTATE_INLINE double tan_of(Angle x) {  // (d)
    const auto [sine, cosine] = sin_cos_of(x.r);
    const bool odd = (x.quadrant & 1) != 0;
    return (odd ? -cosine : sine) / (odd ? sine : cosine);
}

// A cosine is the sine of one quadrant further.
COSTATE_INLINE double cos_of(Angle x) { return sin_of({x.r, x.quadrant + 1}); }

template <class T>
COSTATE_INLINE bool is_near(T x) {
    return magnitude(x) <= static_cast<T>(largest_angle);
}
template <class T>
COSTATE_INLINE T near_sin(T x) {
    const T y = static_cast<T>(sin_of(reduce_by_half_pi(x)));
    return x == 0 ? x : y;  // sin(−0) is −0
}
template <class T>
COSTATE_INLINE T near_cos(T x) {
    return static_cast<T>(cos_of(reduce_by_half_pi(x)));
}

template <class T>
COSTATE_INLINE T near_tan(T x) {
    const T y = static_cast<T>(tan_of(reduce_by_half_pi(x)));
    return x == 0 ? x : y;
}

// y_i = f(x_i), y = x allowed; `near` is f where all angles are small, which is nearly always.
template <class T, class Near, class F>
inline void for_span(const T* x, T* y, Index n, Near near, F f) {
    bool all_near = true;
    for (Index i = 0; i < n; ++i) all_near &= is_near(x[i]);
    if (all_near) {
        COSTATE_INDEPENDENT
        for (Index i = 0; i < n; ++i) y[i] = near(x[i]);
    } else {
        for (Index i = 0; i < n; ++i) y[i] = f(x[i]);
    }
}

}  // namespace detail

template <class T>
inline T sin(T x) {
    return detail::is_near(x) ? detail::near_sin(x) : static_cast<T>(detail::sin_of(detail::far_angle(x)));
}
template <class T>
inline T cos(T x) {
    return detail::is_near(x) ? detail::near_cos(x) : static_cast<T>(detail::cos_of(detail::far_angle(x)));
}
template <class T>
inline T tan(T x) {
    return detail::is_near(x) ? detail::near_tan(x) : static_cast<T>(detail::tan_of(detail::far_angle(x)));
}
template <class T>
inline void sin(const T* x, T* y, Index n) {
    detail::for_span(
        x, y, n, [](T a) { return detail::near_sin(a); }, [](T a) { return sin(a); });
}
template <class T>
inline void cos(const T* x, T* y, Index n) {
    detail::for_span(
        x, y, n, [](T a) { return detail::near_cos(a); }, [](T a) { return cos(a); });
}
template <class T>
inline void tan(const T* x, T* y, Index n) {
    detail::for_span(
        x, y, n, [](T a) { return detail::near_tan(a); }, [](T a) { return tan(a); });
}

}  // namespace costate::COSTATE_ELEMENTARY
