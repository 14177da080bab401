// core/kernels/gemm.hpp — the matrix product, where a neural network spends its time
//   c_ij = Σ_k a_ik b_kj        C: [M,N]   op(A): [M,K]   op(B): [K,N]   row-major, dense; C overlaps neither   core (3)
//   weighted:  c_ij = Σ_k a_ik (w_k b_kj), the bracket rounded first: a row-sum with weights, as in a quadrature
// The law of bits
//   An entry is one chain of fused multiply-adds, k ascending: c <- fma(a_ik, b_kj, c). Its bits depend on its row of
//   op(A), its column of op(B) and K, and on nothing else: not on M, on the layouts, on blocking.
//   One exception, chosen by (K, N) and never when transpose_a: for N <= 4 and K from one vector up to 1024 (the output
//   layer of a small field) an entry is a dot product: one chain per lane of k, then a tree over the lanes; there
//   `extend` adds like `add`, and the bits depend on the vector's width. A machine without fused multiply-add rounds
//   twice: other bits, the same laws. Built with BITS=same every machine rounds twice, and has the same lanes (dots.hpp).
// see      core/kernels/gemm.cpp (how) · tests/core/gemm_test.cpp (the laws)
#pragma once
#include "core/kernels/into.hpp"       // brings: Into
#include "core/kernels/transpose.hpp"  // brings: transpose
#include "core/real.hpp"               // brings: Real, Index
#include "core/width.hpp"              // brings: COSTATE_WIDTH

namespace costate {

struct GemmShape {
    Index M, K, N;
    bool transpose_a = false, transpose_b = false;  // A is stored [K,M], B is stored [N,K]
    bool packed_b = false;                          // B is what pack_b made of it
};

inline namespace COSTATE_WIDTH {

// weights: one per k, or null for all 1. row: N numbers that are added to each row of C, once its sums are complete.
void gemm(const GemmShape& shape, const Real* A, const Real* B, Real* C, Into into = Into::assign,
          const Real* weights = nullptr, const Real* row = nullptr);

// What gemm does for this shape, with or without weights: for who makes such a product again and again.
using Gemm = void (*)(const GemmShape& shape, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
                      const Real* row);
Gemm gemm_for(const GemmShape& shape, bool weighted);

// B as the product reads it, panel by panel: for one that many products share, which then need not copy it each.
bool suits_packing(Index K, Index N);  // is a copy worth while, where there are many rows?
Index packed_size(Index K, Index N);
void pack_b(const GemmShape& shape, const Real* B, Real* packed);  // B is stored as transpose_b says

}  // namespace COSTATE_WIDTH
}  // namespace costate
