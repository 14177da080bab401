// autodiff/operators/shaping.cpp — reshape, permute, broadcast_to, sum_to
#include "autodiff/operators/shaping.hpp"

#include <algorithm>

#include "autodiff/operators/linear.hpp"   // brings: Linear, moved
#include "autodiff/operators/printed.hpp"  // brings: print_fold, print_blocks, ...
#include "core/kernels/broadcast.hpp"
#include "core/kernels/permute.hpp"
#include "core/kernels/reduce.hpp"
#include "core/kernels/sum_rows.hpp"  // brings: extend_column_sums
#include "core/rows.hpp"              // brings: sum_block
#include "core/small.hpp"             // brings: small_machine

namespace costate::inline COSTATE_PRECISION {

namespace {

// Seeds and absent gradients. An operator without operands, so that a program finds two of them to be equal: what grows
// from them is then computed once.
struct Fill {
    Extents to;
    ExactNumber value;
    static constexpr const char* name = "fill";
    static constexpr std::uint32_t number = number_of("fill");
    static constexpr bool general = true;
    bool operator==(const Fill&) const = default;
    void eval(std::span<const View>, std::span<const MutableView> out, const Evaluation&) const {
        std::fill_n(out[0].data, out[0].size(), static_cast<Real>(value));
    }
    void jvp(std::span<const Var>, std::span<const Var>, std::span<const Var>, std::span<Var>) const {}
    void vjp(std::span<const Var>, std::span<const Var>, std::span<const Var>, Needs, std::span<Var>) const {}
    void print(CCode& c) const { print_fill(c, value); }
    Rows rows(std::span<RowOperand>, const Shape&) const { return Rows::row; }  // as many as are asked for
};

struct Reshape {
    Extents to;
    static constexpr const char* name = "reshape";
    static constexpr std::uint32_t number = number_of("reshape");
    static constexpr auto rows = within_rows;
    bool operator==(const Reshape&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (x.size() != Shape(to).size())
            fail(at, {.what = "reshape: the number of entries would change",
                      .got = text(x, " to ", to),
                      .expected = text(x.size(), " entries"),
                      .fix = "-1 in place of one extent means what is left"});
        return to;
    }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    void print(CCode& c) const { print_blocks(c, {1, c.out.size(), 0, 0, 0, 0}); }
    Reshape transposed(const Shape& x) const { return {x}; }
};

struct Permute {
    std::array<std::int8_t, Shape::max_rank> axes{};
    static constexpr const char* name = "permute";
    static constexpr std::uint32_t number = number_of("permute");
    bool operator==(const Permute&) const = default;
    Shape shape(const Shape& x, Where) const {
        Shape y;
        for (int i = 0; i < x.rank(); ++i) y.append(x[axes[i]]);
        return y;
    }
    void eval(const View& x, const MutableView& y) const { permute(x, axes, y); }
    void print(CCode& c) const {
        Nest nest;  // of y's axes, by where they lie in x
        for (int i = c.out.rank() - 1; i >= 0; --i) {
            Index from = 1;
            for (int a = axes[i] + 1; a < c.in[0].rank(); ++a) from *= c.in[0][a];
            nest.enclose(c.out[i], {from});
        }
        print_walk(c, nest);
    }
    Permute transposed(const Shape& x) const {
        Permute back;
        for (int i = 0; i < x.rank(); ++i) back.axes[axes[i]] = static_cast<std::int8_t>(i);
        return back;
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        if (axes[0] == 0) return within_rows(in, y);
        return in[0].rows == Rows::row ? Rows::coupled : Rows::shared;
    }
};

struct SumTo;

struct Broadcast {
    Extents to;
    static constexpr const char* name = "broadcast_to";
    static constexpr std::uint32_t number = number_of("broadcast_to");
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Broadcast&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (!can_broadcast(x, to))
            fail(at, {.what = "broadcast_to: the shape does not fit",
                      .got = text(x, " to ", to),
                      .expected = "extents that are equal, or 1, or missing on the left"});
        return to;
    }
    void eval(const View& x, const MutableView& y) const { broadcast_to(x, y); }
    void print(CCode& c) const { c.map("x"); }
    SumTo transposed(const Shape& x) const;
};

struct SumTo {
    Extents to;
    static constexpr const char* name = "sum_to";
    static constexpr std::uint32_t number = number_of("sum_to");
    bool operator==(const SumTo&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (!can_broadcast(to, x))
            fail(at, {.what = "sum_to: the shape does not fit",
                      .got = text(x, " to ", to),
                      .expected = text("a shape that broadcasts to ", x)});
        return to;
    }
    void eval(const View& x, const MutableView& y) const { sum_to(x, y); }
    void eval_sum(const View& x, const MutableView& y, Into into, const Real* weights) const {
        costate::sum(x, repeated_axes(y.shape, x.shape) | 1u, y, into, weights);  // a tile may have one row only
    }
    bool eval_ranges(const View& x, const MutableView& y, const Ranges& ranges, const Real* weights) const {
        const bool one_chain_each = y.size() == 1 && x.size() == x.shape.rows() && ranges.length <= sum_block;
        if (small_machine || !one_chain_each) return false;  // eval_sum does, range by range
        extend_column_sums(x.data, x.size(), ranges.length, weights, y.data, ranges.apart);
        return true;
    }
    void print(CCode& c) const {
        const unsigned axes = repeated_axes(c.out, c.in[0]);
        print_fold(c, Fold::sum, c.into == Into::extend ? axes | 1u : axes);
    }
    Broadcast transposed(const Shape& x) const { return {x}; }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        const bool keeps_rows = y.rank() > 0 && y.rank() == in[0].shape.rank() && y[0] == in[0].shape[0];
        return keeps_rows ? within_rows(in, y) : Rows::row_sum;
    }
};

SumTo Broadcast::transposed(const Shape& x) const { return {x}; }

// x in another shape, by a move to it; in that shape already, x itself.
template <class Move>
Var to_shape(const Operand& x, const Shape& shape) {
    return x.is_zero() || shape_of(x, Move::name) == shape ? x.var() : moved(x, Move{shape});
}

}  // namespace

Var without_broadcast(Var x) {
    const Tape::Operation* operation = made_by<Broadcast>(x);
    return operation ? operand_of(x, *operation) : x;
}

bool is_transposed(Var x, Var& source) {
    const Tape::Operation* operation = x.is_zero() || x.shape().rank() != 2 ? nullptr : made_by<Permute>(x);
    if (!operation || attributes_as<Permute>(operation->attributes).axes[0] != 1) return false;
    source = operand_of(x, *operation);
    return true;
}

Var filled(Tape& tape, const Shape& shape, Number value) {
    return record_general(tape, Fill{shape, value}, {}, std::span(&shape, 1))[0];
}

bool is_filled(Var v, Number value, Where at) {
    const Tape::Operation* operation = v.tape().producer(v.tape().bring(v, at));
    return operation && operation->op == operator_number<Fill>() &&
           attributes_as<Fill>(operation->attributes).value == ExactNumber(value);
}

Var or_zeros(Var v, Var like) { return v.is_zero() ? filled(like.tape(), like.shape(), 0) : v; }

Var reshape(const Operand& x, const Shape& shape) { return to_shape<Reshape>(x, shape); }
Var broadcast_to(const Operand& x, const Shape& shape) { return to_shape<Broadcast>(x, shape); }
Var sum_to(const Operand& x, const Shape& shape) { return to_shape<SumTo>(x, shape); }

Var reshape(const Operand& x, std::initializer_list<Index> extents) {
    if (x.is_zero()) return x.var();
    const auto open = std::find(extents.begin(), extents.end(), -1);
    if (open == extents.end()) return reshape(x, Shape(extents, x.at()));
    const Shape from = shape_of(x, "reshape");
    if (std::find(open + 1, extents.end(), -1) != extents.end())
        fail(x.at(), {.what = "reshape: more than one extent is -1",
                      .got = text(from, " to a shape with -1 in several places"),
                      .expected = "at most one -1: it means what the other extents leave"});
    Shape to;
    for (auto extent = extents.begin(); extent != extents.end(); ++extent)
        to.append(extent == open ? 1 : *extent, x.at());
    const Index known = to.size();
    if (known == 0 || from.size() % known != 0)
        fail(x.at(), {.what = "reshape: no extent fits in place of -1",
                      .got = text(from, " to ", to, " times what -1 stands for"),
                      .expected = text("a number of entries, ", from.size(), ", that the other extents divide")});
    to.set(static_cast<int>(open - extents.begin()), from.size() / known, x.at());
    return reshape(x, to);
}

Var permute(const Operand& x, Axes axes) {
    if (x.is_zero()) return x.var();
    const Shape shape = shape_of(x, "permute");
    const int rank = shape.rank();
    Permute op;
    unsigned seen = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const int counted = checked_axis("permute", shape, axes[i], x.at());
        seen |= 1u << counted;
        if (i < op.axes.size()) op.axes[i] = static_cast<std::int8_t>(counted);
    }
    if (std::ssize(axes) != rank || seen + 1 != 1u << rank)
        fail(x.at(), {.what = "permute: not a permutation of the axes",
                      .got = text(axes.size(), " axes for ", shape),
                      .expected = "each axis exactly once"});
    return moved(x, op);
}

Var transpose(const Operand& x) {
    if (x.is_zero()) return x.var();
    const Shape shape = shape_of(x, "transpose");
    const int rank = shape.rank();
    if (rank < 2)
        fail(
            x.at(),
            {.what = "transpose: fewer than two axes", .got = text(shape), .expected = "a matrix, or a stack of them"});
    Permute op;
    for (int i = 0; i < rank; ++i) op.axes[i] = static_cast<std::int8_t>(i);
    std::swap(op.axes[rank - 1], op.axes[rank - 2]);
    return moved(x, op);
}

COSTATE_EVALUATOR(Fill)
COSTATE_EVALUATOR(Linear<Reshape>)
COSTATE_EVALUATOR(Linear<Permute>)
COSTATE_EVALUATOR(Linear<Broadcast>)
COSTATE_EVALUATOR(Linear<SumTo>)

}  // namespace costate
