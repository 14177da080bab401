// core/kernels/register_tile.hpp — how large is the block of a result that stays in registers while a sum runs?
//   R rows by V vectors: R V sums that do not wait for one another hide a multiply-add's latency (4 cycles, two a cycle)
//   from R V = 8 on. The largest tile has 8 x 3 of 32 registers, or 4 x 3 of 16; one or two rows take wider ones.
// see      core/kernels/gemm.cpp · core/kernels/conv.cpp
#pragma once
#include <algorithm>  // brings: std::min
#include <array>

#include "core/elementary/bits.hpp"  // brings: COSTATE_INLINE
#include "core/kernels/simd.hpp"     // brings: lanes, Index

namespace costate::simd::inline COSTATE_WIDTH {

inline constexpr int max_rows = vector_bytes == 64 ? 8 : 4;  // R
constexpr int max_vectors(Index rows) {                      // V
    return rows == 1 ? 8 : rows == 2 ? max_rows : 3;
}

// How many parts of at most `largest`? And, of `parts` even ones, how large is the first? One is the common answer, and
// a division takes as long as a whole tile of a small product.
inline Index parts_of(Index count, Index largest) { return count <= largest ? 1 : (count + largest - 1) / largest; }
inline Index first_of(Index count, Index parts) { return parts == 1 ? count : (count + parts - 1) / parts; }

// visit(r, v) for all of a tile, unrolled, so that every vector of it is a register. g++ unrolls loops that are to be, and
// makes a fifth of the speed of a fold where A is transposed; clang 14 leaves the loops, and has a fifth with them.
#if defined(__clang__)
template <int V, class Visit, std::size_t... i>
COSTATE_INLINE void each_of(Visit& visit, std::index_sequence<i...>) {
    (visit(static_cast<int>(i) / V, static_cast<int>(i) % V), ...);
}
template <int R, int V, class Visit>
COSTATE_INLINE void each_vector(Visit visit) {
    each_of<V>(visit, std::make_index_sequence<R * V>{});
}
#else
template <int R, int V, class Visit>
inline void each_vector(Visit visit) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v) visit(r, v);
}
#endif

// Kernel<R, V>::run(call) for an R and a V that are known when it is called: V up to `widest`, and to max_vectors(R).
inline constexpr int widest = max_vectors(max_rows);
template <template <int, int> class Kernel, class Call, int most, std::size_t... n>
constexpr auto tiles_of(std::index_sequence<n...>) {
    constexpr auto rows = [](std::size_t i) { return static_cast<int>(i) / most + 1; };
    constexpr auto vectors = [](std::size_t i) { return static_cast<int>(i) % most + 1; };
    using Tile = void (*)(const Call&);
    return std::array<Tile, sizeof...(n)>{Kernel<rows(n), std::min(vectors(n), max_vectors(rows(n)))>::run...};
}
template <template <int, int> class Kernel, int most = widest, class Call>
void run_tile(const Call& call, Index R, Index V) {
    static constexpr auto table = tiles_of<Kernel, Call, most>(std::make_index_sequence<max_rows * most>{});
    table[(R - 1) * most + V - 1](call);
}

}  // namespace costate::simd::inline COSTATE_WIDTH
