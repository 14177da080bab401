// core/kernels/permute.hpp — the axes of a tensor in another order
//   y[i₀, i₁, ...] = x[j₀, j₁, ...]   with j_axes[k] = i_k: axis k of y is axis axes[k] of x
// Neighbouring axes that stay neighbours are one. What is innermost in both is copied as it lies; otherwise the innermost
// axis of x and that of y span planes, and each plane is a transpose (core/kernels/transpose.hpp).
#pragma once
#include <cstdint>
#include <span>

#include "core/tensor.hpp"  // brings: View, MutableView

namespace costate {

void permute(const View& x, std::span<const std::int8_t> axes, const MutableView& y);  // must not overlap

}  // namespace costate
