// tests/optim/point.hpp — what an optimiser is tried on: three numbers, and a step by a gradient that is given
#pragma once
#include <limits>

#include "optim/optimizer.hpp"

namespace costate::test {

inline constexpr double epsilon = static_cast<double>(std::numeric_limits<Real>::epsilon());

inline Parameter point() { return Parameter("x", Tensor({3}, {1, -2, 0.5})); }

inline void step(optim::Optimizer& optimizer, const Tensor& gradient) {
    const View views[1] = {gradient};
    optimizer.step(std::span<const View>(views));
}

}  // namespace costate::test
