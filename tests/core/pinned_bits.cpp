// tests/core/pinned_bits.cpp — a program of core/random.cpp and core/error.cpp alone that compares the pinned bits: built
// by tests/pinned_bits.sh with many compilers, processors and flags
#include "tests/core/pinned_bits.hpp"

#include <cinttypes>
#include <cstdio>

int main() {
    const costate::test::PinnedBits drawn = costate::test::drawn_bits();
    if (drawn == costate::test::pinned_bits()) return 0;
    std::printf("uniform 0x%" PRIX64 ", normal 0x%" PRIX64 ", shifted 0x%" PRIX64 ", permutation 0x%" PRIX64
                ", doubles 0x%" PRIX64 "\n",
                drawn.uniform, drawn.normal, drawn.shifted, drawn.permutation, drawn.doubles);
    return 1;
}
