// autodiff/operators/folding.hpp — what an operation is recorded as instead, at the time of recording (internal to autodiff/)
//   op(Aᵀ) op(B)              a transpose is a flag of the product, not a copy
//   (1 r) B, r one row        a row that is repeated is multiplied once: 1 (r B)
//   a ⊙ b, a broadcast        multiplies just as well before the broadcast: tangents that all rows share stay one row
//   Σ pad(x_i), side by side  the x_i as one: a sum of parts that do not overlap, and leave no gap, needs no zeros
#pragma once
#include <array>

#include "autodiff/tape/tape.hpp"  // brings: Var, Operand

namespace costate::inline COSTATE_PRECISION {

std::array<Var, 2> folded_factors(const Operand& a, const Operand& b);
// X, or what X is the transpose of: `transposed` is turned then.
Operand folded_transpose(const Operand& X, bool& transposed);
// The row that all rows of the matrix X repeat, or a zero Var.
Var repeated_row(const Operand& X);

}  // namespace costate
