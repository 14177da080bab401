// core/kernels/gemm_small.cpp — the matrix product where code is dearer than time (COSTATE_SMALL): a loop with gemm.cpp's bits
// An entry is one chain, k ascending; or, where core/kernels/dots.hpp says so, a chain for each of L lanes, joined as a tree.
#include "core/small.hpp"
#if defined(COSTATE_SMALL)
#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/kernels/dots.hpp"     // brings: GemmShape, suits_dots, dot_lanes

namespace costate::inline COSTATE_WIDTH {
namespace {

template <bool weighted>
COSTATE_INLINE Real term(Real a, Real b, [[maybe_unused]] const Real* weight) {
    if constexpr (weighted) b = *weight * b;
    return a * b;
}

// How far numbers lie apart that follow one another along k in op(A) and in op(B); rows of op(A), and columns of op(B).
struct Steps {
    Index a, b, row, column;
    explicit Steps(const GemmShape& s)
        : a(s.transpose_a ? s.M : 1),
          b(s.transpose_b ? 1 : s.N),
          row(s.transpose_a ? 1 : s.K),
          column(s.transpose_b ? s.K : 1) {}
};

// core/kernels/dots.hpp (a): what is left of K, the last terms, goes to the upper lanes.
template <bool weighted>
Real lanes_and_tree(const Real* a, const Real* b, const Steps& step, const Real* weight, Index K) {
    Real lane[dot_lanes] = {};
    for (Index left = K; left > 0;) {
        const Index some = left < dot_lanes ? left : dot_lanes;
        Real* sum = lane + (dot_lanes - some);
        for (left -= some; sum < lane + dot_lanes; ++sum, a += step.a, b += step.b, ++weight)
            *sum = term<weighted>(*a, *b, weight) + *sum;
    }
    for (int half = dot_lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
    return lane[0];
}

template <bool weighted>
void products_by_dots(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
                      const Real* row) {
    const Steps step(s);
    for (Index i = 0; i < s.M; ++i, A += step.row)
        for (Index j = 0; j < s.N; ++j, ++C) {
            Real sum = lanes_and_tree<weighted>(A, B + j * step.column, step, weights, s.K);
            if (row) sum += row[j];
            *C = into == Into::assign ? sum : *C + sum;
        }
}

// Two columns at once: it is little code, and reads a once. A last one alone is made twice.
template <bool weighted>
void products(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
              const Real* row) {
    if (suits_dots(s)) return products_by_dots<weighted>(s, A, B, C, into, weights, row);
    const Steps step(s);
    for (Index i = 0; i < s.M; ++i, A += step.row, C += s.N)
        for (Index j = 0; j < s.N; j += 2) {
            const Index other = j + 1 < s.N ? j + 1 : j;
            const Real *a = A, *b = B + j * step.column, *weight = weights;
            Real sum = 0, other_sum = 0;
            if (into == Into::extend) sum = C[j], other_sum = C[other];
            const Index apart = (other - j) * step.column;
            for (Index k = s.K; k > 0; --k, a += step.a, b += step.b, ++weight) {
                sum = term<weighted>(*a, b[0], weight) + sum;
                other_sum = term<weighted>(*a, b[apart], weight) + other_sum;
            }
            if (row) sum += row[j], other_sum += row[other];
            if (into == Into::add) sum = C[j] + sum, other_sum = C[other] + other_sum;
            C[j] = sum;
            C[other] = other_sum;
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
