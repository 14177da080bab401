// autodiff/operators/interp.cpp — the curve and its transpose, each of which the derivatives of both are made of
//   y = W^(n)(t) u       jvp  ẏ = W^(n)(t) u̇ + (W^(n+1)(t) u) ṫ        vjp  ū = W^(n)(t)ᵀ ȳ,  t̄ = Σ ȳ W^(n+1)(t) u
//   v = W^(n)(t)ᵀ g      jvp  v̇ = W^(n)(t)ᵀ ġ + W^(n+1)(t)ᵀ (g ṫ)      vjp  ḡ = W^(n)(t) v̄,  t̄ = Σ g W^(n+1)(t) v̄
// W^(n): the n-th derivatives of the weights (core/kernels/interpolate.hpp), which above the curve's degree are 0.
#include "autodiff/operators/interp.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/printed.hpp"  // brings: print_interp
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/into.hpp"
#include "core/rows.hpp"  // brings: range_length

namespace costate::inline COSTATE_PRECISION {

namespace {

// What the curve and its transpose share.
struct Weights {
    Curve curve;
    bool each;               // a table for each row
    std::uint16_t gap = 0;   // none that is not a number: Operator::distinct
    std::int32_t order = 0;  // of the derivative
    bool operator==(const Weights&) const = default;

    bool is_zero() const { return order > degree(curve); }
    const char* called() const { return each ? "interp_rows" : "interp"; }
    Weights derivative() const { return {curve, each, 0, order + 1}; }

    // t and knots, and the row of a table, which belongs to row b of the result.
    Stencil of_row(const View& t, const View& knots, Index b) const {
        const Index count = knots.shape[-1];
        const Real* own = knots.data + (knots.shape.rank() == 2 ? b * count : 0);
        return stencil(curve, own, count, static_cast<Number>(t[t.size() == 1 ? 0 : b]), order);
    }
    [[noreturn]] void wrong(const Shape& t, const Shape& knots, const Shape& table, Where at) const {
        fail(at, {.what = text(called(), ": the shapes do not fit"),
                  .got = text("t ", t, ", knots ", knots, each ? ", tables " : ", table ", table),
                  .expected = each ? "t [] or [B,1], knots [K] or [B,K], tables [B,K,D]: K at least 1"
                                   : "t [], [B,1] or [N], knots [K], table [K] or [K,D]: K at least 1",
                  .fix = each ? "reshape(tables, {B, K, 1}) where each row has one number at a time" : ""});
    }
    void require_t_and_knots(const Shape& t, const Shape& knots, const Shape& table, Index rows, Where at) const {
        const int last = knots.rank() - 1;
        const bool one_column = t.rank() == 0 || (t.rank() == 2 && t[1] == 1);
        const bool t_fits = each ? one_column && (t.rank() == 0 || t[0] == rows) : one_column || t.rank() == 1;
        const bool own_knots = each && knots.rank() == 2 && knots[0] == rows;
        if (!t_fits || !(knots.rank() == 1 || own_knots) || knots[last] == 0) wrong(t, knots, table, at);
    }
    // The rows' labels of the curve, and of the transpose where each row has a table of its own.
    Rows row_by_row(std::span<RowOperand> in) const {
        const bool knots_of_rows = in[1].shape.rank() == 2;
        if (in[1].rows == Rows::row && !knots_of_rows) return Rows::coupled;
        in[0].aligned = in[0].rows == Rows::shared && in[0].shape.rank() > 0;
        in[1].aligned = in[1].rows == Rows::shared && knots_of_rows;
        in[2].aligned = in[2].rows == Rows::shared && each;
        return Rows::row;
    }
};

Var curve_of(const Weights& w, Var t, Var knots, Var table);
Var transpose_of(const Weights& w, Var t, Var knots, Var g);

// t's tangent, ready to broadcast to a row for each entry of t; and the sum of such rows' products with one another.
Shape beside(const Shape& t, const Shape& y) {
    Shape shape = Shape::of_rank(t.rank() == 0 ? 0 : y.rank());
    if (t.rank() > 0) shape.set(0, t[0]);
    return shape;
}
Var spread(Var dt, const Shape& y) { return dt.is_zero() ? dt : reshape(dt, beside(dt.shape(), y)); }
Var summed(Var product, const Shape& t) {
    if (product.is_zero()) return product;
    return reshape(sum_to(product, beside(t, product.shape())), t);
}

struct Interp : Weights {
    static constexpr const char* name = "interp";
    static constexpr std::uint32_t number = number_of("interp");
    bool operator==(const Interp&) const = default;

    Shape shape(const Shape& t, const Shape& knots, const Shape& table, Where at) const {
        const int along = each ? 1 : 0;  // the table's axis of knots
        const Index rows = table.rank() == 0 ? 0 : table[0];
        require_t_and_knots(t, knots, table, rows, at);
        if (table.rank() <= 2 * along || table[along] != knots[-1]) wrong(t, knots, table, at);
        const Shape y = table.without(along);
        return each || t.rank() == 0 ? y : Shape{t[0]}.joined(y, 0, at);
    }
    void eval(const View& t, const View& knots, const View& table, const MutableView& y) const {
        const Index rows = each ? table.shape[0] : t.size(), inner = rows == 0 ? 0 : y.size() / rows;
        const Index next = each ? knots.shape[-1] * inner : 0;
        for (Index b = 0; b < rows; ++b) {
            const Stencil s = of_row(t, knots, b);
            const Real* u = table.data + b * next + s.first * inner;
            Real* to = y.data + b * inner;
            std::fill_n(to, inner, Real(0));
            for (int j = 0; j < s.count; ++j, u += inner) {
                const Real w = static_cast<Real>(s.weight[j]);
                for (Index i = 0; i < inner; ++i) to[i] += w * u[i];
            }
        }
    }
    void print(CCode& c) const { print_interp(c, {curve == Curve::cubic, each, false, order}); }
    Var jvp(Var t, Var knots, Var table, Var y, Var dt, Var, Var dtable) const {
        const Var slope = dt.is_zero() ? dt : curve_of(derivative(), t, knots, table);
        return curve_of(*this, t, knots, dtable) + slope * spread(dt, y.shape());
    }
    std::array<Var, 3> vjp(Var t, Var knots, Var table, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? summed(gy * curve_of(derivative(), t, knots, table), t.shape()) : Var{}, Var{},
                needs(wanted, 2) ? transpose_of(*this, t, knots, gy) : Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        if (!each && (in[1].rows == Rows::row || in[2].rows == Rows::row)) return Rows::coupled;
        return each || in[0].shape.rank() > 0 ? row_by_row(in) : Rows::shared;
    }
    Number flops(std::span<const View>, const Shape& y) const { return 8.0 * static_cast<Number>(y.size()); }
};

// g has the shape of the curve's values, the result that of the table.
struct InterpTranspose : Weights {
    static constexpr const char* name = "interp_transpose";
    static constexpr std::uint32_t number = number_of("interp_transpose");
    bool operator==(const InterpTranspose&) const = default;

    Shape shape(const Shape& t, const Shape& knots, const Shape& g, Where at) const {
        Shape table;
        if (each) table.append(g[0], at);
        table.append(knots[-1], at);
        return table.joined(g, each || t.rank() > 0 ? 1 : 0, at);
    }
    void eval(const View& t, const View& knots, const View& g, const MutableView& v) const {
        if (each) {
            std::fill_n(v.data, v.size(), Real(0));
            const Index rows = g.shape[0];
            for (Index b = 0; b < rows; ++b)
                add_row(t, knots, g, b, v.data + b * (v.size() / rows), 1, 0, v.size() / rows);
            return;
        }
        const Index rows = t.size(), length = range_length(rows);
        std::fill_n(v.data, v.size(), Real(0));
        for (Index first = 0; first < rows; first += length)
            add_rows(t, knots, g, first, std::min(length, rows - first), v, first == 0 ? Into::extend : Into::add,
                     nullptr);
    }
    void eval_sum(const View& t, const View& knots, const View& g, const MutableView& v, Into into,
                  const Real* weights) const {
        if (into == Into::assign) std::fill_n(v.data, v.size(), Real(0));
        add_rows(t, knots, g, 0, t.size(), v, into == Into::add ? into : Into::extend, weights);
    }
    void print(CCode& c) const { print_interp(c, {curve == Curve::cubic, each, true, order}); }
    Var jvp(Var t, Var knots, Var g, Var, Var dt, Var, Var dg) const {
        return transpose_of(*this, t, knots, dg) + transpose_of(derivative(), t, knots, g * spread(dt, g.shape()));
    }
    std::array<Var, 3> vjp(Var t, Var knots, Var g, Var, Var gv, Needs wanted) const {
        return {needs(wanted, 0) ? summed(g * curve_of(derivative(), t, knots, gv), t.shape()) : Var{}, Var{},
                needs(wanted, 2) ? curve_of(*this, t, knots, gv) : Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        if (each) return row_by_row(in);
        if (in[0].shape.rank() == 0 || in[1].rows == Rows::row)
            return in[1].rows == Rows::row || in[2].rows == Rows::row ? Rows::coupled : Rows::shared;
        for (RowOperand* x : {&in[0], &in[2]}) x->aligned = x->rows == Rows::shared;
        return Rows::row_sum;
    }

private:
    // Row b's part of the entries first ... first + count of a table.
    void add_row(const View& t, const View& knots, const View& g, Index b, Real* table, Real weight, Index first,
                 Index count) const {
        const Index inner = g.size() / std::max<Index>(each ? g.shape[0] : t.size(), 1);
        const Stencil s = of_row(t, knots, b);
        for (int j = 0; j < s.count; ++j) {
            const Real w = static_cast<Real>(s.weight[j]);
            const Index begin = (s.first + j) * inner - first;
            for (Index i = std::max<Index>(0, -begin); i < std::min(inner, count - begin); ++i)
                table[begin + i] += weight * (w * g[b * inner + i]);
        }
    }
    // One chain over the rows in their order, going on from v (extend), or from 0 and then added to it: piece by piece, so
    // that the pieces need no memory but the stack's.
    void add_rows(const View& t, const View& knots, const View& g, Index first_row, Index rows, const MutableView& v,
                  Into into, const Real* weights) const {
        const auto chain = [&](Real* table, Index first, Index count) {
            for (Index b = first_row; b < first_row + rows; ++b)
                add_row(t, knots, g, b, table, weights ? weights[b - first_row] : Real(1), first, count);
        };
        if (into == Into::extend) return chain(v.data, 0, v.size());
        Real piece[512];
        for (Index first = 0; first < v.size(); first += 512) {
            const Index count = std::min<Index>(512, v.size() - first);
            std::fill_n(piece, count, Real(0));
            chain(piece, first, count);
            for (Index i = 0; i < count; ++i) v[first + i] += piece[i];
        }
    }
};

Var curve_of(const Weights& w, Var t, Var knots, Var table) {
    return w.is_zero() || table.is_zero() ? Var{} : record(Interp{w}, t, knots, table);
}
Var transpose_of(const Weights& w, Var t, Var knots, Var g) {
    return w.is_zero() || g.is_zero() ? Var{} : record(InterpTranspose{w}, t, knots, g);
}

void require_increase(const View& knots, const char* what, Where at) {
    const Index count = knots.shape[-1];
    for (Index i = 1; i < knots.size(); ++i)
        if (i % count != 0 && !(knots[i - 1] < knots[i]))
            fail(at, {.what = text(what, ": the knots do not increase"),
                      .got = text(knots[i - 1], " and then ", knots[i]),
                      .expected = "each knot after the one before",
                      .fix = "sort the knots and the table alike; one value for each knot"});
}

Var interp_of(const Weights& w, const Operand& t, const Operand& knots, const Operand& table) {
    if (table.is_zero()) return table.var();
    const Where at = t.at();
    const std::array<Var, 3> v = on_one_tape(w.called(), t, knots, table);
    const Tape& tape = v[0].tape();
    if (tape.values()[v[1].index()].active)
        fail(at, {.what = text(w.called(), ": there is no derivative by the knots"),
                  .got = "knots that depend on a variable or a parameter",
                  .expected = "numbers that nothing is differentiated by",
                  .fix = "detach(knots), if that is meant"});
    const Shape shape = v[2].shape(), of_t = v[0].shape();
    const bool column = !w.each && of_t.rank() == 2 && shape.rank() == 1;  // [B,1] of [K] is [B,1]
    const Interp op{w};
    op.shape(of_t, v[1].shape(), shape, at);
    if (tape.evaluating()) require_increase(tape.view(v[1]), w.called(), at);
    const Operand values(column ? reshape(Operand(v[2], at), {shape[0], 1}) : v[2], at);
    return record(op, Operand(v[0], at), Operand(v[1], at), values);
}

// A list of doubles, seen as Reals until the next one.
template <class N>
View as_reals(std::span<const N> list) {
    const Shape shape{std::ssize(list)};
    if constexpr (std::is_same_v<Real, N>) {
        return {list.data(), shape};
    } else {
        static COSTATE_THREAD_LOCAL std::vector<Real> reals;
        reals.resize(list.size());
        std::transform(list.begin(), list.end(), reals.begin(), [](N x) { return static_cast<Real>(x); });
        return {reals.data(), shape};
    }
}

}  // namespace

Var interp(const Operand& t, const Operand& knots, const Operand& table, Curve curve) {
    return interp_of({curve, false}, t, knots, table);
}
Var interp_rows(const Operand& t, const Operand& knots, const Operand& tables, Curve curve) {
    return interp_of({curve, true}, t, knots, tables);
}

Var interp(const Operand& t, std::span<const Number> knots, const Operand& table, Curve curve) {
    return interp(t, Operand(as_reals(knots), t.at()), table, curve);
}
Var interp_rows(const Operand& t, std::span<const Number> knots, const Operand& tables, Curve curve) {
    return interp_rows(t, Operand(as_reals(knots), t.at()), tables, curve);
}

COSTATE_EVALUATOR(Interp)
COSTATE_EVALUATOR(InterpTranspose)

}  // namespace costate
