// core/random.cpp — every product and every sum is rounded for itself, whatever the machine and whatever the flags:
// a fused multiply-add, made by us or by a compiler that contracts a b + c (as g++ does unless told not to), would
// give other last digits where there is one.
#include "core/random.hpp"

#include <cmath>    // brings: sqrt, which IEEE 754 defines to the last bit
#include <utility>  // brings: swap

#include "core/scrambled.hpp"  // brings: scrambled, golden_gamma

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")  // g++ knows the standard's pragma in C only
#endif
#define COSTATE_ROUND_TWICE
#include "core/elementary/elementary.hpp"  // brings: rounded_twice::log, near_cos, near_sin: our own, not the platform's
#undef COSTATE_ROUND_TWICE

namespace costate {

namespace {

constexpr double two_pi = 6.283185307179586;

// MurmurHash3's finaliser (Appleby): another bijection than (a), so that split seeds are not the parent's numbers.
std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 33)) * 0xFF51AFD7ED558CCD;
    z = (z ^ (z >> 33)) * 0xC4CEB9FE1A85EC53;
    return z ^ (z >> 33);
}

struct Pair {
    double first, second;
};

Pair normal_pair(Rng& rng) {
    const double u1 = rng.uniform(), u2 = rng.uniform();
    const double r = std::sqrt(-2 * rounded_twice::log(1 - u1)), angle = two_pi * u2;
    using namespace rounded_twice::detail;  // of an angle below 2π; for large ones cos and sin ask the platform
    return {r * near_cos(angle), r * near_sin(angle)};
}

}  // namespace

std::uint64_t Rng::bits() {
    return scrambled(state_.seed + ++state_.counter * golden_gamma);  // bits (3), (a)
}

Number Rng::uniform(Number a, Number b) { return a + (b - a) * uniform(); }

Number Rng::normal() { return static_cast<Number>(normal_pair(*this).first); }

Index Rng::below(Index n, Where at) {
    if (n < 1) fail(at, {.what = "Rng::below: there is no such number", .got = text("n = ", n), .expected = "n ≥ 1"});
    // bits % n favours small results unless n divides the number of candidates: refuse the first 2^64 mod n of them.
    const std::uint64_t count = n;
    const std::uint64_t refused = (0 - count) % count;
    std::uint64_t candidate = bits();
    while (candidate < refused) candidate = bits();
    return candidate % count;
}

void Rng::permutation(std::span<Index> out) {
    // Fisher & Yates, inside out: entry i goes to a random place among the first i + 1.
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = i;
        std::swap(out[i], out[below(i + 1)]);
    }
}

void Rng::fill_uniform(std::span<Real> out, Number a, Number b) {
    for (Real& x : out) x = static_cast<Real>(uniform(a, b));
}

void Rng::fill_normal(std::span<Real> out, Number mean, Number deviation) {
    for (std::size_t i = 0; i < out.size(); i += 2) {
        const Pair pair = normal_pair(*this);
        out[i] = static_cast<Real>(mean + deviation * pair.first);
        if (i + 1 < out.size()) out[i + 1] = static_cast<Real>(mean + deviation * pair.second);
    }
}

Rng Rng::split(std::uint64_t label) const { return Rng(mix(state_.seed ^ mix(label + golden_gamma))); }

}  // namespace costate
