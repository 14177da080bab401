#include "core/kernels/dots.hpp"

#include <algorithm>  // brings: std::min, max

#include "core/kernels/transpose.hpp"  // brings: transpose
#include "core/loops.hpp"              // brings: with_constant

namespace costate {
namespace {

using simd::lanes;
using simd::Vector;

// L numbers in as many registers as they take.
struct Group {
    Vector part[registers_of_a_sum];
};

// Of L numbers from `from` on those from lane `first` on, 0 for the others.
inline Group load_group(const Real* from, Index first) {
    Group x;
    for (int p = 0; p < registers_of_a_sum; ++p) {
        const simd::Mask fresh = simd::lane_numbers >= static_cast<simd::LaneIndex>(first - p * lanes);
        x.part[p] = first == 0 ? simd::load(from + p * lanes) : simd::keep(fresh, simd::load(from + p * lanes));
    }
    return x;
}

// R rows of C, N wide, as dot products of rows of A with the rows of op(B)ᵀ, both K long.
template <int R, int N>
[[gnu::noinline]] void dot_rows(Index K, const Real* a, const Real* b, Real* c, Into into) {
    constexpr int sums = (R * N + lanes - 1) / lanes * lanes;
    Group sum[sums] = {};
    for (Index k = 0; k < K; k += dot_lanes) {
        const Index at = std::min(k, K - dot_lanes), first = k - at;  // the last vector starts early
        Group b_k[N];
        for (int j = 0; j < N; ++j) b_k[j] = load_group(b + j * K + at, first);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const Group a_k = load_group(a + r * K + at, first);
            for (int j = 0; j < N; ++j)
                for (int p = 0; p < registers_of_a_sum; ++p)
                    sum[r * N + j].part[p] = simd::multiply_add(a_k.part[p], b_k[j].part[p], sum[r * N + j].part[p]);
        }
    }
#pragma GCC unroll 16
    for (int begin = 0; begin < R * N; begin += lanes) {
        Vector x[lanes];
#pragma GCC unroll 16
        for (int i = 0; i < lanes; ++i) {
            Group& g = sum[begin + i];
            for (int half = registers_of_a_sum / 2; half > 0; half /= 2)
                for (int p = 0; p < half; ++p) g.part[p] += g.part[p + half];
            x[i] = g.part[0];
        }
        const Vector total = simd::lane_sums(x);  // (a)
        for (int i = 0; i < std::min(lanes, R * N - begin); ++i)
            c[begin + i] = into == Into::assign ? total[i] : c[begin + i] + total[i];
    }
}

template <int N>
void dots(const GemmShape& s, const Real* A, const Real* b, Real* C, Into into) {
    constexpr Index R = std::max(lanes / N, 1);
    Index i = 0;
    for (; i + R <= s.M; i += R) dot_rows<R, N>(s.K, A + i * s.K, b, C + i * N, into);
    for (; i < s.M; ++i) dot_rows<1, N>(s.K, A + i * s.K, b, C + i * N, into);
}

}  // namespace

void gemm_by_dots(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights) {
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
    with_constant<1, max_dot_columns>(s.N, [&](auto known) { dots<known()>(s, A, b, C, into); });
}

}  // namespace costate
