// autodiff/operators/indexing.cpp — gather and scatter_add (declared in autodiff/operators/shaping.hpp)
#include <algorithm>

#include "autodiff/operators/around_axis.hpp"  // brings: AroundAxis, off_axis_rows
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// Index j of a gather or a scatter as a place on an axis of the given extent, from the end when negative.
Index place(const View& index, Index j, Index extent, const char* what, Where at = Where(nullptr, 0)) {
    const Real entry = index[j], end = static_cast<Real>(extent);
    if (!(entry >= -end && entry < end) || entry != static_cast<Real>(static_cast<Index>(entry)))
        fail(at, {.what = std::string(what) + ": an index is not a place on the axis",
                  .got = number_text(static_cast<double>(entry)) + " at position " + std::to_string(j),
                  .expected = "whole numbers from 0 to " + std::to_string(extent - 1) + ", or from the end, -1 to -" +
                              std::to_string(extent)});
    return static_cast<Index>(entry) + (entry < 0 ? extent : 0);
}

// Looks at the indices while the line that gave them is known. (A replay, with others, looks again.)
void require_places(Var index, Index extent, const char* what, Where at) {
    if (index.is_zero() || !index.tape().evaluating()) return;
    index = index.tape().bring(index, at);
    if (index.shape().rank() != 1) return;  // which is an error of its own
    const View list = index.tape().view(index);
    for (Index j = 0; j < list.size(); ++j) place(list, j, extent, what, at);
}

Var list_beside(const Operand& x, Indices index, const char* what) {
    shape_of(x, what);
    return x.var().tape().constant(std::move(index), x.at());
}

Shape indexed(const char* what, const Shape& x, const Shape& index, int axis, Index extent, Where at) {
    if (index.rank() != 1)
        fail(at, {.what = std::string(what) + ": the index is not a list",
                  .got = "shape " + to_text(index),
                  .expected = "a Var of rank 1"});
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
            fail(at,
                 {.what = "scatter_add: one index for each entry of the axis",
                  .got = std::to_string(index.size()) + " indices for " + to_text(x) + ", axis " + std::to_string(axis),
                  .expected = std::to_string(x[axis]) + " indices"});
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

Var gather(const Operand& x, const Var& index, int axis) {
    if (x.is_zero()) return x.var();
    const Shape shape = shape_of(x, Gather::name);
    const int counted = checked_axis(Gather::name, shape, axis, x.at());
    require_places(index, shape[counted], Gather::name, x.at());
    return record(Gather{counted}, x, Operand(index, x.at()));
}

Var scatter_add(const Operand& x, const Var& index, int axis, Index extent) {
    if (x.is_zero()) return x.var();
    const Shape shape = shape_of(x, ScatterAdd::name);
    const int counted = checked_axis(ScatterAdd::name, shape, axis, x.at());
    const Shape to = shape.with(counted, extent, x.at());
    require_places(index, to[counted], ScatterAdd::name, x.at());
    return record(ScatterAdd{counted, extent}, x, Operand(index, x.at()));
}

Var gather(const Operand& x, Indices index, int axis) {
    return x.is_zero() ? x.var() : gather(x, list_beside(x, std::move(index), Gather::name), axis);
}

Var scatter_add(const Operand& x, Indices index, int axis, Index extent) {
    return x.is_zero() ? x.var() : scatter_add(x, list_beside(x, std::move(index), ScatterAdd::name), axis, extent);
}

}  // namespace costate
