#include "autodiff/shaping.hpp"

#include <algorithm>
#include <vector>

#include "autodiff/elementwise.hpp"
#include "core/broadcast.hpp"
#include "core/reduce.hpp"

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

RowRule off_axis_rows(int axis, std::span<const RowOperand> in, const Shape& out) {
    return axis == 0 ? RowRule{} : within_rows(in, out);
}

struct Reshape {
    Shape to;
    static constexpr const char* name = "reshape";
    bool operator==(const Reshape&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (x.size() != to.size())
            fail({.what = "reshape: the number of entries would change",
                  .got = to_text(x) + " to " + to_text(to),
                  .expected = std::to_string(x.size()) + " entries"},
                 at);
        return to;
    }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var y, Var dx) const { return reshape(dx, y.shape()); }
    Var vjp(Var x, Var, Var gy, Needs) const { return reshape(gy, x.shape()); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const { return within_rows(in, y); }
};

struct Permute {
    std::array<std::int8_t, Shape::max_rank> axes{};
    static constexpr const char* name = "permute";
    bool operator==(const Permute&) const = default;
    Shape shape(const Shape& x, Where) const {
        Shape y = x;
        for (int i = 0; i < x.rank(); ++i) y.set(i, x[axes[static_cast<std::size_t>(i)]]);
        return y;
    }
    void eval(const View& x, const MutableView& y) const {
        const int rank = y.shape.rank();
        Index stride[Shape::max_rank] = {}, place[Shape::max_rank] = {};
        for (int i = 0; i < rank; ++i) {
            stride[i] = 1;
            for (int a = axes[static_cast<std::size_t>(i)] + 1; a < rank; ++a) stride[i] *= x.shape[a];
        }
        Index from = 0;
        for (Index to = 0, n = y.size(); to < n; ++to) {
            y[to] = x[from];
            for (int i = rank - 1; i >= 0; --i) {  // the next entry of y, like an odometer
                from += stride[i];
                if (++place[i] < y.shape[i]) break;
                from -= stride[i] * y.shape[i];
                place[i] = 0;
            }
        }
    }
    Permute inverse(int rank) const {
        Permute back;
        for (int i = 0; i < rank; ++i) back.axes[static_cast<std::size_t>(axes[static_cast<std::size_t>(i)])] = static_cast<std::int8_t>(i);
        return back;
    }
    Var jvp(Var, Var, Var dx) const { return record(*this, dx); }
    Var vjp(Var x, Var, Var gy, Needs) const { return record(inverse(x.shape().rank()), gy); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const {
        return axes[0] == 0 ? within_rows(in, y) : RowRule{};
    }
};

struct Broadcast {
    Shape to;
    static constexpr const char* name = "broadcast_to";
    bool operator==(const Broadcast&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (!can_broadcast(x, to))
            fail({.what = "broadcast_to: the shape does not fit",
                  .got = to_text(x) + " to " + to_text(to),
                  .expected = "extents that are equal, or 1, or missing on the left"},
                 at);
        return to;
    }
    void eval(const View& x, const MutableView& y) const { broadcast_to(x, y); }
    Var jvp(Var, Var, Var dx) const { return broadcast_to(dx, to); }
    Var vjp(Var x, Var, Var gy, Needs) const { return sum_to(gy, x.shape()); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

struct SumTo {
    Shape to;
    static constexpr const char* name = "sum_to";
    bool operator==(const SumTo&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (!can_broadcast(to, x))
            fail({.what = "sum_to: the shape does not fit",
                  .got = to_text(x) + " to " + to_text(to),
                  .expected = "a shape that broadcasts to " + to_text(x)},
                 at);
        return to;
    }
    void eval(const View& x, const MutableView& y) const { sum_to(x, y); }
    void eval_sum(const View& x, const MutableView& y, Into into, const Real* weights) const {
        costate::sum(x, repeated_axes(y.shape, x.shape), y, into, weights);
    }
    Var jvp(Var, Var, Var dx) const { return sum_to(dx, to); }
    Var vjp(Var x, Var, Var gy, Needs) const { return broadcast_to(gy, x.shape()); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const {
        const bool keeps_rows = y.rank() == in[0].shape.rank() && y[0] == in[0].shape[0];
        return {.result = keeps_rows ? Rows::row : Rows::row_sum};
    }
};

struct Slice {
    int axis;
    Index first, count;
    static constexpr const char* name = "slice";
    bool operator==(const Slice&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (first < 0 || count < 0 || first + count > x[axis])
            fail({.what = "slice: outside the tensor",
                  .got = "entries " + std::to_string(first) + " to " + std::to_string(first + count) + " of axis " +
                         std::to_string(axis) + " of " + to_text(x),
                  .expected = "a range within 0 to " + std::to_string(x[axis])},
                 at);
        return x.with(axis, count);
    }
    void eval(const View& x, const MutableView& y) const {
        const AroundAxis in(x.shape, axis);
        for (Index o = 0; o < in.outer; ++o)
            for (Index i = 0; i < count * in.inner; ++i)
                y[o * count * in.inner + i] = x[(o * in.extent + first) * in.inner + i];
    }
    Var jvp(Var, Var, Var dx) const { return slice(dx, axis, first, count); }
    Var vjp(Var x, Var, Var gy, Needs) const { return pad(gy, axis, first, x.shape()[axis] - first - count); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const { return off_axis_rows(axis, in, y); }
};

struct Pad {
    int axis;
    Index before, after;
    static constexpr const char* name = "pad";
    bool operator==(const Pad&) const = default;
    Shape shape(const Shape& x, Where at) const {
        if (before < 0 || after < 0)
            fail({.what = "pad: a negative number of zeros",
                  .got = std::to_string(before) + " before, " + std::to_string(after) + " after",
                  .expected = "0 or more"},
                 at);
        return x.with(axis, before + x[axis] + after);
    }
    void eval(const View& x, const MutableView& y) const {
        const AroundAxis in(x.shape, axis), out(y.shape, axis);
        std::fill_n(y.data, y.size(), Real(0));
        for (Index o = 0; o < in.outer; ++o)
            for (Index i = 0; i < in.extent * in.inner; ++i)
                y[(o * out.extent + before) * in.inner + i] = x[o * in.extent * in.inner + i];
    }
    Var jvp(Var, Var, Var dx) const { return pad(dx, axis, before, after); }
    Var vjp(Var x, Var, Var gy, Needs) const { return slice(gy, axis, before, x.shape()[axis]); }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const { return off_axis_rows(axis, in, y); }
};

struct Concatenate {
    int axis;
    static constexpr const char* name = "concatenate";
    static constexpr bool general = true;
    bool operator==(const Concatenate&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, Resources&) const {
        const AroundAxis whole(out[0].shape, axis);
        Index at = 0;
        for (const View& part : in) {
            const AroundAxis one(part.shape, axis);
            for (Index o = 0; o < one.outer; ++o)
                for (Index i = 0; i < one.extent * one.inner; ++i)
                    out[0][(o * whole.extent + at) * whole.inner + i] = part[o * one.extent * one.inner + i];
            at += one.extent;
        }
    }
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const {
        Index at = 0;  // a sum of padded tangents: absent ones cost nothing
        const std::span<Var> parts = out[0].tape().list(in.size());
        for (std::size_t i = 0; i < in.size(); at += in[i++].shape()[axis])
            if (!d_in[i].is_zero())
                parts[i] = pad(d_in[i], axis, at, out[0].shape()[axis] - at - in[i].shape()[axis]);
        const bool all = std::none_of(d_in.begin(), d_in.end(), [](const Var& d) { return d.is_zero(); });
        d_out[0] = all ? concatenate(d_in, axis) : sum_of(parts);
    }
    void vjp(std::span<const Var> in, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const {
        Index at = 0;
        for (std::size_t i = 0; i < in.size(); at += in[i++].shape()[axis])
            if (needs(wanted, i)) g_in[i] = slice(g_out[0], axis, at, in[i].shape()[axis]);
    }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const {
        return axis == 0 ? RowRule{} : elementwise_rows(in, y);
    }
};

// Index j of a gather or a scatter as a place on an axis of the given extent.
Index place(const View& index, Index j, Index extent, const char* what) {
    const Real entry = index[j];
    if (!(entry >= 0 && entry < static_cast<Real>(extent)) || entry != static_cast<Real>(static_cast<Index>(entry)))
        fail({.what = std::string(what) + ": an index is not a place on the axis",
              .got = number_text(static_cast<double>(entry)) + " at position " + std::to_string(j),
              .expected = "whole numbers from 0 to " + std::to_string(extent - 1)});
    return static_cast<Index>(entry);
}

Shape indexed(const char* what, const Shape& x, const Shape& index, int axis, Index extent, Where at) {
    if (index.rank() != 1)
        fail({.what = std::string(what) + ": the index is not a list",
              .got = "shape " + to_text(index),
              .expected = "a Var of rank 1"},
             at);
    return x.with(axis, extent);
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
                std::copy_n(x.data + (o * in.extent + from) * in.inner, in.inner, y.data + (o * out.extent + j) * in.inner);
        }
    }
    Var jvp(Var, Var index, Var, Var dx, Var) const { return gather(dx, index, axis); }
    std::array<Var, 2> vjp(Var x, Var index, Var, Var gy, Needs) const {
        return {scatter_add(gy, index, axis, x.shape()[axis]), Var{}};
    }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? RowRule{} : off_axis_rows(axis, in, y);
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
    std::array<Var, 2> vjp(Var, Var index, Var, Var gy, Needs) const { return {gather(gy, index, axis), Var{}}; }
    RowRule rows(std::span<const RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? RowRule{} : off_axis_rows(axis, in, y);
    }
};

}  // namespace

Var without_broadcast(Var x) {
    const Tape::Node* node = x.is_zero() ? nullptr : x.tape().producer(x);
    return node && node->op == operator_number<Broadcast>() ? x.tape().var(x.tape().operands(*node)[0]) : x;
}

bool is_transposed(Var x, Var& source) {
    const Tape::Node* node = x.is_zero() || x.shape().rank() != 2 ? nullptr : x.tape().producer(x);
    if (!node || node->op != operator_number<Permute>()) return false;
    if (attributes_as<Permute>(node->attributes).axes[0] != 1) return false;
    source = x.tape().var(x.tape().operands(*node)[0]);
    return true;
}

Var reshape(Var x, const Shape& shape, Where at) {
    if (x.is_zero() || x.shape() == shape) return x;
    return record_at(at, Reshape{shape}, x);
}

Var permute(Var x, std::initializer_list<int> axes, Where at) {
    if (x.is_zero()) return x;
    const int rank = x.shape().rank();
    Permute op;
    unsigned seen = 0;
    int i = 0;
    for (int axis : axes) {
        const int counted = checked_axis("permute", x.shape(), axis, at);
        seen |= 1u << counted;
        if (i < rank) op.axes[static_cast<std::size_t>(i++)] = static_cast<std::int8_t>(counted);
    }
    if (static_cast<int>(axes.size()) != rank || seen + 1 != 1u << rank)
        fail({.what = "permute: not a permutation of the axes",
              .got = std::to_string(axes.size()) + " axes for " + to_text(x.shape()),
              .expected = "each axis exactly once"},
             at);
    return record_at(at, op, x);
}

Var transpose(Var x, Where at) {
    if (x.is_zero()) return x;
    const int rank = x.shape().rank();
    if (rank < 2)
        fail({.what = "transpose: fewer than two axes", .got = to_text(x.shape()), .expected = "a matrix, or a stack of them"}, at);
    Permute op;
    for (int i = 0; i < rank; ++i) op.axes[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i);
    std::swap(op.axes[static_cast<std::size_t>(rank - 1)], op.axes[static_cast<std::size_t>(rank - 2)]);
    return record_at(at, op, x);
}

Var broadcast_to(Var x, const Shape& shape, Where at) {
    if (x.is_zero() || x.shape() == shape) return x;
    return record_at(at, Broadcast{shape}, x);
}

Var sum_to(Var x, const Shape& shape, Where at) {
    if (x.is_zero() || x.shape() == shape) return x;
    return record_at(at, SumTo{shape}, x);
}

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
    const int counted = checked_axis("concatenate", parts[0].shape(), axis, at);
    Shape out = parts[0].shape();
    Index extent = 0;
    for (const Var& part : parts) {
        const Shape& shape = part.shape();
        if (shape.rank() != out.rank() || shape.with(counted, out[counted]) != out)
            fail({.what = "concatenate: the other axes differ",
                  .got = to_text(parts[0].shape()) + " and " + to_text(shape) + " along axis " + std::to_string(counted),
                  .expected = "shapes that are equal but for that axis"},
                 at);
        extent += shape[counted];
    }
    out.set(counted, extent);
    return record_general(tape, Concatenate{counted}, parts, std::span(&out, 1))[0];
}

Var concatenate(std::initializer_list<Var> parts, int axis, Where at) {
    return concatenate(std::span(parts.begin(), parts.size()), axis, at);
}

Var gather(Var x, Var index, int axis, Where at) {
    if (x.is_zero()) return x;
    return record_at(at, Gather{checked_axis("gather", x.shape(), axis, at)}, x, index);
}

Var scatter_add(Var x, Var index, int axis, Index extent, Where at) {
    if (x.is_zero()) return x;
    return record_at(at, ScatterAdd{checked_axis("scatter_add", x.shape(), axis, at), extent}, x, index);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
