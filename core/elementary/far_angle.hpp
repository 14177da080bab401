// core/elementary/far_angle.hpp — what is left of a large angle when the whole quarter turns are taken away
//   x = m 2^e, m whole       x 2/π = m (2^e 2/π), of which multiples of 4 change no sine                    (a)
//   = n + g,  |g| ≤ 1/2      r = g π/2                                                                      (b)
// source   Payne & Hanek 1983. No double is nearer to a multiple of π/2 than 2^-62, and m has 53 bits: of 2^e 2/π the 192
//          bits from that worth 2 on leave 75 right ones to r. All integers, so r is the same on every machine.
// see      core/elementary/trig.hpp, for what is nearer than 10^5
#pragma once
#include "core/elementary/bits.hpp"

namespace costate::COSTATE_ELEMENTARY {
namespace detail {

struct Angle {
    double r;
    Bits<double> quadrant;  // n in the lowest bits
};

inline constexpr std::uint32_t two_over_pi_digits[] = {
    0,          0,  // of weights above 1; those below, 32 bits a number
    0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561,
    0xB7246E3A, 0x424DD2E0, 0x06492EEA, 0x09D1921C, 0xFE1DEB1C, 0xB129A73E, 0xE88235F5, 0x2EBB4484,
    0xE99C7026, 0xB45F7E41, 0x3991D639, 0x835339F4, 0x9C845F8B, 0xBDF9283B, 0x1FF897FF, 0xDE05980F,
    0xEF2F118B, 0x5A0A6D1F, 0x6D367ECF, 0x27CB09B7, 0x4F463F66, 0x9E5FEA2D, 0x7527BAC7, 0xEBE5F17B,
    0x3D0739F7, 0x8A5292EA, 0x6BFB5FB1, 0x1F8D5D08, 0x56033046};
constexpr std::uint64_t pi_digits = 0xC90FDAA22168C234;  // π 2^62

constexpr std::uint64_t half_word = 0xFFFFFFFF;  // a word's lower half

// m (2^e 2/π) mod 4 for 2^15 < |x| < ∞: its first 128 bits, two of them in front of the point
struct Turned {
    std::uint64_t high, low;
};
inline Turned turned(double x) {  // (a)
    const std::uint64_t m = (bits_of(x) & fraction_mask<double>) | std::uint64_t(1) << 52;
    const auto first = static_cast<std::uint32_t>(bits_of(magnitude(x)) >> 52) - 1013;  // the bit worth 2
    std::uint64_t product[6], w_before = 0, carry = 0, carry_high = 0;
    for (int j = 5; j >= 0; --j) {
        const std::uint32_t* digits = two_over_pi_digits + first / 32 + j;
        const std::uint64_t two = static_cast<std::uint64_t>(digits[0]) << 32 | digits[1];
        const std::uint64_t w = two >> (32 - first % 32) & half_word;
        const std::uint64_t low = (m & half_word) * w + carry;
        const std::uint64_t high = (m >> 32) * w_before + (low & half_word) + carry_high;
        product[j] = high & half_word;
        w_before = w, carry = low >> 32, carry_high = high >> 32;
    }
    return {product[0] << 32 | product[1], product[2] << 32 | product[3]};
}

__attribute__((noinline)) inline Angle far_angle(double x) {  // (b) as whole numbers: g 2^62, π 2^62, r 2^61
    if (!(magnitude(x) < infinity<double>)) return {nan<double>, 0};
    auto [g, low] = turned(x);
    const std::uint64_t n = (g + (std::uint64_t(1) << 61)) >> 62;
    g -= n << 62;
    const bool below = g >> 63 != 0, left = signed_as(x, 1.0) < 0;
    if (below) g = 0 - g - (low != 0), low = 0 - low;
    double unit = 0x1p-61;
    for (; g >> 63 == 0; unit /= 2) g = g << 1 | low >> 63, low <<= 1;
    const std::uint64_t g_high = g >> 32, pi_high = pi_digits >> 32;
    const std::uint64_t r =
        g_high * pi_high + (g_high * (pi_digits & half_word) >> 32) + ((g & half_word) * pi_high >> 32);
    return {static_cast<double>(r) * (below != left ? -unit : unit), left ? 0 - n : n};
}

}  // namespace detail
}  // namespace costate::COSTATE_ELEMENTARY
