// tests/core/pinned_bits.hpp — a long stream of each kind of random numbers as one hash, and the hash that it must have
// The numbers are the same for every compiler, processor, optimisation and flag; each precision rounds them once.
#pragma once
#include <cstring>
#include <vector>

#include "core/random.hpp"

namespace costate::test {

inline std::uint64_t hash_of(const void* data, std::size_t size) {  // FNV-1a, 64 bit
    std::uint64_t hash = 0xCBF29CE484222325;
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001B3;
    return hash;
}

struct PinnedBits {
    std::uint64_t uniform, normal, shifted, permutation, doubles;
    bool operator==(const PinnedBits&) const = default;
};

inline PinnedBits drawn_bits() {
    constexpr std::size_t n = 100'000;
    Rng rng(2024);
    std::vector<Real> x(n);
    PinnedBits bits{};
    rng.fill_uniform(x, -0.3, 1.7);
    bits.uniform = hash_of(x.data(), n * sizeof(Real));
    rng.fill_normal(x);
    bits.normal = hash_of(x.data(), n * sizeof(Real));
    rng.fill_normal(x, 0.1, 3.3);
    bits.shifted = hash_of(x.data(), n * sizeof(Real));
    std::vector<Index> order(n);
    rng.permutation(order);
    std::vector<std::int64_t> places(order.begin(), order.end());
    bits.permutation = hash_of(places.data(), n * sizeof(std::int64_t));
    std::vector<double> y(n);
    for (double& entry : y) entry = rng.normal() + rng.uniform(-0.1, 0.7);
    bits.doubles = hash_of(y.data(), n * sizeof(double));
    return bits;
}

// On machines whose numbers lie least significant byte first.
inline PinnedBits pinned_bits() {
    constexpr std::uint64_t shuffled = 0x07F98844019A2AE1, doubles = 0x3BF57666B7EE9F25;
    if (sizeof(Real) == sizeof(double))
        return {0x4D7B093485A0111A, 0x57A0F021C3C88467, 0x8EAB7732CE03A655, shuffled, doubles};
    return {0xF0335974DEF8A1AA, 0x259587B77A7C5F01, 0x5971D74AF6384A1C, shuffled, doubles};
}

}  // namespace costate::test
