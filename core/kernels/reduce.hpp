// core/kernels/reduce.hpp — sums, maxima and log Σ exp over any set of axes
//   sum          y_j = Σ_i x_ij
//   max_over     y_j = max_i x_ij                                        a nan among them: nan
//   logsumexp    y_j = m_j + log Σ_i exp(x_ij - m_j)      m = max_over x, or 0 where that is not finite
// shapes   bit a of `axes`: axis a is summed over; y has x's other axes in their order (those summed over may stay as 1).
// Over nothing a sum is 0, a maximum and a logsumexp are -inf. x and y do not overlap.
//
// The order of the additions, and with it every bit, is part of the interface:
//   axis 0 kept      a row's result depends on that row alone, not on how many rows lie beside it. Neighbouring entries
//                    (last axes) are added in 16 lanes, lane l + 8 then joins lane l, l + 4, l + 2, l + 1; fewer than 16
//                    in order. Such lines, and entries that are not neighbours, are added in the order of their places.
//   axis 0 summed    r_i is row i summed over the other axes; y = ((y + w₀ r₀) + w₁ r₁) + ... in the order of the rows,
//                    so that Into::extend over one part of the rows after the other equals one call over all of them,
//                    as long as those are sum_block or fewer.
//   sum_ranged       the same chain, but for each range of core/rows.hpp; then y = (p₀ + p₁) + p₂ ...: bits (2)
//   longer           Of more than sum_block terms (entries of a line, lines, rows) each chain is halved: core/rows.hpp.
// why      subtracting the maximum keeps exp from overflowing and leaves one term equal to 1: no digit is lost.
#pragma once
#include "core/kernels/into.hpp"  // brings: Into
#include "core/tensor.hpp"        // brings: View, MutableView
#include "core/width.hpp"         // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

// row_weights: w, one for each entry of axis 0, which must then be among the axes; null stands for ones.
void sum(const View& x, unsigned axes, const MutableView& y, Into into = Into::assign,
         const Real* row_weights = nullptr);
void sum_ranged(const View& x, unsigned axes, const MutableView& y);
void max_over(const View& x, unsigned axes, const MutableView& y);
void logsumexp(const View& x, unsigned axes, const MutableView& y);

}  // namespace costate::inline COSTATE_WIDTH
