// core/elementary/pow.hpp — x^y through exp and log
//   |x|^y = exp(y log |x|)                                                                                (a)
// An error ε of the exponent is a relative error ε of the result, and the exponent may be 745: in double, log |x| is
// needed to about 2^-64, ten bits beyond a double, so it is computed as head + tail. (In float, a double has them.)
//   log(1 + f) = 2s + s³ (2/3 + s² Q(s²))             s = f / (2 + f), f as in core/elementary/log.hpp (a)   (b)
// source   (b): the series of 2 artanh s. Q: our own minimax fit by Remez's exchange, relative to log: 2^-66.
//          Which x^y is what at 0, ∞, −1 and nan: C11, annex F.10.4.4.
#pragma once
#include <cmath>  // brings: std::floor

#include "core/elementary/log.hpp"  // brings: split, log_limits, exp

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

inline constexpr double pow_Q[] = {0.40000000000002287547, 0.28571428570083690118, 0.22222222522887565312,
                                   0.1818178409728011927,  0.15386770206239956381, 0.13256508318424346393,
                                   0.13199283930476305676};

inline constexpr double two_thirds[] = {0x1.5555555555555p-1, 0x1.5555555555555p-55};  // head and tail

// log x for 0 ≤ x. Each step keeps in the tail what it rounds off the head.
COSTATE_INLINE HeadTail log_head_tail(double x) {
    const bool denormal = x < smallest_normal<double>;
    const auto m = split(denormal ? x * lift<double> : x);
    const double k = m.k() - (denormal ? Format<double>::fraction : 0), f = m.f;

    const HeadTail below = two_sum_ordered(2, f);
    const double inverse = 1 / below.head, s = f * inverse;
    const HeadTail back = two_product(s, below.head);
    const double s_tail = ((f - back.head) - back.tail - s * below.tail) * inverse;  // the division's remainder

    HeadTail square = two_product(s, s);
    square.tail += 2 * s * s_tail;
    HeadTail cube = two_product(s, square.head);
    cube.tail += s * square.tail + s_tail * square.head;
    const double rest = polynomial(square.head, square.head * square.head, pow_Q);
    const HeadTail factor = two_sum_ordered(two_thirds[0], square.head * rest + two_thirds[1]);
    HeadTail term = two_product(cube.head, factor.head);
    term.tail += cube.head * factor.tail + cube.tail * factor.head;

    const HeadTail first = two_sum_ordered(k * Ln2<double>::short_head, 2 * s);
    const HeadTail sum = two_sum_ordered(first.head, term.head);
    const double tail = sum.tail + (first.tail + (term.tail + (2 * s_tail + k * Ln2<double>::tail)));
    const HeadTail inside = two_sum_ordered(sum.head, tail);
    const double head = log_limits(x, inside.head);
    return {head, magnitude(head) < infinity<double> ? inside.tail : 0};
}

// (a) for a = |x|
COSTATE_INLINE double power(double a, double y) {
    using Range = Range<double>;
    const HeadTail log_a = log_head_tail(a);
    HeadTail exponent = two_product(y, log_a.head);
    exponent.tail += y * log_a.tail;
    const double clamped = at_least(Range::lowest, at_most(Range::highest, exponent.head));
    auto reduced = reduce_by_ln2(clamped);
    const double tail = clamped == exponent.head ? exponent.tail : 0;  // elsewhere, and at 0, it may be inf − inf
    reduced.r += clamped == 0 ? 0 : tail;
    return exp_of(reduced);
}
COSTATE_INLINE float power(float a, float y) {
    return static_cast<float>(exp(static_cast<double>(y) * log(static_cast<double>(a))));
}

}  // namespace detail

template <class T>
COSTATE_INLINE T pow(T x, T y) {
    using namespace detail;
    // One choice after the other, each by one comparison: g++ turns those into vectors, && and || it does not.
    const T a = power(magnitude(x), y), half = y / 2;
    const T even_or_odd = std::floor(half) == half ? T(1) : T(-1);
    const T finite_fraction = magnitude(x) < infinity<T> ? nan<T> : T(1);
    const T fraction = x == 0 ? T(1) : finite_fraction;
    const T minus_one_to_y = std::floor(y) == y ? even_or_odd : fraction;  // with |x|^y's limits at 0 and ∞
    const T p = signed_as(x, T(1)) < 0 ? minus_one_to_y * a : a;
    const T far = magnitude(x) == 1 ? T(1) : p, q = magnitude(y) == infinity<T> ? far : p;
    const T one = x == 1 ? T(1) : q;
    return y == 0 ? T(1) : one;
}

}  // namespace costate::COSTATE_ELEMENTARY
