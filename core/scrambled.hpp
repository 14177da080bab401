// core/scrambled.hpp — a number's bits, so mixed that those of neighbours have nothing in common
// source   the finaliser of SplitMix64: Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"
#pragma once
#include <cstdint>

namespace costate {

inline constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15u;  // 2⁶⁴ over the golden ratio, the generator's step

constexpr std::uint64_t scrambled(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

}  // namespace costate
