// ode/steps/direction.hpp — the direction in which a switch looks ahead, ode/switching/switching.hpp (a): drawn, turned by f
// In units w of the tolerance; and the largest of all numbers counts, as one of a thousand may be the steep one.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/real.hpp"       // brings: Index
#include "core/scrambled.hpp"  // brings: scrambled, golden_gamma

namespace costate::ode::ahead {

// The i-th number of a direction that no field knows: from −1 to −½, or from ½ to 1.
inline Number drawn(Index i) {
    const std::uint64_t x = scrambled((static_cast<std::uint64_t>(i) + 1) * golden_gamma);
    const Number size = 0.5 + 0.5 * static_cast<Number>(x >> 12) * 0x1p-52;
    return (x & 1) != 0 ? size : -size;
}
// d gets so much of it. A hundredth keeps alive what is steep later, and of which nothing would be left.
template <class T, class Unit>
void stir(T* d, Index n, Number share, Unit&& w) {
    for (Index i = 0; i < n; ++i) d[i] = static_cast<T>(Number(d[i]) + share * drawn(i) * w(i));
}

// What f has made of d: the largest number of both, and sums of products.
struct Steepness {
    Number largest_of_d = 0, largest = 0, of_d = 0, along = 0, of_change = 0;
    template <class T, class Unit>
    void add(const T* d, const T* change, Index n, Unit&& w) {
        for (Index i = 0; i < n; ++i) {
            const Number was = Number(d[i]) / w(i), is = Number(change[i]) / w(i);
            largest_of_d = std::max(largest_of_d, std::abs(was));
            largest = std::abs(is) <= largest || std::isnan(largest) ? largest : std::abs(is);
            of_d += was * was;
            along += was * is;
            of_change += is * is;
        }
    }
    bool is_number() const { return std::isfinite(largest); }
    bool is_known() const { return largest_of_d > 0 && largest > 0 && is_number(); }
    Number rho() const { return is_known() ? largest / largest_of_d : 0; }
    bool grows() const { return along > 0.9 * std::sqrt(of_d * of_change); }
    bool falls() const { return along < -0.9 * std::sqrt(of_d * of_change); }
};

// d ← Δf, a tolerance long; where f is no number there, the other side.
template <class T>
void turn(T* d, const T* change, const Steepness& seen, Index n) {
    for (Index i = 0; i < n; ++i)
        d[i] = seen.is_known() ? static_cast<T>(Number(change[i]) / seen.largest) : seen.is_number() ? T(0) : -d[i];
}

}  // namespace costate::ode::ahead
