// autodiff/indexing.cpp — slice, pad, concatenate, gather, scatter_add (declared in autodiff/shaping.hpp)
// They all work along one axis, and see a tensor as outer × extent × inner entries around it.
#include <algorithm>
#include <vector>

#include "autodiff/elementwise.hpp"
#include "autodiff/shaping.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

// A tensor seen from one axis: outer × extent × inner entries.
struct AroundAxis {
    Index outer = 1, extent = 1, inner = 1;
    AroundAxis(const Shape& shape, int axis) : extent(shape[axis]) {
        for (int a = 0; a < shape.rank(); ++a) (a < axis ? outer : inner) *= a == axis ? 1 : shape[a];
    }
};

// Copies `outer` blocks of `count` neighbours from places that lie `from_stride` apart to places `to_stride` apart.
void copy_blocks(Real* to, Index to_stride, const Real* from, Index from_stride, Index outer, Index count) {
    if (count == 1) {  // a column: one loop, not a loop in a loop
        for (Index o = 0; o < outer; ++o) to[o * to_stride] = from[o * from_stride];
        return;
    }
    for (Index o = 0; o < outer; ++o) std::copy_n(from + o * from_stride, count, to + o * to_stride);
}

Rows off_axis_rows(int axis, std::span<RowOperand> in, const Shape& out) {
    return axis == 0 ? Rows::coupled : within_rows(in, out);
}

struct Slice {
    int axis;
    Index first, count;
    static constexpr const char* name = "slice";
    bool operator==(const Slice&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (first < 0 || count < 0 || first > x[axis] || count > x[axis] - first)
            fail({.what = "slice: outside the tensor",
                  .got = std::to_string(count) + " entries from " + std::to_string(first) + " on, of axis " +
                         std::to_string(axis) + " of " + to_text(x),
                  .expected = "a range within 0 to " + std::to_string(x[axis])},
                 at);
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
            fail({.what = "pad: a number of zeros is out of range",
                  .got = std::to_string(before) + " before, " + std::to_string(after) + " after",
                  .expected = "0 or more, below 2^31"},
                 at);
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

// Index j of a gather or a scatter as a place on an axis of the given extent.
Index place(const View& index, Index j, Index extent, const char* what, Where at = Where(nullptr, 0)) {
    const Real entry = index[j];
    if (!(entry >= 0 && entry < static_cast<Real>(extent)) || entry != static_cast<Real>(static_cast<Index>(entry)))
        fail({.what = std::string(what) + ": an index is not a place on the axis",
              .got = number_text(static_cast<double>(entry)) + " at position " + std::to_string(j),
              .expected = "whole numbers from 0 to " + std::to_string(extent - 1)},
             at);
    return static_cast<Index>(entry);
}

// Looks at the indices while the line that gave them is known. (A replay, with others, looks again.)
void require_places(Var index, Index extent, const char* what, Where at) {
    if (index.is_zero() || !index.tape().evaluating()) return;
    index = index.tape().bring(index, at);
    if (index.shape().rank() != 1) return;  // which is an error of its own
    const View list = index.tape().view(index);
    for (Index j = 0; j < list.size(); ++j) place(list, j, extent, what, at);
}

Shape indexed(const char* what, const Shape& x, const Shape& index, int axis, Index extent, Where at) {
    if (index.rank() != 1)
        fail({.what = std::string(what) + ": the index is not a list",
              .got = "shape " + to_text(index),
              .expected = "a Var of rank 1"},
             at);
    return x.with(axis, extent, at);
}

struct Gather {
    int axis;
    static constexpr const char* name = "gather";
    bool operator==(const Gather&) const = default;
    Shape shape(const Shape& x, const Shape& index, Where at) const {
        return indexed(name, x, index, axis, index.size(), at);
    }
    void eval(const View& x, const View& index, const MutableView& y) const {
        const AroundAxis in(x.shape, axis), out(y.shape, axis);
        for (Index j = 0; j < out.extent; ++j) {
            const Index from = place(index, j, in.extent, name);
            for (Index o = 0; o < in.outer; ++o)
                std::copy_n(x.data + (o * in.extent + from) * in.inner, in.inner,
                            y.data + (o * out.extent + j) * in.inner);
        }
    }
    Var jvp(Var, Var index, Var, Var dx, Var) const { return gather(dx, index, axis); }
    std::array<Var, 2> vjp(Var x, Var index, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? scatter_add(gy, index, axis, x.shape()[axis]) : Var{}, Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? Rows::coupled : off_axis_rows(axis, in, y);
    }
};

struct ScatterAdd {
    int axis;
    Index extent;
    static constexpr const char* name = "scatter_add";
    bool operator==(const ScatterAdd&) const = default;
    Shape shape(const Shape& x, const Shape& index, Where at) const {
        if (index.rank() == 1 && index.size() != x[axis])
            fail({.what = "scatter_add: one index for each entry of the axis",
                  .got = std::to_string(index.size()) + " indices for " + to_text(x) + ", axis " + std::to_string(axis),
                  .expected = std::to_string(x[axis]) + " indices"},
                 at);
        return indexed(name, x, index, axis, extent, at);
    }
    void eval(const View& x, const View& index, const MutableView& y) const {
        const AroundAxis in(x.shape, axis), out(y.shape, axis);
        std::fill_n(y.data, y.size(), Real(0));
        for (Index j = 0; j < in.extent; ++j) {
            const Index to = place(index, j, out.extent, name);
            for (Index o = 0; o < in.outer; ++o)
                for (Index i = 0; i < in.inner; ++i)
                    y[(o * out.extent + to) * in.inner + i] += x[(o * in.extent + j) * in.inner + i];
        }
    }
    Var jvp(Var, Var index, Var, Var dx, Var) const { return scatter_add(dx, index, axis, extent); }
    std::array<Var, 2> vjp(Var, Var index, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? gather(gy, index, axis) : Var{}, Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? Rows::coupled : off_axis_rows(axis, in, y);
    }
};

}  // namespace

Var slice(Var x, int axis, Index first, Index count, Where at) {
    if (x.is_zero()) return x;
    return record_at(at, Slice{checked_axis("slice", x.shape(), axis, at), first, count}, x);
}

Var pad(Var x, int axis, Index before, Index after, Where at) {
    if (x.is_zero()) return x;
    return record_at(at, Pad{checked_axis("pad", x.shape(), axis, at), before, after}, x);
}

Var concatenate(std::span<const Var> parts, int axis, Where at) {
    Tape& tape = innermost_tape(parts, Concatenate::name, at);
    for (const Var& part : parts) tape.bring(part, at);
    const int counted = checked_axis("concatenate", parts[0].shape(), axis, at);
    Shape out = parts[0].shape();
    Index extent = 0;
    for (const Var& part : parts) {
        const Shape& shape = part.shape();
        if (shape.rank() != out.rank() || shape.with(counted, out[counted]) != out)
            fail(
                {.what = "concatenate: the other axes differ",
                 .got = to_text(parts[0].shape()) + " and " + to_text(shape) + " along axis " + std::to_string(counted),
                 .expected = "shapes that are equal but for that axis"},
                at);
        extent += shape[counted];
    }
    out.set(counted, extent, at);
    return record_general(tape, Concatenate{counted}, parts, std::span(&out, 1))[0];
}

Var concatenate(std::initializer_list<Var> parts, int axis, Where at) {
    return concatenate(std::span(parts.begin(), parts.size()), axis, at);
}

Var gather(Var x, Var index, int axis, Where at) {
    if (x.is_zero()) return x;
    const int counted = checked_axis("gather", x.shape(), axis, at);
    require_places(index, x.shape()[counted], Gather::name, at);
    return record_at(at, Gather{counted}, x, index);
}

Var scatter_add(Var x, Var index, int axis, Index extent, Where at) {
    if (x.is_zero()) return x;
    const int counted = checked_axis("scatter_add", x.shape(), axis, at);
    const Shape to = x.shape().with(counted, extent, at);
    require_places(index, to[counted], ScatterAdd::name, at);
    return record_at(at, ScatterAdd{counted, extent}, x, index);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
