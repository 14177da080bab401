// core/kernels/gemm.cpp — how does a matrix product keep the multipliers busy?
//
//                  V vectors of columns   One tile of C, R rows by V vectors, lives in registers while k runs: per k it
//                 +-----------------+     loads V vectors of B, repeats R numbers of A over the lanes, and does R x V
//             k   |   panel of B    |     multiply-adds, all independent, so that their latency (4 cycles, two a cycle)
//             |   +-----------------+     is hidden when R V >= 8. The largest tile is 8 x 3 of 32 registers, 4 x 3 of
//             v   |                 |     16; one or two rows take wider ones. Rows are shared out evenly (9 = 5 + 4),
//   +--------+    +-----------------+     columns too (4 vectors = 2 + 2). A ragged last vector starts early, at n -
// R | rows   |    |  tile of C      |     lanes: it overlaps a neighbour of its own tile, which writes the same values,
//   |  of A  | -> +-----------------+     so nothing is masked.
//   +--------+
//
// packing  A panel is copied to the stack, in blocks of k, when B is stored transposed, is weighted, is narrower than
//          one vector (padded with zeros), or when many rows read it again. C carries the chain from block to block.
//          A B that many products share is packed once by pack_b, which lays out the same panels, each with all its k.
//          Of an A stored by k, whose rows' numbers fall on one another in the cache, blocks are copied (copies_a).
// narrow   N < lanes: with transpose_a the roles swap, Cᵀ = op(B)ᵀ A, so that vectors run along M; otherwise N <= 4 is
//          a dot product along k (core/kernels/dots.hpp, the exception in the header), and the rest is padded. C then goes
//          through the stack.
// speed    GFLOP/s on one core of an AMD EPYC (Zen 5), g++ 12, double / float; peak 132 / 263 with AVX-512
//            M x K x N   32x256x256   63x32x64     256x128x256   256x64x256 by AVX2
//                        103 / 208    109 / 224    117 / 240     61 / 123      B as [N,K]; third: A as [K,M]
//          ns, double:   1x64x2 11    1x2x64 33    2x6x2 13      (the first two B as [N,K]; third A as [K,M])
#include "core/small.hpp"
#if !defined(COSTATE_SMALL)  // else gemm_small.cpp
#include "core/kernels/gemm.hpp"

#include <algorithm>  // brings: std::min, max

#include "core/kernels/dots.hpp"          // brings: suits_dots, gemm_by_dots
#include "core/kernels/gemm_tile.hpp"     // brings: TileCall, panel_rows, each_panel, max_rows, load, store
#include "core/kernels/gemm_untiled.hpp"  // brings: is_handful, handful_for, is_shallow, shallow_for
#include "core/loops.hpp"                 // brings: with_constant

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::each_panel;
using simd::first_of;
using simd::handful_for;
using simd::is_handful;
using simd::is_shallow;
using simd::lanes;
using simd::load;
using simd::max_rows;
using simd::panel_rows;
using simd::parts_of;
using simd::shallow_for;
using simd::store;
using simd::TileCall;

constexpr Index copied_from = 32;  // rows, and k: from there on a panel is read often enough to be worth a copy
constexpr Index panel_entries = 24 * 1024 / sizeof(Real), tile_entries = max_rows * 3 * lanes;

// A product as the blocks see it: strides instead of transposes.
struct Product {
    Index M, K, N;
    const Real *A, *B, *weights, *row;
    Index lda, ldb;
    bool transpose_a, transpose_b, packed_b;
    bool swapped;  // A carries the weights, and C is written transposed
    Real* C;
    Index ldc;
    Into into;
};

// Nothing is copied, and one block of k is all: what most products of a small field are, whose setting up must not take longer
// than their sums.
bool is_direct(const GemmShape& s, bool weighted) {
    const bool copied = s.transpose_b || s.packed_b || weighted;
    return !copied && s.N >= lanes && (s.M < copied_from || s.K < copied_from);
}
void direct(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real*, const Real* row) {
    const Index lda = s.transpose_a ? s.M : s.K;
    each_panel(s.N, s.M, [&](Index j, Index V, Index n) {
        panel_rows(s.transpose_a, s.M, V, {C + j, lda, s.N, s.N, n - lanes, into, s.K, A, B + j, row ? row + j : row});
    });
}

// One row, which is one tile.
template <int V>
void one_row(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real*, const Real* row) {
    simd::OfRows<false>::Tile<1, V>::run({C, s.K, s.N, s.N, s.N - lanes, into, s.K, A, B, row});
}
Gemm one_row_for(Index N) {
    Gemm found = direct;  // of more columns than a tile has
    with_constant<1, simd::max_vectors(1)>(parts_of(N, lanes), [&](auto V) { found = one_row<V()>; });
    return found;
}

// Rows k, k + 1, ... of op(B), columns j .. j + n, times their weights, into a panel `width` wide.
void pack(const Product& p, Index k, Index depth, Index j, Index n, Real* panel, Index width) {
    if (n < lanes) std::fill(panel, panel + depth * width, Real(0));
    if (p.transpose_b) transpose(p.B + j * p.ldb + k, p.ldb, panel, width, n, depth);
    if (p.transpose_b && !p.weights) return;
    for (Index i = 0; i < depth; ++i) {
        const Real weight = p.weights ? p.weights[k + i] : Real(1);
        const Real* from = p.transpose_b ? panel + i * width : p.B + (k + i) * p.ldb + j;
        Real* to = panel + i * width;
        Index l = 0;
        for (; l + lanes <= n; l += lanes) store(to + l, weight * load(from + l));
        for (; l < n; ++l) to[l] = weight * from[l];
    }
}

// A block of C, `rows` from row i and n columns from column j, to and from the stack.
void copy_block(const Product& p, Index i, Index j, Index rows, Index n, Real* held, Index width, bool out) {
    Real* c = p.C + (p.swapped ? j * p.ldc + i : i * p.ldc + j);
    if (p.swapped) return out ? transpose(held, width, c, p.ldc, rows, n) : transpose(c, p.ldc, held, width, n, rows);
    for (Index r = 0; r < rows; ++r)
        for (Index l = 0; l < n; ++l)
            (out ? c[r * p.ldc + l] : held[r * width + l]) = (out ? held[r * width + l] : c[r * p.ldc + l]);
}

// A panel of C: n columns from column j on, V vectors of them, for all rows; its sums run over one block of k after the other.
struct Panel {
    const Product& p;
    Index j, V, width, n;
    bool packed;    // B's block is copied to the stack, or lies packed already
    bool weighs_a;  // so is A's, weighted
    Index depth;    // of a block: what is copied fits there
    bool held;  // sums cannot wait in C (it is narrower than a vector, lies transposed, or is to be added to once the
                // chain is complete): they wait on the stack, a tile of rows at a time

    Panel(const Product& product, Index first, Index vectors, Index columns)
        : p(product), j(first), V(vectors), width(vectors * lanes), n(columns) {
        weighs_a = p.weights && p.swapped;
        packed = p.packed_b || p.transpose_b || (p.weights && !p.swapped) || p.N < lanes ||
                 (p.M >= copied_from && p.K >= copied_from);
        const Index copied = packed ? width : weighs_a ? p.M : 0;  // for each k
        depth = p.K * copied <= panel_entries ? p.K : panel_entries / copied;
        held = n < lanes || p.swapped || (p.into == Into::add && depth < p.K);
    }
};

// w_k a_ik for `rows` rows of A and `depth` k, M apart: only a swapped product has it, whose A is stored by k.
void weigh_a(const Product& p, const Real* a, const Real* weights, Index depth, Index rows, Real* weighed) {
    for (Index l = 0; l < depth; ++l)
        for (Index r = 0; r < rows; ++r) weighed[l * p.M + r] = weights[l] * a[l * p.lda + r];
}

// The sums of `rows` rows from row i on, to where they wait: c, where `into` says how they begin. `copied` still holds B's
// block from the rows before, if there is but one block.
void sum_blocks(const Panel& panel, Index i, Index rows, Real* c, Index ldc, Into into, Real* copied) {
    const Product& p = panel.p;
    TileCall t{c, p.lda, panel.packed ? panel.width : p.ldb, ldc, std::max<Index>(panel.n - lanes, 0), into};
    for (Index k = 0; k < p.K; k += panel.depth, t.into = Into::extend) {
        t.K = std::min(panel.depth, p.K - k);
        t.a = p.A + (p.transpose_a ? k * p.lda + i : i * p.lda + k);
        t.b = panel.packed ? copied : p.B + k * p.ldb + panel.j;
        if (p.packed_b)
            t.b = p.B + panel.j * p.K + k * panel.width;
        else if (panel.packed && (i == 0 || panel.depth < p.K))
            pack(p, k, t.K, panel.j, panel.n, copied, panel.width);
        if (p.row && !panel.held && k + t.K == p.K) t.row = p.row + panel.j;
        if (panel.weighs_a) {
            weigh_a(p, t.a, p.weights + k, t.K, rows, copied);
            t.a = copied;
            t.lda = p.M;
        }
        panel_rows(p.transpose_a, rows, panel.V, t);
    }
}

// The same by way of the stack, for no more rows than a tile has.
void sum_blocks_held(const Panel& panel, Index i, Index rows, Real* copied) {
    const Product& p = panel.p;
    const Index width = panel.width;
    alignas(64) Real held[tile_entries], before[tile_entries];
    if (p.into == Into::extend) copy_block(p, i, panel.j, rows, panel.n, held, width, false);
    sum_blocks(panel, i, rows, held, width, p.into == Into::extend ? Into::extend : Into::assign, copied);
    for (Index r = 0; p.row && r < rows; ++r)
        for (Index l = 0; l < panel.n; ++l) held[r * width + l] += p.row[panel.j + l];
    if (p.into == Into::add) {
        copy_block(p, i, panel.j, rows, panel.n, before, width, false);
        for (Index l = 0; l < rows * width; ++l) held[l] = before[l] + held[l];
    }
    copy_block(p, i, panel.j, rows, panel.n, held, width, true);
}

void in_blocks(const Product& p) {
    alignas(64) Real copied[panel_entries];
    each_panel(p.N, p.packed_b ? max_rows : p.M, [&](Index j, Index V, Index n) {
        const Panel panel(p, j, V, n);
        const Index at_once = panel.held ? std::min<Index>(max_rows, p.M) : p.M;
        for (Index i = 0; i < p.M; i += at_once) {
            const Index rows = std::min(at_once, p.M - i);
            if (panel.held)
                sum_blocks_held(panel, i, rows, copied);
            else
                sum_blocks(panel, i, rows, p.C + i * p.ldc + j, p.ldc, p.into, copied);
        }
    });
}

// Of an A stored by k, the numbers of a row lie lda apart. Multiples of 2 KB are two of the nearest cache's sets, in which 16
// of them stay (32 KB in 8 ways, as processors with vectors of 32 bytes have them): blocks of A are copied then, and all panels
// read them there. 256 x 128 x 64 takes .74 of the time, 256 x 256 x 256 .89 (Zen 3).
constexpr Index block_of_a = 64;  // rows, and k
bool copies_a(const Product& p) {
    constexpr Index far = 2048 / sizeof(Real);
    return simd::vector_bytes == 32 && p.transpose_a && !p.swapped && !p.packed_b && p.N >= lanes && p.lda % far == 0 &&
           p.K >= block_of_a && (p.into != Into::add || p.K == block_of_a);
}

void in_blocks_of_a(const Product& p) {
    alignas(64) Real copied[block_of_a * block_of_a];
    for (Index k = 0; k < p.K; k += block_of_a)
        for (Index i = 0, rows; i < p.M; i += rows) {
            rows = first_of(p.M - i, parts_of(p.M - i, block_of_a));
            Product block = p;
            block.M = block.lda = rows;
            block.K = std::min(block_of_a, p.K - k);
            for (Index l = 0; l < block.K; ++l) std::copy_n(p.A + (k + l) * p.lda + i, rows, copied + l * rows);
            block.A = copied;
            block.B += p.transpose_b ? k : k * p.ldb;
            if (p.weights) block.weights += k;
            if (k + block.K < p.K) block.row = nullptr;
            block.C += i * p.ldc;
            if (k > 0) block.into = Into::extend;
            in_blocks(block);
        }
}

void blocked(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights,
             const Real* row) {
    Product p{.M = s.M,
              .K = s.K,
              .N = s.N,
              .A = A,
              .B = B,
              .weights = weights,
              .row = row,
              .lda = s.transpose_a ? s.M : s.K,
              .ldb = s.transpose_b ? s.K : s.N,
              .transpose_a = s.transpose_a,
              .transpose_b = s.transpose_b,
              .packed_b = s.packed_b,
              .swapped = s.transpose_a && !s.transpose_b && !s.packed_b && !row && s.N < lanes && s.M >= lanes,
              .C = C,
              .ldc = s.N,
              .into = into};
    if (p.swapped) {
        std::swap(p.M, p.N);
        std::swap(p.A, p.B);
        std::swap(p.lda, p.ldb);
    }
    copies_a(p) ? in_blocks_of_a(p) : in_blocks(p);
}

void nothing(const GemmShape&, const Real*, const Real*, Real*, Into, const Real*, const Real*) {}
void without_terms(const GemmShape& s, const Real*, const Real*, Real* C, Into into, const Real*, const Real* row) {
    if (into == Into::assign) std::fill_n(C, s.M * s.N, Real(0));
    for (Index i = 0; row && i < s.M; ++i)
        for (Index j = 0; j < s.N; ++j, ++C) *C += row[j];
}

}  // namespace

bool suits_packing(Index K, Index N) {
    constexpr Index longest_register = 16;  // of any machine: the answer is to be the same on all
    static_assert(lanes <= longest_register);
    return K >= copied_from && N >= longest_register;
}

Index packed_size(Index K, Index N) { return K * parts_of(N, lanes) * lanes; }

void pack_b(const GemmShape& s, const Real* B, Real* packed) {
    Product p{};
    p.B = B;
    p.ldb = s.transpose_b ? s.K : s.N;
    p.transpose_b = s.transpose_b;
    each_panel(s.N, max_rows, [&](Index j, Index V, Index n) { pack(p, 0, s.K, j, n, packed + j * s.K, V * lanes); });
}

Gemm gemm_for(const GemmShape& s, bool weighted) {
    if (s.M == 0 || s.N == 0) return nothing;
    if (s.K == 0) return without_terms;
    if (is_handful(s)) return weighted ? handful_for<true>(s.K) : handful_for<false>(s.K);
    if (suits_dots(s)) return gemm_by_dots;
    if (is_shallow(s, weighted)) return shallow_for(s.K);
    if (!is_direct(s, weighted)) return blocked;
    return s.M == 1 ? one_row_for(s.N) : direct;
}
void gemm(const GemmShape& s, const Real* A, const Real* B, Real* C, Into into, const Real* weights, const Real* row) {
    gemm_for(s, weights)(s, A, B, C, into, weights, row);
}

}  // namespace costate::inline COSTATE_WIDTH
#endif
