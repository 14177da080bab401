// core/random.hpp — the same seed gives the same random numbers on every machine
//   z = seed + i γ  (mod 2^64, i = 1, 2, ...),  γ = 2^64 / golden ratio, odd                                bits (3)
//   z = (z ^ z>>30) m1,  z = (z ^ z>>27) m2,  bits = z ^ z>>31                                                   (a)
//   uniform u = (bits >> 11) 2^-53 in [0, 1)                                                                bits (3)
//   normal  r = sqrt(-2 ln(1 - u1)),  then  r cos(2π u2),  r sin(2π u2)                                          (b)
// source   bits (3), (a): SplitMix64 — Steele, Lea & Flood 2014, with Vigna's constants.   (b): Box & Muller 1958
// why      The i-th number depends on (seed, i) alone: a state is two integers, saving and restoring it is trivial.
//          (b) has no rejection loop, so that a number never shifts those after it; 1 - u1 is never 0, so the logarithm
//          is finite. ln, cos and sin are ours, because the C library's last bit differs from platform to platform, and
//          never use a fused multiply-add, because not every machine has one.
// float    Where a Number is a float, u = (bits >> 40) 2^-24: other numbers than those of doubles.
// not for  secrets: anybody who sees two numbers can compute the rest.
#pragma once
#include <cstdint>
#include <limits>
#include <span>

#include "core/error.hpp"  // brings: Where
#include "core/real.hpp"   // brings: Real, Number, Index

namespace costate {

class Rng {
public:
    struct State {
        std::uint64_t seed = 0, counter = 0;  // counter: how many numbers have been drawn
        bool operator==(const State&) const = default;
    };

    explicit Rng(std::uint64_t seed) : state_{seed, 0} {}
    explicit Rng(State state) : state_(state) {}
    const State& state() const { return state_; }
    bool operator==(const Rng&) const = default;

    std::uint64_t bits();  // (a): 64 of them
    Number uniform() {
        return static_cast<Number>(bits() >> (64 - digits)) * unit;
    }                                        // bits (3); as a float, of 24 bits
    Number uniform(Number a, Number b);      // rounding may reach b itself
    Number normal();                         // (b), the cosine; takes two numbers, as an array of one does
    Index below(Index n, Where at = {});     // 0 .. n - 1, all equally likely; n < 1 is an error
    void permutation(std::span<Index> out);  // 0 .. n - 1 in random order, all n! orders equally likely

    // Computed as a Number and rounded to Real: a float build draws the same numbers. An odd count drops the last normal.
    void fill_uniform(std::span<Real> out, Number a, Number b);
    void fill_normal(std::span<Real> out, Number mean = 0, Number deviation = 1);

    // An independent generator for a purpose of its own: seed' = mix(seed ^ mix(label + γ)). It depends on seed and
    // label, never on how many numbers were drawn, so that one more draw in one place changes no other. Labels never
    // collide, since mix is a bijection; two streams of n numbers overlap with probability 2n / 2^64.
    Rng split(std::uint64_t label) const;

private:
    static constexpr int digits = std::numeric_limits<Number>::digits;  // 53
    static constexpr Number unit = Number(1) / static_cast<Number>(std::uint64_t(1) << digits);

    State state_;
};

}  // namespace costate
