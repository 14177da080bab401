// tests/core/sequence.hpp — bits to draw points of functions from, the same on every machine
#pragma once
#include <cstdint>

namespace costate::test {

struct Bits {  // any sequence will do: Steele, Lea & Flood's SplitMix64
    std::uint64_t state = 1;
    std::uint64_t operator()() {
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    double uniform(double low, double high) {
        return low + (high - low) * static_cast<double>((*this)() >> 11) * 0x1p-53;
    }
};

}  // namespace costate::test
