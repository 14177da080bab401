// core/elementary/in_c_exp.cpp — bits.hpp, exp.hpp and erf.hpp as C
#include "core/elementary/c_text.hpp"

namespace costate::elementary::c_text {
namespace {

constexpr Function exp_texts[] = {
    {"bits_of", R"(
static uint @bits_of(real x) {
    uint bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
)"},
    {"from_bits", R"(
static real @from_bits(uint bits) {
    real x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
)"},
    {"abs", R"(
static real @abs(real x) { return @from_bits(@bits_of(x) & ~$sign); }
)"},
    {"signed_as", R"(
/* y with the sign of x, for y >= 0 or of x's sign already */
static real @signed_as(real x, real y) {
    return @from_bits(@bits_of(y) | (@bits_of(x) & $sign));
}
)"},
    {"power_of_two", R"(
static real @power_of_two(uint biased) { return @from_bits(biased << $fraction); }
)"},
    {"at_most", R"(
static real @at_most(real limit, real x) { return limit < x ? limit : x; }
)"},
    {"at_least", R"(
static real @at_least(real limit, real x) { return limit > x ? limit : x; }
)"},
    {"whole_powers_in", R"(
/* the n of x = n ln 2 + r, |r| <= ln 2 / 2: one addition rounds it; n + bias is left in the lowest bits     core (4) */
static real @whole_powers_in(real x, uint *biased) {
    const real shifted = x * $log2_e + $exp_shifter;
    *biased = @bits_of(shifted);
    return shifted - $exp_shifter;
}
)"},
    {"reduce_by_ln2", R"(
/* the r */
static real @reduce_by_ln2(real x, uint *biased) {
    const real n = @whole_powers_in(x, biased);
    return -n * $ln2_tail + (-n * $ln2_short_head + x);
}
)"},
    {"exp_of", R"(
/* 2^n e^r, 2^n in two factors; e^r = 1 + r + r^2/2 + r^3 c(r)     core (4) */
static real @exp_of(real r, uint biased) {
    const real e_to_r = 1 + (r * r * (r * @exp_cubic(r) + $0.5) + r);
    const uint twice = biased + $bias, half = twice >> 1;
    return e_to_r * @power_of_two(half) * @power_of_two(twice - half);
}
)"},
    {"expm1_of", R"(
/* unit (e^(r - low) - 1) = (scale - unit + scale r) + scale (e^r - 1 - r), scale = unit 2^n     (a) of exp.hpp */
static real @expm1_of(real r, real low, real scale, real unit) {
    const real second = r * $0.5 + (r * r * @exp_cubic(r) - low);
    return scale * (r * second - low) + (scale * r + (scale - unit));
}
)"},
    {"exp", R"(
static real @exp(real x) {
    uint n;
    const real r = @reduce_by_ln2(@at_least($lowest, @at_most($highest, x)), &n);
    return @exp_of(r, n);
}
)"},
    {"expm1", R"(
static real @expm1(real x) {
    uint n;
    const real r = @reduce_by_ln2(@at_least($minus_one, @at_most($highest, x)), &n);
    const uint twice = n + $bias, half = twice >> 1; /* two factors, as in exp_of */
    const real scale = @power_of_two(twice - half), unit = @power_of_two(2 * $bias - half);
    return @signed_as(x, @expm1_of(r, 0, scale, unit) * @power_of_two(half));
}
)"},
    {"tanh", R"(
/* t / (t + 2), t = e^(2|x|) - 1; for small |x| -t / (t + 2), t = e^(-2|x|) - 1     (b) of exp.hpp
   Sizes are compared by their bits: where there is no FPU a comparison is a call. */
static real @tanh(real x) {
    const uint size = @bits_of(@abs(x));
    const int is_one = size > $tanh_one_bits && size <= $infinity;
    const real twice = 2 * @from_bits(is_one ? $tanh_one_bits : size), exponent = @signed_as(twice - $0.34, twice);
    uint biased;
    const real n = @whole_powers_in(exponent, &biased);
    const real r = -n * $ln2_nearest + exponent, low = n * $ln2_rest;
    const real t = @expm1_of(r, low, @power_of_two(biased), 1);
    return @signed_as(x, @abs(t / (t + 2)));
}
)"},
    {"sigmoid", R"(
/* 1 / (1 + z) or z / (1 + z), z = e^-|x|     (c) of exp.hpp */
static real @sigmoid(real x) {
    uint n;
    const real r = @reduce_by_ln2(@at_least($lowest, -@abs(x)), &n), z = @exp_of(r, n);
    return (x > 0 ? 1 : z) / (1 + z);
}
)"},
    {"erf", R"(
/* x + x P(x^2) for |x| < 1, 1 - e^-Q(|x|) beyond     (a), (b) of erf.hpp */
static real @erf(real x) {
    const real a = @abs(x);
    if (a < 1) return @signed_as(x, a * @erf_P(a * a) + a);
    uint n;
    const real r = @reduce_by_ln2(-@erf_Q(@at_most($erf_one, a)), &n);
    return @signed_as(x, 1 - @exp_of(r, n));
}
)"},
};

}  // namespace

std::span<const Function> of_exp() { return exp_texts; }

}  // namespace costate::elementary::c_text
