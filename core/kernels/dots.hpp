// core/kernels/dots.hpp — a product with so few columns that each entry is best summed along k, many k at a time
//   c_ij = Σ over lanes l of ( Σ over k with k mod L = l of a_ik b_kj )    L lanes, joined as a tree: l with l + L/2, ...  (a)
// Where K is no multiple of L, the last K mod L terms go to the upper lanes. L is what a register holds; with BITS=same it is
// what 64 bytes hold, in as many registers as that takes, so that the order of the sum is the same on every machine.
// see      core/kernels/gemm.cpp, which hands such products on
#pragma once
#include "core/kernels/gemm.hpp"  // brings: GemmShape, Into
#include "core/kernels/simd.hpp"  // brings: lanes, vector_bytes

namespace costate::inline COSTATE_WIDTH {

inline constexpr int same_dot_lanes = 64 / sizeof(Real), same_dot_columns = 4;  // with BITS=same
#if defined(COSTATE_SAME_BITS)
inline constexpr int registers_of_a_sum = 64 / simd::vector_bytes, max_dot_columns = same_dot_columns;
#else
inline constexpr int registers_of_a_sum = 1, max_dot_columns = simd::lanes < 4 ? simd::lanes : 4;
#endif
inline constexpr int dot_lanes = registers_of_a_sum * simd::lanes;  // L
inline constexpr Index max_dot_depth = 1024;                        // what op(B) takes on the stack, where it is copied

// A is [M,K], stored by rows.
template <int lanes = dot_lanes, int columns = max_dot_columns>
inline bool suits_dots(const GemmShape& s) {
    return s.K >= lanes && s.K <= max_dot_depth && s.N <= columns && !s.transpose_a && !s.packed_b;
}
void gemm_by_dots(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
                  const Real* row);

}  // namespace costate::inline COSTATE_WIDTH
