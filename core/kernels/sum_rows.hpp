// core/kernels/sum_rows.hpp — a matrix summed over its rows: what the gradient of a bias asks for
//   y_j = ((y_j + w_0 x_0j) + w_1 x_1j) + ...       in the order of the rows; `into` says where the chain starts, and
//                                                   core/rows.hpp where a long one is halved
// shapes   x: [R,C]; y: [C]; weights: [R], or null for ones
// why      core/kernels/reduce.cpp can sum anything, its partial sums in memory. Here they stay in registers: 5 times faster.
#pragma once
#include "core/kernels/into.hpp"  // brings: Into
#include "core/tensor.hpp"        // brings: View
#include "core/width.hpp"         // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

void sum_rows(const View& x, Real* y, Into into, const Real* weights);

// Of one column, whose rows are several ranges of `length`, the last one perhaps shorter (core/rows.hpp): the chain of range g
// goes on in y[g apart].
void extend_column_sums(const Real* x, Index rows, Index length, const Real* weights, Real* y, Index apart);

}  // namespace costate::inline COSTATE_WIDTH
