// core/kernels/gemm_untiled.hpp — products whose sums are too short for register tiles (internal to core/kernels/)
//   handful   of some numbers in all: number by number, as setting up vectors would cost more than the sums
//   shallow   K <= 4, a first layer's of a small system: a row of C is its K numbers times the rows of B, vector by vector. A
//             tile would be set up and written for two or three multiply-adds an entry (20 x 2 x 64, Zen 3: 760 and 260 ns).
// The chains are those of the tiles.
// see      core/kernels/gemm.cpp, which chooses among ways to make a product
#pragma once
#include "core/kernels/dots.hpp"  // brings: suits_dots
#include "core/kernels/gemm.hpp"  // brings: GemmShape, Gemm, Into
#include "core/kernels/simd.hpp"  // brings: lanes, alone, broadcast, load, multiply_add, store
#include "core/loops.hpp"         // brings: with_constant

namespace costate::simd::inline COSTATE_WIDTH {

inline bool is_handful(const GemmShape& s) { return s.N < lanes && s.M * s.N * s.K <= 64 && !suits_dots(s); }

// known_k: K, or 0 where it is none of the unrolled.
template <bool weighted, int known_k>
void handful(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
             const Real* row) {
    const Index K = known_k ? known_k : s.K;
    const Index a_row = s.transpose_a ? 1 : K, a_k = s.transpose_a ? s.M : 1;
    const Index b_column = s.transpose_b ? K : 1, b_k = s.transpose_b ? 1 : s.N;
    for (Index i = 0; i < s.M; ++i, A += a_row)
        for (Index j = 0; j < s.N; ++j, ++C) {
            const Real *a = A, *b = B + j * b_column;
            Real sum = into == Into::extend ? *C : Real(0);
#pragma GCC unroll 4
            for (Index k = 0; k < K; ++k, a += a_k, b += b_k)
                sum = multiply_add(*a, weighted ? weights[k] * alone(b) : alone(b), sum);
            if (row) sum += row[j];
            *C = into == Into::add ? *C + sum : sum;
        }
}

template <bool weighted>
Gemm handful_for(Index K) {
    Gemm found = handful<weighted, 0>;
    with_constant<1, 8>(K, [&](auto known) { found = handful<weighted, known()>; });
    return found;
}

inline constexpr int shallow_up_to = 4;
inline bool is_shallow(const GemmShape& s, bool weighted) {
    constexpr Index nearest = 16 * 1024 / sizeof(Real);  // B is read for each row: it stays in that cache
    const bool few_alone =
        s.N % lanes == 0 || s.N >= 4 * lanes;  // columns behind the last whole vector: number by number
    return s.K <= shallow_up_to && s.N >= lanes && few_alone && s.K * s.N <= nearest && s.M > 1 && !s.transpose_b &&
           !s.packed_b && !weighted;
}
template <int K, bool assigns>
void shallow(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real*, const Real* row) {
    const Index M = s.M, N = s.N, whole = N - N % lanes;  // no store may change them
    const Index a_row = s.transpose_a ? 1 : K, a_k = s.transpose_a ? M : 1;
    const auto entries = [&](auto number, auto from, Index j, const auto* a) {  // of C, from column j on
        const auto before = assigns ? number : from(C + j);
        auto sum = assigns || into == Into::add ? number : before;
        for (int k = 0; k < K; ++k) sum = multiply_add(a[k], from(B + k * N + j), sum);
        if (row) sum += from(row + j);
        return !assigns && into == Into::add ? before + sum : sum;
    };
    for (Index i = 0; i < M; ++i, A += a_row, C += N) {
        Real a[K];
        Vector all_a[K];
        for (int k = 0; k < K; ++k) all_a[k] = broadcast(a[k] = A[k * a_k]);
        for (Index j = 0; j < whole; j += lanes) store(C + j, entries(Vector{}, load, j, all_a));
        for (Index j = whole; j < N; ++j)
            C[j] = entries(
                Real(0), [](const Real* x) { return *x; }, j, a);
    }
}
template <int K>
void shallow_into(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* w,
                  const Real* row) {
    (into == Into::assign ? shallow<K, true> : shallow<K, false>)(s, A, B, C, into, w, row);
}
inline Gemm shallow_for(Index K) {
    Gemm found = nullptr;
    with_constant<1, shallow_up_to>(K, [&](auto known) { found = shallow_into<known()>; });
    return found;
}

}  // namespace costate::simd
