// examples/chip/spiral.hpp — what the laws that are printed as C have learnt from: a spiral, seen at some times
//   x' = −0.1 x + 2 y,  y' = −2 x − 0.1 y      from (2, 0)
#pragma once
#include <array>
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor
#include "ode/plain.hpp"    // brings: solve of numbers

inline costate::Tensor spiral_at(const std::vector<costate::Number>& times) {  // [T,1,2]
    using costate::Index, costate::Real;
    const auto spiral = [](double, std::span<const Real> z, std::span<Real> dz) {
        dz[0] = Real(-0.1) * z[0] + 2 * z[1];
        dz[1] = -2 * z[0] - Real(0.1) * z[1];
    };
    const auto seen = costate::ode::solve(spiral, std::array{Real(2), Real(0)}, times, {.rtol = 1e-5, .atol = 1e-5}).z;
    costate::Tensor data({std::ssize(times), 1, 2});
    for (Index i = 0; i < std::ssize(times); ++i) data[2 * i] = seen[i][0], data[2 * i + 1] = seen[i][1];
    return data;
}
