// core/kernels/gemm_small.cpp — the matrix product where code is dearer than time (COSTATE_SMALL): a loop with gemm.cpp's bits
// An entry is one chain, k ascending; or, where core/kernels/dots.hpp says so, a chain for each of L lanes, joined as a tree.
#include "core/small.hpp"
#if defined(COSTATE_SMALL)
#include "core/kernels/dots.hpp"  // brings: GemmShape, suits_dots, dot_lanes

namespace costate::inline COSTATE_WIDTH {
namespace {

// Numbers that lie a step apart, k of them: of a row of op(A), a column of op(B).
struct Line {
    const Real* at;
    Index step;
    Real operator[](Index k) const { return at[k * step]; }
};

Real term(const Line& a, const Line& b, const Real* weights, Index k) {
    return a[k] * (weights ? weights[k] * b[k] : b[k]);
}

Real chain(const Line& a, const Line& b, const Real* weights, Index K, Real sum) {
    for (Index k = 0; k < K; ++k) sum = term(a, b, weights, k) + sum;
    return sum;
}

// core/kernels/dots.hpp (a): what is left of K, the last terms, goes to the upper lanes.
Real lanes_and_tree(const Line& a, const Line& b, const Real* weights, Index K) {
    Real lane[dot_lanes] = {};
    const Index whole = K - K % dot_lanes;
    for (Index k = 0; k < K; ++k) {
        Real& sum = lane[k < whole ? k % dot_lanes : k - (K - dot_lanes)];
        sum = term(a, b, weights, k) + sum;
    }
    for (int half = dot_lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
    return lane[0];
}

}  // namespace

bool suits_packing(Index, Index) { return false; }
Index packed_size(Index, Index) { return 0; }
void pack_b(const GemmShape&, const Real*, Real*) {}

void gemm(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights, const Real* row) {
    const bool dots = suits_dots(s);
    for (Index i = 0; i < s.M; ++i)
        for (Index j = 0; j < s.N; ++j, ++C) {
            const Line a = s.transpose_a ? Line{A + i, s.M} : Line{A + i * s.K, 1};
            const Line b = s.transpose_b ? Line{B + j * s.K, 1} : Line{B + j, s.N};
            const bool extends = into == Into::extend && !dots;
            Real sum = dots ? lanes_and_tree(a, b, weights, s.K) : chain(a, b, weights, s.K, extends ? *C : Real(0));
            if (row) sum += row[j];
            *C = into == Into::assign || extends ? sum : *C + sum;
        }
}

}  // namespace costate::inline COSTATE_WIDTH
#endif
