// core/kernels/gemm_tile.hpp — the innermost part of a product: R rows by V vectors of C, for one block of k (internal)
//   c_rv <- fma(a_rk, b_kv, c_rv) for k ascending; then, where it is asked for, + row_v and + what was in C
// why      noinline through a table: g++ 12 wrecks a good register tile when it inlines it into its caller.
// see      core/kernels/gemm.cpp, which cuts a product into such tiles
#pragma once
#include "core/kernels/into.hpp"           // brings: Into
#include "core/kernels/register_tile.hpp"  // brings: max_rows, parts_of, each_vector, run_tile
#include "core/kernels/simd.hpp"           // brings: Vector, load, store

namespace costate::simd::inline COSTATE_WIDTH {

// One tile. `last` is where the last vector begins, `row` what is added to each of its rows, or null.
struct TileCall {
    Real* c;
    Index lda, ldb, ldc, last;
    Into into;
    Index K = 0;
    const Real *a = nullptr, *b = nullptr, *row = nullptr;
};

template <bool transpose_a>
struct OfRows {
    template <int R, int V>
    struct Tile {
        // t is no copy: that would take registers from the loop, and a third of its speed in float.
        [[gnu::noinline]] static void run(const TileCall& t) {
            Vector c[R][V], b_k[V];
            const auto column = [&](int v) { return v + 1 < V ? v * lanes : t.last; };
            const auto in_c = [&](int r, int v) { return t.c + r * t.ldc + column(v); };
            if (t.into == Into::extend)
                each_vector<R, V>([&](int r, int v) { c[r][v] = load(in_c(r, v)); });
            else
                each_vector<R, V>([&](int r, int v) { c[r][v] = Vector{}; });
            const Real* b = t.b;
            for (Index k = 0; k < t.K; ++k, b += t.ldb) {
                each_vector<1, V>([&](int, int v) { b_k[v] = once(load(b + column(v))); });
                each_vector<R, V>([&](int r, int v) {
                    const Vector a_rk = transpose_a ? repeat(t.a + k * t.lda + r) : broadcast(t.a[r * t.lda + k]);
                    c[r][v] = multiply_add(a_rk, b_k[v], c[r][v]);
                });
            }
            if (t.row) each_vector<R, V>([&](int r, int v) { c[r][v] += load(t.row + column(v)); });
            if (t.into == Into::add) each_vector<R, V>([&](int r, int v) { c[r][v] += load(in_c(r, v)); });
            each_vector<R, V>([&](int r, int v) { store(in_c(r, v), c[r][v]); });
        }
    };
};

// All rows of one panel of V vectors, over one block of k.
inline void panel_rows(bool transpose_a, Index M, Index V, TileCall t) {
    const Index a_row = transpose_a ? 1 : t.lda;
    for (Index left = parts_of(M, max_rows); left > 0; --left) {
        const Index rows = first_of(M, left);
        if (transpose_a)
            run_tile<OfRows<true>::Tile, max_vectors(1)>(t, rows, V);
        else
            run_tile<OfRows<false>::Tile, max_vectors(1)>(t, rows, V);
        t.a += rows * a_row;
        t.c += rows * t.ldc;
        M -= rows;
    }
}

// visit(j, V, n) for each panel of N columns: the n from column j on, in V vectors. So many rows read it.
template <class Visit>
inline void each_panel(Index N, Index rows, Visit visit) {
    Index j = 0;
    for (Index left = parts_of(parts_of(N, lanes), max_vectors(rows)); left > 0; --left) {
        const Index V = first_of(parts_of(N - j, lanes), left), n = N - j < V * lanes ? N - j : V * lanes;
        visit(j, V, n);
        j += n;
    }
}

}  // namespace costate::simd::inline COSTATE_WIDTH
