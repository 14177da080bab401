// core/kernels/gemm_small.cpp — the matrix product where code is dearer than time (COSTATE_SMALL): a loop with gemm.cpp's bits
// An entry is one chain, k ascending; or, where core/kernels/dots.hpp says so, a chain for each of L lanes, joined as a tree.
#include "core/small.hpp"
#if defined(COSTATE_SMALL)
#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/kernels/dots.hpp"     // brings: GemmShape, suits_dots, dot_lanes

namespace costate::inline COSTATE_WIDTH {
namespace {

struct Line {  // numbers that lie a step apart: a row of op(A), a column of op(B)
    const Real* at;
    Index step;
};

template <bool weighted>
COSTATE_INLINE Real term(Real a, Real b, [[maybe_unused]] const Real* weight) {
    if constexpr (weighted) b = *weight * b;
    return a * b;
}

// Entries of one row, in so many columns that lie `next` apart. Two of them are little code, and read a once.
template <bool weighted, int columns>
COSTATE_INLINE void chains(Line a, Line b, Index next, const Real* weight, Index K, Real (&sum)[columns]) {
    for (Index k = 0; k < K; ++k, a.at += a.step, b.at += b.step, ++weight)
        for (int c = 0; c < columns; ++c) sum[c] = term<weighted>(*a.at, b.at[c * next], weight) + sum[c];
}

// core/kernels/dots.hpp (a): what is left of K, the last terms, goes to the upper lanes.
template <bool weighted>
Real lanes_and_tree(Line a, Line b, const Real* weight, Index K) {
    Real lane[dot_lanes] = {};
    for (Index left = K; left > 0;) {
        const Index some = left < dot_lanes ? left : dot_lanes;
        Real* sum = lane + (dot_lanes - some);
        for (left -= some; sum < lane + dot_lanes; ++sum, a.at += a.step, b.at += b.step, ++weight)
            *sum = term<weighted>(*a.at, *b.at, weight) + *sum;
    }
    for (int half = dot_lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
    return lane[0];
}

template <bool weighted>
void products(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
              const Real* row) {
    const bool dots = suits_dots(s), extends = into == Into::extend && !dots, adds = into != Into::assign && !extends;
    const Index next_a = s.transpose_a ? 1 : s.K, next_b = s.transpose_b ? s.K : 1;
    Line a{A, s.transpose_a ? s.M : 1};
    const auto enter = [&](Real sum, Index j) {
        if (row) sum += row[j];
        *C = adds ? *C + sum : sum;
        ++C;
    };
    for (Index i = 0; i < s.M; ++i, a.at += next_a) {
        Line b{B, s.transpose_b ? 1 : s.N};
        Index j = 0;
        for (; j + 1 < s.N && !dots; j += 2, b.at += 2 * next_b) {
            Real sum[] = {extends ? C[0] : Real(0), extends ? C[1] : Real(0)};
            chains<weighted>(a, b, next_b, weights, s.K, sum);
            enter(sum[0], j);
            enter(sum[1], j + 1);
        }
        for (; j < s.N; ++j, b.at += next_b) {
            Real sum[] = {dots ? lanes_and_tree<weighted>(a, b, weights, s.K) : extends ? *C : Real(0)};
            if (!dots) chains<weighted>(a, b, next_b, weights, s.K, sum);
            enter(sum[0], j);
        }
    }
}

}  // namespace

bool suits_packing(Index, Index) { return false; }
Index packed_size(Index, Index) { return 0; }
void pack_b(const GemmShape&, const Real*, Real*) {}

Gemm gemm_for(const GemmShape&, bool weighted) { return weighted ? products<true> : products<false>; }
void gemm(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights, const Real* row) {
    gemm_for(s, weights)(s, A, B, C, into, weights, row);
}

}  // namespace costate::inline COSTATE_WIDTH
#endif
