// autodiff/operators/slicing.cpp — slice, column, x[i], pad, concatenate (declared in autodiff/operators/shaping.hpp)
#include <algorithm>

#include "autodiff/operators/around_axis.hpp"  // brings: AroundAxis, off_axis_rows
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Copies `outer` blocks of `count` neighbours from places that lie `from_stride` apart to places `to_stride` apart.
void copy_blocks(Real* to, Index to_stride, const Real* from, Index from_stride, Index outer, Index count) {
    if (count == 1) {  // a column: one loop, not a loop in a loop
        for (Index o = 0; o < outer; ++o) to[o * to_stride] = from[o * from_stride];
        return;
    }
    for (Index o = 0; o < outer; ++o) std::copy_n(from + o * from_stride, count, to + o * to_stride);
}

struct Slice {
    int axis;
    Index first, count;
    static constexpr const char* name = "slice";
    bool operator==(const Slice&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (first < 0 || count < 0 || first > x[axis] || count > x[axis] - first)
            fail(at, {.what = "slice: outside the tensor",
                      .got = std::to_string(count) + " entries from " + std::to_string(first) + " on, of axis " +
                             std::to_string(axis) + " of " + to_text(x),
                      .expected = "a range within 0 to " + std::to_string(x[axis])});
        return x.with(axis, count, at);
    }
    void eval(const View& x, const MutableView& y) const {
        const AroundAxis in(x.shape, axis);
        const Index block = count * in.inner;
        copy_blocks(y.data, block, x.data + first * in.inner, in.extent * in.inner, in.outer, block);
    }
    Var jvp(Var, Var, Var dx) const { return slice(dx, axis, first, count); }
    Var vjp(Var x, Var, Var gy, Needs) const { return pad(gy, axis, first, x.shape()[axis] - first - count); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return off_axis_rows(axis, in, y); }
};

struct Pad {
    int axis;
    Index before, after;
    static constexpr const char* name = "pad";
    bool operator==(const Pad&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (std::min(before, after) < 0 || std::max(before, after) > Shape::max_extent)
            fail(at, {.what = "pad: a number of zeros is out of range",
                      .got = std::to_string(before) + " before, " + std::to_string(after) + " after",
                      .expected = "0 or more, below 2^31"});
        return x.with(axis, before + x[axis] + after, at);
    }
    void eval(const View& x, const MutableView& y) const {
        const AroundAxis in(x.shape, axis), out(y.shape, axis);
        std::fill_n(y.data, y.size(), Real(0));
        const Index block = in.extent * in.inner;
        copy_blocks(y.data + before * in.inner, out.extent * in.inner, x.data, block, in.outer, block);
    }
    Var jvp(Var, Var, Var dx) const { return pad(dx, axis, before, after); }
    Var vjp(Var x, Var, Var gy, Needs) const { return slice(gy, axis, before, x.shape()[axis]); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return off_axis_rows(axis, in, y); }
};

struct Concatenate {
    int axis;
    static constexpr const char* name = "concatenate";
    static constexpr bool general = true;
    bool operator==(const Concatenate&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        const AroundAxis whole(out[0].shape, axis);
        Index at = 0;
        for (const View& part : in) {
            const AroundAxis one(part.shape, axis);
            const Index block = one.extent * one.inner;
            copy_blocks(out[0].data + at * whole.inner, whole.extent * whole.inner, part.data, block, one.outer, block);
            at += one.extent;
        }
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
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return axis == 0 ? Rows::coupled : elementwise_rows(in, y);
    }
};

// A place on an axis, counted from its end when negative.
Index checked_entry(const char* what, const Shape& shape, int axis, Index i, Where at) {
    const Index extent = shape[axis], counted = i < 0 ? i + extent : i;
    if (counted < 0 || counted >= extent)
        fail(at, {.what = std::string(what) + ": there is no such entry",
                  .got = std::to_string(i) + " of axis " + std::to_string(axis) + " of " + to_text(shape),
                  .expected = extent == 0 ? "an axis with entries"
                                          : "0 to " + std::to_string(extent - 1) + ", or from the end, -1 to -" +
                                                std::to_string(extent)});
    return counted;
}

}  // namespace

Var slice(const Operand& x, int axis, Index first, Index count) {
    if (x.is_zero()) return x.var();
    return record(Slice{checked_axis("slice", shape_of(x, "slice"), axis, x.at()), first, count}, x);
}

Var column(const Operand& x, Index j) {
    if (x.is_zero()) return x.var();
    const Shape shape = shape_of(x, "column");
    const int last = checked_axis("column", shape, -1, x.at());
    return record(Slice{last, checked_entry("column", shape, last, j, x.at()), 1}, x);
}

Var Var::operator[](Entry i) const {
    if (is_zero()) return *this;
    const Shape whole = shape(i.at);
    const int first = checked_axis("[]", whole, 0, i.at);
    const Var part = record(Slice{first, checked_entry("[]", whole, first, i.place, i.at), 1}, Operand(*this, i.at));
    return costate::reshape(Operand(part, i.at), whole.without(0));
}

Var pad(const Operand& x, int axis, Index before, Index after) {
    if (x.is_zero()) return x.var();
    return record(Pad{checked_axis("pad", shape_of(x, "pad"), axis, x.at()), before, after}, x);
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
                      .got = to_text(whole) + " and " + to_text(shape) + " along axis " + std::to_string(counted),
                      .expected = "shapes that are equal but for that axis",
                      .fix = shape.size() == 1 ? "broadcast_to(t, {B, 1}) makes a column of one number t" : ""});
        extent += shape[counted];
    }
    out.set(counted, extent, at);
    return record_general(tape, Concatenate{counted}, parts, std::span(&out, 1), at)[0];
}

Var concatenate(std::initializer_list<Operand> parts, int axis) {
    const Where at = parts.size() == 0 ? Where(nullptr, 0) : parts.begin()->at();
    return concatenate(place(std::span(parts.begin(), parts.size()), Concatenate::name), axis, at);
}

}  // namespace costate
