#include "core/small.hpp"
#if !defined(COSTATE_SMALL)  // else gemm_small.cpp
#include "core/kernels/dots.hpp"

#include <algorithm>  // brings: std::min, max

#include "core/kernels/transpose.hpp"  // brings: transpose
#include "core/loops.hpp"              // brings: with_constant

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::lanes;
using simd::Vector;

// The chains of one register of lanes, that which begins at lane `first` of the L: for R rows of A and N rows of op(B)ᵀ.
template <int R, int N>
inline void add_chains(Index K, const Real* a, const Real* b, Index first, Vector* sum) {
    for (Index k = 0; k < K; k += dot_lanes) {
        const Index at = std::min(k, K - dot_lanes);  // the last L start early: lanes that were counted become 0
        const simd::Mask fresh = simd::lane_numbers >= static_cast<simd::LaneIndex>(k - at - first);
        const Real *a_at = a + at + first, *b_at = b + at + first;
        Vector b_k[N];
        for (int j = 0; j < N; ++j)
            b_k[j] = at == k ? simd::load(b_at + j * K) : simd::keep(fresh, simd::load(b_at + j * K));
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const Vector a_k = at == k ? simd::load(a_at + r * K) : simd::keep(fresh, simd::load(a_at + r * K));
            for (int j = 0; j < N; ++j) sum[r * N + j] = simd::multiply_add(a_k, b_k[j], sum[r * N + j]);
        }
    }
}

// R rows of C, N wide, as dot products of rows of A with the rows of op(B)ᵀ, both K long: (a)
template <int R, int N>
[[gnu::noinline]] void dot_rows(Index K, const Real* a, const Real* b, Real* c, Into into, const Real* row) {
    constexpr int sums = (R * N + lanes - 1) / lanes * lanes;
    Vector sum[registers_of_a_sum][sums] = {};
#pragma GCC unroll 16
    for (int p = 0; p < registers_of_a_sum; ++p) add_chains<R, N>(K, a, b, p * lanes, sum[p]);
#pragma GCC unroll 16
    for (int half = registers_of_a_sum / 2; half > 0; half /= 2)
#pragma GCC unroll 16
        for (int p = 0; p < half; ++p)
#pragma GCC unroll 16
            for (int i = 0; i < R * N; ++i) sum[p][i] += sum[p + half][i];
#pragma GCC unroll 16
    for (int begin = 0; begin < R * N; begin += lanes) {
        const Vector total = simd::lane_sums(sum[0] + begin);
        for (int i = begin; i < std::min(begin + lanes, R * N); ++i) {
            const Real sum_i = row ? total[i - begin] + row[i % N] : total[i - begin];
            c[i] = into == Into::assign ? sum_i : c[i] + sum_i;
        }
    }
}

template <int N>
void dots(const GemmShape& s, const Real* A, const Real* b, Real* C, Into into, const Real* row) {
    constexpr Index R = std::max(lanes / N, 1);
    Index i = 0;
    for (; i + R <= s.M; i += R) dot_rows<R, N>(s.K, A + i * s.K, b, C + i * N, into, row);
    for (; i < s.M; ++i) dot_rows<1, N>(s.K, A + i * s.K, b, C + i * N, into, row);
}

}  // namespace

void gemm_by_dots(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
                  const Real* row) {
    alignas(64) Real rows[max_dot_columns * max_dot_depth];
    const bool pack = weights || !s.transpose_b;
    if (pack) {
        if (s.transpose_b)
            std::copy_n(B, s.N * s.K, rows);
        else
            transpose(B, rows, s.K, s.N);
        if (weights)
            for (Index j = 0; j < s.N; ++j)
                for (Index k = 0; k < s.K; ++k) rows[j * s.K + k] = weights[k] * rows[j * s.K + k];
    }
    const Real* b = pack ? rows : B;
    with_constant<1, max_dot_columns>(s.N, [&](auto known) { dots<known()>(s, A, b, C, into, row); });
}

}  // namespace costate::inline COSTATE_WIDTH
#endif
