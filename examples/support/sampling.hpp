// examples/support/sampling.hpp — what made-up data are made of: noise, and points on a ring
//   const Tensor data = noisy(exact, 0.05, rng);           // + .05 times a standard normal number, entry by entry
//   const auto [x, y] = random_on_ring(1, 1.5, rng);       // radius and angle uniform: denser towards the middle
#pragma once
#include <cmath>
#include <numbers>

#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: Tensor

namespace costate::support {

inline Tensor noisy(Tensor exact, double sigma, Rng& rng) {
    for (Real& x : exact.entries()) x += static_cast<Real>(sigma * rng.normal());
    return exact;
}

struct PlanePoint {
    double x, y;
};

inline PlanePoint random_on_ring(double inner, double outer, Rng& rng) {
    const double radius = rng.uniform(inner, outer), angle = rng.uniform(0, 2 * std::numbers::pi);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace costate::support
