// core/kernels/broadcast.hpp — repeating entries, and its transpose: adding up what was repeated
//   broadcast_to   y = P x      every entry of x copied to all places that it takes in y's shape
//   sum_to         y = Pᵀ x     every entry of y the sum of those places; ⟨P a, b⟩ = ⟨a, Pᵀ b⟩
// why      A gradient that flows back through a broadcast is the transpose, a sum over the repeated axes. Over the rows it
//          is made in the ranges of core/rows.hpp.
#pragma once
#include "core/tensor.hpp"  // brings: View, MutableView

namespace costate {

unsigned repeated_axes(const Shape& from, const Shape& to);  // bit a: `from` repeats along axis a of `to`

void broadcast_to(const View& x, const MutableView& y);
void sum_to(const View& x, const MutableView& y);

}  // namespace costate
