#include "core/reduce.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/elementary.hpp"  // brings: exp, log
#include "core/nest.hpp"        // brings: COSTATE_INDEPENDENT
#include "core/rows.hpp"        // brings: range_length
#include "core/simd.hpp"        // brings: Vector, load, odd_blocks
#include "core/sum_rows.hpp"    // brings: sum_rows

namespace costate {
namespace {

using simd::Vector;

constexpr Index lanes = 16;  // of a line, on every machine: so many entries are added side by side
constexpr int vectors = static_cast<int>(lanes) / simd::lanes;
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
        return ((b > a) | (b != b)) ? b : a;  // a nan in a stays, for no comparison with it holds; a nan in b is taken
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

struct Loops {
    int depth = 0;
    Index extent[3] = {1, 1, 1}, stride[3] = {};  // six axes, every other one: three at most; the innermost first
};

template <class Body>
inline void visit(const Loops& loops, const Real* x, Body body) {
    for (Index c = 0; c < loops.extent[2]; ++c) {
        for (Index b = 0; b < loops.extent[1]; ++b) {
            const Real* at = x + c * loops.stride[2] + b * loops.stride[1];
            for (Index a = 0; a < loops.extent[0]; ++a, at += loops.stride[0]) body(at);
        }
    }
}

// x, seen by a reduction: neighbouring axes of the same kind are one.
struct Layout {
    Loops kept, folded;
    bool by_rows;  // axis 0 is folded: it stays apart from the other axes, because rows go in order
    Index rows = 1, row_size = 0;
    Index width = 1, line = 1;  // the innermost axis: `width` neighbours kept or `line` neighbours folded

    Layout(const Shape& shape, unsigned axes) : by_rows(shape.rank() > 0 && (axes & 1) != 0) {
        Index span = 1;
        Index* extent = nullptr;
        bool previous = false;
        for (int axis = shape.rank() - 1; axis >= (by_rows ? 1 : 0); --axis) {
            if (shape[axis] == 1) continue;
            const bool fold = (axes >> axis & 1) != 0;
            if (extent == nullptr) {
                extent = fold ? &line : &width;
            } else if (fold != previous) {
                Loops& loops = fold ? folded : kept;
                loops.stride[loops.depth] = span;
                extent = &loops.extent[loops.depth++];
            }
            *extent *= shape[axis];
            span *= shape[axis];
            previous = fold;
        }
        if (by_rows) {
            rows = shape[0];
            row_size = span;
        }
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

// n neighbours: in order when they are few, otherwise in lanes: lane l takes x_l, x_{l+16}, ...; the n mod 16 last ones are
// the upper lanes of the last 16.
template <class Op>
inline Real fold_line(const Op& op, const Real* x, Index n) {
    if (n < lanes) {
        Real result = Op::start;
        for (Index i = 0; i < n; ++i) result = Op::join(result, op.term(x[i], 0));
        return result;
    }
    Vector lane[vectors];
    for (int v = 0; v < vectors; ++v) lane[v] = op.terms(x + v * simd::lanes);
    Index i = lanes;
    for (; i + lanes <= n; i += lanes) {
        for (int v = 0; v < vectors; ++v) lane[v] = Op::join(lane[v], op.terms(x + i + v * simd::lanes));
    }
    if (i < n) {
        static constexpr auto taken = [] {
            std::array<simd::LaneIndex, 2 * lanes> window{};
            std::fill(window.begin() + lanes, window.end(), -1);
            return window;
        }();
        for (int v = 0; v < vectors; ++v) {
            simd::Mask mask;
            std::memcpy(&mask, &taken[static_cast<std::size_t>(n - i + v * simd::lanes)], sizeof mask);
            const Vector nothing = Vector{} + Op::start;
            lane[v] = Op::join(lane[v], mask ? op.terms(x + n - lanes + v * simd::lanes) : nothing);
        }
    }
    for (int half = vectors / 2; half > 0; half /= 2) {
        for (int v = 0; v < half; ++v) lane[v] = Op::join(lane[v], lane[v + half]);
    }
    return fold_lanes<Op>(lane[0]);
}

// `count` strips of `width` neighbours, one after the other.
template <class Op, class Width>
inline void fold_strips(const Op& op, const Real* x, Index count, Index stride, Real* __restrict acc, Width width) {
    for (Index i = 0; i < count; ++i, x += stride) {
        for (Index j = 0; j < width; ++j) acc[j] = Op::join(acc[j], op.term(x[j], j));
    }
}

// Everything but the rows.
template <class Op, class Width>
inline void fold_inner(const Op& op, const Layout& layout, const Real* x, Real* __restrict acc, Width width) {
    if (layout.line != 1) {
        visit(layout.folded, x, [&](const Real* at) { acc[0] = Op::join(acc[0], fold_line(op, at, layout.line)); });
        return;
    }
    Loops outer = layout.folded;
    outer.extent[0] = 1;
    visit(outer, x,
          [&](const Real* at) { fold_strips(op, at, layout.folded.extent[0], layout.folded.stride[0], acc, width); });
}

// Rows first .. last - 1 joined to acc in their order.
template <class Op, class Width>
void fold_rows(const Op& op, const Layout& layout, const Real* x, Index first, Index last, const Real* weights,
               Real* __restrict acc, Width width) {
    if (!layout.by_rows) return fold_inner(op, layout, x, acc, width);
    x += first * layout.row_size;
    if (layout.line == 1 && layout.folded.depth == 0 && weights == nullptr) {  // a row is a strip
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

// body(x, y, width): `width` neighbouring entries of y, at most one block, and the first entry of x that belongs to them.
// A width of 1 is known to the compiler.
template <class Body>
inline void for_each_block(const Layout& layout, const View& x, const MutableView& y, Body body) {
    if (y.size() == 0) return;
    Real* to = y.data;
    visit(layout.kept, x.data, [&](const Real* at) {
        if (layout.width == 1) return body(at, to++, std::integral_constant<Index, 1>());
        for (Index j = 0; j < layout.width; j += block) {
            const Index width = std::min(block, layout.width - j);
            body(at + j, to, width);
            to += width;
        }
    });
}

}  // namespace

void sum(const View& x, unsigned axes, const MutableView& y, Into into, const Real* row_weights) {
    if (axes == 1 && x.shape.rank() == 2) return sum_rows(x, y.data, into, row_weights);
    const Layout layout(x.shape, axes);
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
    const Layout layout(x.shape, axes);
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
    const Layout layout(x.shape, axes);
    for_each_block(layout, x, y, [&](const Real* at, Real* to, auto width) {
        std::fill_n(to, Index(width), Max::start);
        fold_rows(Max(), layout, at, 0, layout.rows, nullptr, to, width);
    });
}

void logsumexp(const View& x, unsigned axes, const MutableView& y) {
    const Layout layout(x.shape, axes);
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

void softmax_last(const View& x, const MutableView& y) {
    const Index n = x.shape.rank() == 0 ? 1 : x.shape[x.shape.rank() - 1];
    const Index size = x.size();
    for (Index at = 0; at < size; at += n) {
        const Real* row = x.data + at;
        Real* to = y.data + at;
        const Real shift = fold_line(Max(), row, n);
        COSTATE_INDEPENDENT
        for (Index j = 0; j < n; ++j) to[j] = elementary::exp(row[j] - shift);
        const Real total = fold_line(Sum(), to, n);
        COSTATE_INDEPENDENT
        for (Index j = 0; j < n; ++j) to[j] /= total;
    }
}

}  // namespace costate
