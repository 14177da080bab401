// core/elementary/in_c_angles.cpp — trig.hpp, far_angle.hpp and atan.hpp as C
#include "core/elementary/c_text.hpp"

namespace costate::elementary::c_text {
namespace {

constexpr Function angle_texts[] = {
    {"near_angle", R"(
/* x = n pi/2 + r for |x| <= 10^5: the r, and n in the lowest bits     (a) of trig.hpp */
static double @near_angle(double x, uint64_t *quadrant) {
    const double shifted = x * $two_over_pi + $rounding_shifter, n = shifted - $rounding_shifter;
    *quadrant = @bits_of(shifted);
    return -n * $half_pi_2 + (-n * $half_pi_1 + (-n * $half_pi_0 + x));
}
)"},
    {"turned", R"(
/* x = m 2^e; m (2^e 2/pi) mod 4: its first 128 bits, two of them in front of the point     (a) of far_angle.hpp */
static uint64_t @turned(double x, uint64_t *low_part) {
    const uint64_t half = 0xFFFFFFFFu, m = (@bits_of(x) & $fraction_mask) + $fraction_mask + 1;
    const uint32_t first = (uint32_t)(@bits_of(@abs(x)) >> 52) - 1013; /* the bit worth 2 */
    uint64_t product[6], w_before = 0, carry = 0, carry_high = 0;
    for (int j = 5; j >= 0; --j) {
        const uint32_t *digits = @two_over_pi_digits + first / 32 + j;
        const uint64_t w = ((uint64_t)digits[0] << 32 | digits[1]) >> (32 - first % 32) & half;
        const uint64_t low = (m & half) * w + carry, high = (m >> 32) * w_before + (low & half) + carry_high;
        product[j] = high & half;
        w_before = w;
        carry = low >> 32;
        carry_high = high >> 32;
    }
    *low_part = product[2] << 32 | product[3];
    return product[0] << 32 | product[1];
}
)"},
    {"far_angle", R"(
/* the same as near_angle for the others: n + g = x 2/pi, r = g pi/2     (b) of far_angle.hpp */
static double @far_angle(double x, uint64_t *quadrant) {
    *quadrant = 0;
    if (!(@abs(x) <= $largest)) return @from_bits($nan);
    uint64_t low, g = @turned(x, &low);
    const uint64_t n = (g + ((uint64_t)1 << 61)) >> 62, pi = $pi_digits, half = 0xFFFFFFFFu;
    g -= n << 62;
    const int below = g >> 63 != 0, left = @signed_as(x, 1) < 0;
    if (below) {
        g = 0 - g - (low != 0);
        low = 0 - low;
    }
    double unit = 0x1p-61;
    for (; g >> 63 == 0; unit /= 2) {
        g = g << 1 | low >> 63;
        low <<= 1;
    }
    const uint64_t r = (g >> 32) * (pi >> 32) + ((g >> 32) * (pi & half) >> 32) + ((g & half) * (pi >> 32) >> 32);
    *quadrant = left ? 0 - n : n;
    return (double)r * (below != left ? -unit : unit);
}
)"},
    {"angle", R"(
static double @angle(double x, uint64_t *quadrant) {
    return @abs(x) <= $largest_angle ? @near_angle(x, quadrant) : @far_angle(x, quadrant);
}
)"},
    {"sine", R"(
static double @sine(double r) { /* (c) of trig.hpp */
    const double z = r * r;
    return r * z * @sin_S(z) + r;
}
)"},
    {"cosine", R"(
static double @cosine(double r) { /* (c) of trig.hpp */
    const double z = r * r;
    return 1 + z * (z * @cos_C(z) - 0.5);
}
)"},
    {"sin_of", R"(
static double @sin_of(double r, uint64_t quadrant) { /* (b) of trig.hpp */
    const double y = quadrant & 1 ? @cosine(r) : @sine(r);
    return @from_bits(@bits_of(y) ^ (quadrant & 2) << 62);
}
)"},
    {"tan_of", R"(
static double @tan_of(double r, uint64_t quadrant) { /* (d) of trig.hpp */
    const double s = @sine(r), c = @cosine(r);
    return quadrant & 1 ? -c / s : s / c;
}
)"},
    {"sin", R"(
static real @sin(real x) {
    uint64_t quadrant;
    const double r = @double_angle((double)x, &quadrant);
    return x == 0 ? x : (real)@double_sin_of(r, quadrant);
}
)"},
    {"cos", R"(
/* a cosine is the sine of one quadrant further */
static real @cos(real x) {
    uint64_t quadrant;
    const double r = @double_angle((double)x, &quadrant);
    return (real)@double_sin_of(r, quadrant + 1);
}
)"},
    {"tan", R"(
static real @tan(real x) {
    uint64_t quadrant;
    const double r = @double_angle((double)x, &quadrant);
    return x == 0 ? x : (real)@double_tan_of(r, quadrant);
}
)"},
    {"placed_atan", R"(
/* base + atan q or base - atan q; base is so many times pi/2, atan q = q + q^3 A(q^2)     (a) of atan.hpp */
static real @placed_atan(real q, real quarters, int minus) {
    const real z = q * q, r = minus ? -q : q;
    return quarters * $quarter_turn + (r + (r * z * @atan_A(z) + quarters * $quarter_turn_tail));
}
)"},
    {"atan", R"(
static real @atan(real x) {
    const real a = @abs(x);
    const int steep = a > 1; /* (b) of atan.hpp */
    return @signed_as(x, @placed_atan(steep ? 1 / a : a, steep ? 1 : 0, steep));
}
)"},
    {"atan2", R"(
static real @atan2(real y, real x) { /* (c) of atan.hpp */
    const real a = @abs(y), b = @abs(x);
    const int steep = a > b, left = @signed_as(x, 1) < 0;
    const real low = steep ? b : a, high = steep ? a : b;
    const real quotient = low == high ? 1 : low / high, q = high == 0 ? low : quotient;
    return @signed_as(y, @placed_atan(q, steep ? 1 : left ? 2 : 0, steep != left));
}
)"},
    {"length_of", R"(
static real @length_of(real a, real b) { /* (d) of atan.hpp */
    const double x = (double)a, y = (double)b;
    return (real)@double_sqrt(x * x + y * y);
}
)",
     For::only_float},
    {"length_of", R"(
static real @length_of(real a, real b) { /* (d) of atan.hpp: scaled where a square would leave the range */
    const real high = a > b ? a : b, low = a > b ? b : a;
    const real scale = high < 0x1p-400 ? 0x1p600 : high > 0x1p500 ? 0x1p-600 : 1;
    const real back = high < 0x1p-400 ? 0x1p-600 : high > 0x1p500 ? 0x1p600 : 1;
    const real h = high * scale, l = low * scale;
    return @sqrt(h * h + l * l) * back;
}
)",
     For::only_double},
    {"hypot", R"(
static real @hypot(real x, real y) {
    const real a = @abs(x), b = @abs(y), length = @length_of(a, b);
    if (b > $largest) return b; /* even beside one that is no number */
    return a > $largest ? a : length;
}
)"},
};

}  // namespace

std::span<const Function> of_angles() { return angle_texts; }

}  // namespace costate::elementary::c_text
