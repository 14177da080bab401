// core/elementary/in_c_log.cpp — log.hpp and pow.hpp as C, and the square root
#include "core/elementary/c_text.hpp"

namespace costate::elementary::c_text {
namespace {

constexpr Function log_texts[] = {
    {"split", R"(
/* x = 2^k (1 + f), (1/2)^(1/2) <= 1 + f < 2^(1/2): the f, and k + bias     (a) of log.hpp */
static real @split(real x, uint *biased) {
    const uint moved = @bits_of(x) - $root_half + $one;
    *biased = moved >> $fraction;
    return @from_bits((moved & $fraction_mask) + $root_half) - 1;
}
)"},
    {"exponent", R"(
/* k from k + bias: in the last places of a number so large that these count ones, minus that number */
static real @exponent(uint biased) {
    return @from_bits($bits_of_ones + biased) - $ones_and_bias;
}
)"},
    {"log_of", R"(
/* k ln 2 + log(1 + f) = k ln 2 + f - (h - s (h + s^2 R)), s = f / (2 + f), h = f^2/2     (b) of log.hpp */
static real @log_of(real k, real f) {
    const real s = f / (2 + f), z = s * s, h = $0.5 * f * f;
    const real correction = s * (z * @log_R(z) + h) + k * $ln2_tail;
    return k * $ln2_short_head + (f - (h - correction));
}
)"},
    {"log1p_within", R"(
/* log u of u = 1 + x, and what its rounding lost added to f; for -1 < x < infinity     (c) of log.hpp */
static real @log1p_within(real x) {
    const real u = 1 + x, x_in_u = u - 1, lost = (1 - (u - x_in_u)) + (x - x_in_u);
    uint biased;
    const real f = @split(u, &biased), shrink = @power_of_two(2 * $bias + 1 - biased) / 2;
    return @log_of(@exponent(biased), lost * shrink + f);
}
)"},
    {"log_limits", R"(
/* inside for 0 < u < infinity; minus infinity at 0, infinity at infinity, no number below 0 or from none */
static real @log_limits(real u, real inside) {
    if (u > 0) return u <= $largest ? inside : u;
    return @from_bits(u == 0 ? $minus_infinity : $nan);
}
)"},
    {"log", R"(
static real @log(real x) {
    const int denormal = x < $smallest_normal;
    uint biased;
    const real f = @split(denormal ? x * $ones : x, &biased);
    const real k = @exponent(biased) - (denormal ? $fraction : 0);
    return @log_limits(x, @log_of(k, f));
}
)"},
    {"log1p", R"(
static real @log1p(real x) { return @log_limits(1 + x, @signed_as(x, @log1p_within(x))); }
)"},
    {"softplus", R"(
/* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)     (d) of log.hpp */
static real @softplus(real x) { return (x < 0 ? 0 : x) + @log1p_within(@exp(-@abs(x))); }
)"},
    {"sqrt", R"(
/* x = m 4^k, 1 <= m < 4: four of Heron's steps lead to within a last place of m's root. In whole numbers of those places
   s is the nearest to the root if m - s^2 lies between -s and s. (Of both products the lower bits alone are there; the
   difference has no others.) No floats are compared: without an FPU that is a call.
   WebAssembly has roots. */
static real @sqrt(real x) {
#if defined(__wasm__) && defined(__NO_MATH_ERRNO__)
    return sizeof x == sizeof(float) ? (real)__builtin_sqrtf((float)x) : (real)__builtin_sqrt(x);
#else
    const uint given = @bits_of(x);
    if (given - 1 >= $infinity - 1) return given > $sign && given <= $minus_infinity ? @from_bits($nan) : x;
    const int denormal = given <= $fraction_mask;
    const uint bits = denormal ? @bits_of(x * $lift_of_root) : given, exponent = bits >> $fraction;
    const uint fraction = bits & $fraction_mask, factor = 2 - (exponent & 1);
    const real m = @from_bits(fraction + $one) * (real)factor;
    real y = m * $0.3333 + $0.6875;
    for (int step = 0; step < 4; ++step) y = $0.5 * (y + m / y);
    uint s = (uint)(whole)(y * $ones);
    const uint rest = ((fraction + $fraction_mask + 1) * factor << $fraction) - s * s;
    const int below = rest >> $sign_place != 0;
    if (!below && rest > s) ++s;
    if (below && 0 - rest >= s) --s;
    return @from_bits(s + ((((exponent + 1) >> 1) + $bias / 2 - 1) << $fraction)) * (denormal ? $back_of_root : 1);
#endif
}
)"},
    {"head_tail", R"(
typedef struct {
    double head, tail;
} @head_tail;
)"},
    {"two_sum", R"(
/* a + b exactly, if |a| >= |b| or a = 0 */
static @head_tail @two_sum(double a, double b) {
    @head_tail sum;
    sum.head = a + b;
    sum.tail = b - (sum.head - a);
    return sum;
}
)"},
    {"two_product", R"(
/* a b exactly: a = its upper 26 bits + its lower 26 */
static @head_tail @two_product(double a, double b) {
    const double splitter = 0x1p27 + 1;
    const double a_high = splitter * a - (splitter * a - a), b_high = splitter * b - (splitter * b - b);
    const double a_low = a - a_high, b_low = b - b_high;
    @head_tail product;
    product.head = a * b;
    product.tail = ((a_high * b_high - product.head) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return product;
}
)"},
    {"log_head_tail", R"(
/* log x to twice the digits, as k ln 2 + 2s + s^3 (2/3 + s^2 Q(s^2)), s = f / (2 + f)     (b) of pow.hpp */
static @head_tail @log_head_tail(double x) {
    const int denormal = x < $smallest_normal;
    uint biased;
    const double f = @split(denormal ? x * $ones : x, &biased);
    const double k = @exponent(biased) - (denormal ? $fraction : 0);

    const @head_tail below = @two_sum(2, f);
    const double inverse = 1 / below.head, s = f * inverse;
    const @head_tail back = @two_product(s, below.head);
    const double s_tail = ((f - back.head) - back.tail - s * below.tail) * inverse; /* the division's remainder */

    @head_tail square = @two_product(s, s);
    square.tail += 2 * s * s_tail;
    @head_tail cube = @two_product(s, square.head);
    cube.tail += s * square.tail + s_tail * square.head;
    const double rest = @pow_Q(square.head);
    const @head_tail factor = @two_sum($two_thirds, square.head * rest + $two_thirds_tail);
    @head_tail term = @two_product(cube.head, factor.head);
    term.tail += cube.head * factor.tail + cube.tail * factor.head;

    const @head_tail first = @two_sum(k * $ln2_short_head, 2 * s), sum = @two_sum(first.head, term.head);
    const double tail = sum.tail + (first.tail + (term.tail + (2 * s_tail + k * $ln2_tail)));
    @head_tail result = @two_sum(sum.head, tail);
    result.head = @log_limits(x, result.head);
    if (!(@abs(result.head) <= $largest)) result.tail = 0;
    return result;
}
)",
     For::only_double},
    {"power", R"(
/* a^y = exp(y log a) for 0 <= a     (a) of pow.hpp */
static double @power(double a, double y) {
    const @head_tail log_a = @log_head_tail(a);
    @head_tail exponent = @two_product(y, log_a.head);
    exponent.tail += y * log_a.tail;
    const double clamped = @at_least($lowest, @at_most($highest, exponent.head));
    uint n;
    double r = @reduce_by_ln2(clamped, &n);
    if (clamped == exponent.head && clamped != 0) r += exponent.tail; /* elsewhere it may be no number */
    return @exp_of(r, n);
}
)",
     For::only_double},
    {"power", R"(
/* a^y = exp(y log a) for 0 <= a; a double has the digits for it     (a) of pow.hpp */
static real @power(real a, real y) { return (real)@double_exp((double)y * @double_log((double)a)); }
)",
     For::only_float},
    {"is_whole", R"(
static int @is_whole(real x) {
    const real a = @abs(x);
    return a >= $ones || (a + $ones) - $ones == a;
}
)"},
    {"pow", R"(
/* |x|^y with a sign, and its limits: C11, annex F.10.4.4 */
static real @pow(real x, real y) {
    if (y == 0 || x == 1) return 1;
    if (@abs(x) == 1 && @abs(y) > $largest) return 1;
    const real a = @power(@abs(x), y);
    if (@signed_as(x, 1) > 0) return a;
    if (@is_whole(y)) return @is_whole(y / 2) ? a : -a;
    return x == 0 || @abs(x) > $largest ? a : @from_bits($nan);
}
)"},
};

}  // namespace

std::span<const Function> of_log() { return log_texts; }

}  // namespace costate::elementary::c_text
