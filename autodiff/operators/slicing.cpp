// autodiff/operators/slicing.cpp — slice, column, x[i], pad, concatenate (declared in autodiff/operators/shaping.hpp)
#include <algorithm>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/linear.hpp"   // brings: Linear, moved, AlongAxis
#include "autodiff/operators/printed.hpp"  // brings: print_blocks, print_fill
#include "autodiff/operators/shaping.hpp"
#include "core/loops.hpp"  // brings: COSTATE_INDEPENDENT, with_constant

namespace costate::inline COSTATE_PRECISION {

namespace {

// Of so few columns side by side loops are compiled for their number: they become shuffles of vectors.
constexpr int max_columns = 4;

// Copies `outer` blocks of `count` neighbours from places that lie `from_stride` apart to places `to_stride` apart.
void copy_blocks(Real* to, Index to_stride, const Real* from, Index from_stride, Index outer, Index count) {
    const auto copy_column = [&](auto stride) {
        COSTATE_INDEPENDENT
        for (Index o = 0; o < outer; ++o) to[o] = from[o * stride];
    };
    if (count == 1 && to_stride == 1 && with_constant<1, max_columns>(from_stride, copy_column)) return;
    if (count == 1)  // one loop, not a loop in a loop
        for (Index o = 0; o < outer; ++o) to[o * to_stride] = from[o * from_stride];
    else
        for (Index o = 0; o < outer; ++o) std::copy_n(from + o * from_stride, count, to + o * to_stride);
}

// Up to max_columns columns of `rows` numbers, from row `first` on, become the columns of one matrix.
void put_side_by_side(const Real* const* columns, Index count, Real* y, Index first, Index rows) {
    with_constant<1, max_columns>(count, [&](auto n) {
        const Real* x[n()];
        for (int k = 0; k < n(); ++k) x[k] = columns[k] + first;
        y += first * n();
        COSTATE_INDEPENDENT
        for (Index i = 0; i < rows; ++i)
            for (int k = 0; k < n(); ++k) y[i * n() + k] = x[k][i];
    });
}

struct Pad;

struct Slice : AlongAxis {
    Whole first, count;
    static constexpr const char* name = "slice";
    static constexpr std::uint32_t number = number_of("slice");
    bool operator==(const Slice&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (first < 0 || count < 0 || first > x[axis] || count > x[axis] - first)
            fail(at, {.what = "slice: outside the tensor",
                      .got = text(count, " entries from ", first, " on, of axis ", axis, " of ", x),
                      .expected = text("a range within 0 to ", x[axis])});
        return x.with(axis, count, at);
    }
    void eval(const View& x, const MutableView& y) const {
        const Shape::Around in = x.shape.around(axis);
        const Index block = count * in.inner;
        copy_blocks(y.data, block, x.data + first * in.inner, in.extent * in.inner, in.outer, block);
    }
    bool bind(const View& x, const MutableView& y, Kernel& kernel) const {
        if (x.shape.rank() != 2 || axis != 1) return false;  // columns of a matrix
        kernel.set_rows(y.shape);
        kernel.sizes[0] = first;
        kernel.sizes[1] = x.shape[1];
        kernel.run = [](const Kernel& k, const Places& at, Index row, Index rows) {
            copy_blocks(at.y + row * k.width, k.width, at.x[0] + row * k.sizes[1] + k.sizes[0], k.sizes[1], rows,
                        k.width);
        };
        return true;
    }
    void print(CCode& c) const {
        const Shape::Around in = c.in[0].around(axis);
        print_blocks(c, {in.outer, count * in.inner, first * in.inner, in.extent * in.inner, 0, count * in.inner});
    }
    Pad transposed(const Shape& x) const;
};

struct Pad : AlongAxis {
    Whole before, after;
    static constexpr const char* name = "pad";
    static constexpr std::uint32_t number = number_of("pad");
    // What was padded to make these terms, as one; a zero Var where they do not just fill it.
    static Var sum(std::span<const Var> terms, Where at);
    bool operator==(const Pad&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (std::min(before, after) < 0 || std::max(before, after) > Shape::max_extent)
            fail(at, {.what = "pad: a number of zeros is out of range",
                      .got = text(before, " before, ", after, " after"),
                      .expected = "0 or more, below 2^31"});
        return x.with(axis, before + x[axis] + after, at);
    }
    void eval(const View& x, const MutableView& y) const {
        const Shape::Around in = x.shape.around(axis), out = y.shape.around(axis);
        std::fill_n(y.data, y.size(), Real(0));
        const Index block = in.extent * in.inner;
        copy_blocks(y.data + before * in.inner, out.extent * in.inner, x.data, block, in.outer, block);
    }
    void print(CCode& c) const {
        const Shape::Around in = c.in[0].around(axis), out = c.out.around(axis);
        const Index block = in.extent * in.inner;
        print_fill(c, 0);
        print_blocks(c, {in.outer, block, 0, block, before * in.inner, out.extent * in.inner});
    }
    Slice transposed(const Shape& x) const { return {{axis}, before, x[axis]}; }
};

Pad Slice::transposed(const Shape& x) const { return {{axis}, first, x[axis] - first - count}; }

struct Concatenate {
    int axis;
    static constexpr const char* name = "concatenate";
    static constexpr std::uint32_t number = number_of("concatenate");
    static constexpr bool general = true;
    bool operator==(const Concatenate&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        const Shape::Around whole = out[0].shape.around(axis);
        Index at = 0;
        for (const View& part : in) {
            const Shape::Around one = part.shape.around(axis);
            const Index block = one.extent * one.inner;
            copy_blocks(out[0].data + at * whole.inner, whole.extent * whole.inner, part.data, block, one.outer, block);
            at += one.extent;
        }
    }
    bool bind(std::span<const View> in, const MutableView& y, Kernel& kernel) const {
        if (y.shape.rank() != 2 || axis != 1 || y.shape[1] > max_columns) return false;
        for (const View& part : in)
            if (part.shape[1] != 1) return false;
        kernel.set_rows(y.shape);
        kernel.run = [](const Kernel& k, const Places& at, Index first, Index count) {
            put_side_by_side(at.x.data(), k.width, at.y, first, count);
        };
        return true;
    }
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const {
        Index at = 0;  // a sum of padded tangents: absent ones cost nothing
        const std::span<Var> parts = out[0].tape().list(in.size());
        for (std::size_t i = 0; i < in.size(); at += in[i++].shape()[axis])
            if (!d_in[i].is_zero()) parts[i] = pad(d_in[i], axis, at, out[0].shape()[axis] - at - in[i].shape()[axis]);
        const bool all = std::none_of(d_in.begin(), d_in.end(), [](const Var& d) { return d.is_zero(); });
        d_out[0] = all ? concatenate(d_in, axis) : sum_of(parts);
    }
    void vjp(std::span<const Var> in, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const {
        Index at = 0;
        for (std::size_t i = 0; i < in.size(); at += in[i++].shape()[axis])
            if (needs(wanted, i)) g_in[i] = slice(g_out[0], axis, at, in[i].shape()[axis]);
    }
    void print(CCode& c) const {
        const Shape::Around whole = c.out.around(axis);
        Index at = 0;
        for (std::size_t i = 0; i < c.in.size(); ++i) {
            const Shape::Around one = c.in[i].around(axis);
            const Index block = one.extent * one.inner;
            print_blocks(c, {one.outer, block, 0, block, at * whole.inner, whole.extent * whole.inner}, c.operand(i));
            at += one.extent;
        }
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return axis == 0 ? Rows::coupled : elementwise_rows(in, y);
    }
};

}  // namespace

Var Pad::sum(std::span<const Var> terms, Where at) {
    const Tape::Operation* first = made_by<Pad>(terms[0]);
    if (!first) return {};
    const int axis = attributes_as<Pad>(first->attributes).axis;
    const std::span<Var> parts = terms[0].tape().list(terms.size());
    Index end = 0;
    for (Var& part : parts) {  // the one that begins where the last one ends
        for (const Var& term : terms) {
            const Tape::Operation* operation = made_by<Pad>(term);
            if (!operation || &term.tape() != &terms[0].tape()) return {};
            const Pad how = attributes_as<Pad>(operation->attributes);
            if (how.axis != axis) return {};
            if (how.before == end && operand_of(term, *operation).shape()[axis] > 0)
                part = operand_of(term, *operation);
        }
        if (part.is_zero()) return {};
        end += part.shape()[axis];
    }
    return end == terms[0].shape()[axis] ? concatenate(parts, axis, at) : Var{};
}

namespace {

// Entry i of an axis, counted from its end when negative, as a slice.
Slice entry_of(const char* what, const Shape& shape, int axis, Index i, Where at) {
    const Index extent = shape[axis], counted = i < 0 ? i + extent : i;
    if (counted < 0 || counted >= extent)
        fail(at, {.what = text(what, ": there is no such entry"),
                  .got = text(i, " of axis ", axis, " of ", shape),
                  .expected = extent == 0 ? text("an axis with entries")
                                          : text("0 to ", extent - 1, ", or from the end, -1 to -", extent)});
    return {{axis}, counted, 1};
}

}  // namespace

Var slice(const Operand& x, int axis, Index first, Index count) {
    return moved(x, Slice{{axis_of("slice", x, axis)}, first, count});
}

Var pad(const Operand& x, int axis, Index before, Index after) {
    return moved(x, Pad{{axis_of("pad", x, axis)}, before, after});
}

Var column(const Operand& x, Index j) {
    if (x.is_zero()) return x.var();
    return moved(x, entry_of("column", shape_of(x, "column"), axis_of("column", x, -1), j, x.at()));
}

Var Var::operator[](Entry i) const {
    if (is_zero()) return *this;
    const Operand x(*this, i.at);
    const Shape whole = shape(i.at);
    const Var part = moved(x, entry_of("[]", whole, axis_of("[]", x, 0), i.place, i.at));
    return costate::reshape(Operand(part, i.at), whole.without(0));
}

Var concatenate(std::span<const Var> parts, int axis, Where at) {
    Tape& tape = innermost_tape(parts, Concatenate::name, at);
    for (const Var& part : parts) tape.bring(part, at);
    Shape whole = parts[0].shape();
    for (const Var& part : parts)
        if (whole.rank() == 0) whole = part.shape();  // a number among tensors is the one that does not fit
    const int counted = checked_axis("concatenate", whole, axis, at);
    Shape out = whole;
    Index extent = 0;
    for (const Var& part : parts) {
        const Shape shape = part.shape();
        if (shape.rank() != out.rank() || shape.with(counted, out[counted]) != out)
            fail(at, {.what = "concatenate: the other axes differ",
                      .got = text(whole, " and ", shape, " along axis ", counted),
                      .expected = "shapes that are equal but for that axis",
                      .fix = shape.size() == 1 ? "broadcast_to(t, {B, 1}) makes a column of one number t" : ""});
        extent += shape[counted];
    }
    out.set(counted, extent, at);
    return record_general(tape, Concatenate{counted}, parts, std::span(&out, 1), at)[0];
}

Var concatenate(std::initializer_list<Operand> parts, int axis) {
    const Where at = parts.size() == 0 ? Where::nowhere() : parts.begin()->at();
    return concatenate(put_on_tape(std::span(parts.begin(), parts.size()), Concatenate::name), axis, at);
}

COSTATE_EVALUATOR(Linear<Slice>)
COSTATE_EVALUATOR(Linear<Pad>)
COSTATE_EVALUATOR(Concatenate)

}  // namespace costate
