// core/kernels/transpose.hpp — rows become columns
//   At[j,i] = A[i,j]     A: [rows, columns]   At: [columns, rows]   both row-major; they must not overlap
#pragma once
#include "core/real.hpp"   // brings: Real, Index
#include "core/width.hpp"  // brings: COSTATE_WIDTH

namespace costate::inline COSTATE_WIDTH {

void transpose(const Real* A, Real* At, Index rows, Index columns);

// The same between blocks of larger arrays: row i of A begins at A + i * a_stride, row j of At at At + j * at_stride.
void transpose(const Real* A, Index a_stride, Real* At, Index at_stride, Index rows, Index columns);

}  // namespace costate::inline COSTATE_WIDTH
