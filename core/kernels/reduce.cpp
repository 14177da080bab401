#include "core/kernels/reduce.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/elementary/elementary.hpp"  // brings: exp, log
#include "core/kernels/fold_layout.hpp"    // brings: FoldLayout
#include "core/kernels/simd.hpp"           // brings: Vector, load, odd_blocks
#include "core/kernels/sum_rows.hpp"       // brings: sum_rows
#include "core/rows.hpp"                   // brings: range_length, sum_block, pairwise_head

namespace costate::inline COSTATE_WIDTH {
namespace {

using simd::Vector;

constexpr Index line_lanes = 16;  // on every machine: so many entries of a line are added side by side
constexpr int vectors = line_lanes / simd::lanes;
constexpr Index block = 64;  // neighbouring entries of y that are reduced together
constexpr Real infinity = std::numeric_limits<Real>::infinity();

// What a reduction does with each entry (at place j of the block), and how two partial results are joined.
struct Sum {
    static constexpr Real start = 0;
    static Real term(Real x, Index) { return x; }
    static Vector terms(const Real* x) { return simd::load(x); }
    template <class T>
    static T join(T a, T b) {
        return a + b;
    }
};
struct Max {
    static constexpr Real start = -infinity;
    static Real term(Real x, Index) { return x; }
    static Vector terms(const Real* x) { return simd::load(x); }
    template <class T>
    static T join(T a, T b) {
        // A nan in a stays, for no comparison with it holds; a nan in b is taken: b != b, of a Vector's lanes too.
        return ((b > a) | (b != b)) ? b : a;  // NOLINT(misc-redundant-expression)
    }
};
struct SumExp : Sum {
    const Real* shift;
    explicit SumExp(const Real* shift_) : shift(shift_) {}
    Real term(Real x, Index j) const { return elementary::exp(x - shift[j]); }
    Vector terms(const Real* x) const {
        Real e[simd::lanes];
        for (Index l = 0; l < simd::lanes; ++l) e[l] = elementary::exp(x[l] - shift[0]);
        return simd::load(e);
    }
};

// Lane l joins lane l + s, for s = half of them, a quarter, ... 1.
template <class Op, int s = simd::lanes / 2>
inline Real fold_lanes(Vector a) {
    a = Op::join(a, simd::odd_blocks<s>(a, a));
    if constexpr (s > 1) {
        return fold_lanes<Op, s / 2>(a);
    } else {
        return a[0];
    }
}

// n neighbours, few enough for one chain: in order, or from 16 on in lanes: lane l takes x_l, x_{l+16}, ...; the n mod 16
// last ones are the upper lanes of the last 16.
template <class Op>
inline Real fold_short_line(Op op, const Real* x, Index n) {
    if (n < line_lanes) {
        Real result = Op::start;
        for (Index i = 0; i < n; ++i) result = Op::join(result, op.term(x[i], 0));
        return result;
    }
    Vector lane[vectors];
    for (int v = 0; v < vectors; ++v) lane[v] = op.terms(x + v * simd::lanes);
    Index i = line_lanes;
    for (; i + line_lanes <= n; i += line_lanes) {
        for (int v = 0; v < vectors; ++v) lane[v] = Op::join(lane[v], op.terms(x + i + v * simd::lanes));
    }
    if (i < n) {
        static constexpr auto taken = [] {
            std::array<simd::LaneIndex, 2 * line_lanes> window{};
            std::fill(window.begin() + line_lanes, window.end(), -1);
            return window;
        }();
        for (int v = 0; v < vectors; ++v) {
            simd::Mask mask;
            std::memcpy(&mask, &taken[n - i + v * simd::lanes], sizeof mask);
            const Vector nothing = Vector{} + Op::start;
            lane[v] = Op::join(lane[v], mask ? op.terms(x + n - line_lanes + v * simd::lanes) : nothing);
        }
    }
    for (int half = vectors / 2; half > 0; half /= 2) {
        for (int v = 0; v < half; ++v) lane[v] = Op::join(lane[v], lane[v + half]);
    }
    return fold_lanes<Op>(lane[0]);
}

template <class Op>
[[gnu::noinline]] Real fold_long_line(Op op, const Real* x, Index n) {
    if (n <= sum_block) return fold_short_line(op, x, n);
    const Index head = pairwise_head(n);
    return Op::join(fold_long_line(op, x, head), fold_long_line(op, x + head, n - head));
}
template <class Op>
inline Real fold_line(Op op, const Real* x, Index n) {
    return n <= sum_block ? fold_short_line(op, x, n) : fold_long_line(op, x, n);
}

// `count` strips of `width` neighbours, one after the other.
template <class Op, class Width>
inline void fold_strips(Op op, const Real* x, Index count, Index stride, Real* __restrict acc, Width width) {
    for (Index i = 0; i < count; ++i, x += stride) {
        for (Index j = 0; j < width; ++j) acc[j] = Op::join(acc[j], op.term(x[j], j));
    }
}

// Terms first .. last - 1 joined to acc: chain(first, last, acc) does it for no more than sum_block of them.
template <class Op, class Width, class Chain>
void fold_pairwise(Index first, Index last, Real* acc, Width width, const Chain& chain) {
    if (last - first <= sum_block) return chain(first, last, acc);
    const Index middle = first + pairwise_head(last - first);
    fold_pairwise<Op>(first, middle, acc, width, chain);
    Real part[block];
    std::fill_n(part, Index(width), Op::start);
    fold_pairwise<Op>(middle, last, part, width, chain);
    for (Index j = 0; j < width; ++j) acc[j] = Op::join(acc[j], part[j]);
}

template <class Op, class Width>
[[gnu::noinline]] void fold_iterations(Op op, const FoldLayout& layout, const Real* x, Index first, Index last,
                                       Real* __restrict acc, Width width) {
    const Index stride = layout.folded.loops[layout.strips].stride[0];
    layout.folded.visit(layout.strips, first, last, [&](Index offset, Index count) {
        const Real* at = x + offset;
        if (layout.line == 1) return fold_strips(op, at, count, stride, acc, width);
        for (Index i = 0; i < count; ++i, at += stride) acc[0] = Op::join(acc[0], fold_line(op, at, layout.line));
    });
}

// Everything but the rows.
template <class Op, class Width>
inline void fold_inner(Op op, const FoldLayout& layout, const Real* x, Real* __restrict acc, Width width) {
    const Index iterations = layout.iterations;
    if (iterations == 1 && layout.line > 1) {
        acc[0] = Op::join(acc[0], fold_line(op, x, layout.line));
        return;
    }
    if (iterations <= sum_block) return fold_iterations(op, layout, x, 0, iterations, acc, width);
    fold_pairwise<Op>(0, iterations, acc, width, [&](Index first, Index last, Real* to) {
        fold_iterations(op, layout, x, first, last, to, width);
    });
}

template <class Op, class Width>
void fold_row_chain(Op op, const FoldLayout& layout, const Real* x, Index first, Index last, const Real* weights,
                    Real* __restrict acc, Width width) {
    x += first * layout.row_size;
    if (layout.line == 1 && layout.iterations == 1 && weights == nullptr) {  // a row is a strip
        return fold_strips(op, x, last - first, layout.row_size, acc, width);
    }
    for (Index i = first; i < last; ++i, x += layout.row_size) {
        Real row[block];
        std::fill_n(row, Index(width), Op::start);
        fold_inner(op, layout, x, row, width);
        const Real weight = weights != nullptr ? weights[i] : 1;
        for (Index j = 0; j < width; ++j) acc[j] = Op::join(acc[j], weight * row[j]);
    }
}

// Rows first .. last - 1 joined to acc in their order.
template <class Op, class Width>
void fold_rows(Op op, const FoldLayout& layout, const Real* x, Index first, Index last, const Real* weights,
               Real* __restrict acc, Width width) {
    if (!layout.by_rows) return fold_inner(op, layout, x, acc, width);
    if (last - first <= sum_block) return fold_row_chain(op, layout, x, first, last, weights, acc, width);
    fold_pairwise<Op>(first, last, acc, width, [=, &layout](Index from, Index end, Real* to) {
        fold_row_chain(op, layout, x, from, end, weights, to, width);
    });
}

// body(x, y, width): `width` neighbouring entries of y, at most one block, and the first entry of x that belongs to them.
// A width of 1 is known to the compiler.
template <class Body>
inline void for_each_block(const FoldLayout& layout, const View& x, const MutableView& y, Body body) {
    if (y.size() == 0) return;
    Real* to = y.data;
    const Index stride = layout.kept.loops[layout.lines].stride[0];
    layout.kept.visit(layout.lines, 0, layout.kept.iterations(layout.lines), [&](Index offset, Index count) {
        const Real* at = x.data + offset;
        for (Index i = 0; i < count; ++i, at += stride) {
            if (layout.width == 1) body(at, to++, std::integral_constant<Index, 1>());
            for (Index j = 0; layout.width > 1 && j < layout.width; j += block) {
                const Index width = std::min(block, layout.width - j);
                body(at + j, to, width);
                to += width;
            }
        }
    });
}

}  // namespace

void sum(const View& x, unsigned axes, const MutableView& y, Into into, const Real* row_weights) {
    if (axes == 1 && x.shape.rank() == 2) return sum_rows(x, y.data, into, row_weights);
    const FoldLayout layout(x.shape, axes);
    if (into == Into::extend && !layout.by_rows) into = Into::add;
    for_each_block(layout, x, y, [&](const Real* at, Real* to, auto width) {
        Real chain[block];
        Real* acc = into == Into::add ? chain : to;
        if (into != Into::extend) std::fill_n(acc, Index(width), Sum::start);
        fold_rows(Sum(), layout, at, 0, layout.rows, row_weights, acc, width);
        if (into == Into::add) fold_strips(Sum(), chain, 1, 0, to, width);
    });
}

void sum_ranged(const View& x, unsigned axes, const MutableView& y) {
    const FoldLayout layout(x.shape, axes);
    const Index length = range_length(layout.rows);
    for_each_block(layout, x, y, [&](const Real* at, Real* to, auto width) {
        Real part[block];
        Real* acc = to;
        Index first = 0;
        do {
            std::fill_n(acc, Index(width), Sum::start);
            fold_rows(Sum(), layout, at, first, std::min(first + length, layout.rows), nullptr, acc, width);
            if (acc == part) fold_strips(Sum(), part, 1, 0, to, width);
            acc = part;
        } while ((first += length) < layout.rows);
    });
}

void max_over(const View& x, unsigned axes, const MutableView& y) {
    const FoldLayout layout(x.shape, axes);
    for_each_block(layout, x, y, [&](const Real* at, Real* to, auto width) {
        std::fill_n(to, Index(width), Max::start);
        fold_rows(Max(), layout, at, 0, layout.rows, nullptr, to, width);
    });
}

void logsumexp(const View& x, unsigned axes, const MutableView& y) {
    const FoldLayout layout(x.shape, axes);
    for_each_block(layout, x, y, [&](const Real* at, Real* to, auto width) {
        Real shift[block], total[block];
        std::fill_n(shift, Index(width), Max::start);
        std::fill_n(total, Index(width), Sum::start);
        fold_rows(Max(), layout, at, 0, layout.rows, nullptr, shift, width);
        for (Index j = 0; j < width; ++j) shift[j] = shift[j] - shift[j] == 0 ? shift[j] : 0;  // finite?
        fold_rows(SumExp(shift), layout, at, 0, layout.rows, nullptr, total, width);
        for (Index j = 0; j < width; ++j) to[j] = shift[j] + elementary::log(total[j]);
    });
}

}  // namespace costate::inline COSTATE_WIDTH
