// autodiff/operators/indexing.cpp — gather and scatter_add (declared in autodiff/operators/shaping.hpp)
#include <algorithm>

#include "autodiff/operators/linear.hpp"   // brings: AlongAxis, axis_of
#include "autodiff/operators/printed.hpp"  // brings: print_fill
#include "autodiff/operators/shaping.hpp"  // brings: Indices

namespace costate::inline COSTATE_PRECISION {

namespace {

// Index j of a gather or a scatter on an axis of the given extent, from the end when negative.
Index entry_at(const View& index, Index j, Index extent, const char* what, Where at = Where::nowhere()) {
    const Real entry = index[j], end = static_cast<Real>(extent);
    if (!(entry >= -end && entry < end) || entry != static_cast<Real>(static_cast<Index>(entry)))
        fail(at, {.what = text(what, ": an index is not a place on the axis"),
                  .got = text(entry, " at position ", j),
                  .expected = text("whole numbers from 0 to ", extent - 1, ", or from the end, -1 to -", extent)});
    return static_cast<Index>(entry) + (entry < 0 ? extent : 0);
}

// Looks at the indices while the line that gave them is known. (A replay, with others, looks again.)
void require_places(Var index, Index extent, const char* what, Where at) {
    if (index.is_zero() || !index.tape().evaluating()) return;
    index = index.tape().bring(index, at);
    if (index.shape().rank() != 1) return;  // which is an error of its own
    const View list = index.tape().view(index);
    for (Index j = 0; j < list.size(); ++j) entry_at(list, j, extent, what, at);
}

Var list_beside(const Operand& x, Indices index, const char* what) {
    shape_of(x, what);
    return x.var().tape().constant(std::move(index), x.at());
}

Shape indexed(const char* what, const Shape& x, const Shape& index, int axis, Index extent, Where at) {
    if (index.rank() != 1)
        fail(at, {.what = text(what, ": the index is not a list"),
                  .got = text("shape ", index),
                  .expected = "a Var of rank 1"});
    return x.with(axis, extent, at);
}

struct ByIndex : AlongAxis {  // the operands: x, and the index
    // body(o, i) for each entry beside place `place` of the axis, that index j names: of so many places.
    template <class Body>
    void print_each(CCode& c, Index extent, Body&& body) const {
        const Shape::Around x = c.in[0].around(axis);
        c.each("j", c.in[1].size(), [&] {
            c.line(spelled("const int place = (int)b[j] + (b[j] < 0 ? ", extent, " : 0);"));
            c.each("o", x.outer, [&] { c.each("i", x.inner, body); });
        });
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const {
        return in[1].rows == Rows::row ? Rows::coupled : AlongAxis::rows(in, y);
    }
};

struct Gather : ByIndex {
    static constexpr const char* name = "gather";
    static constexpr std::uint32_t number = number_of("gather");
    bool operator==(const Gather&) const = default;
    Shape shape(const Shape& x, const Shape& index, Where at) const {
        return indexed(name, x, index, axis, index.size(), at);
    }
    void eval(const View& x, const View& index, const MutableView& y) const {
        const Shape::Around in = x.shape.around(axis), out = y.shape.around(axis);
        for (Index j = 0; j < out.extent; ++j) {
            const Index from = entry_at(index, j, in.extent, name);
            for (Index o = 0; o < in.outer; ++o)
                std::copy_n(x.data + (o * in.extent + from) * in.inner, in.inner,
                            y.data + (o * out.extent + j) * in.inner);
        }
    }
    void print(CCode& c) const {
        const Shape::Around in = c.in[0].around(axis), out = c.out.around(axis);
        print_each(c, in.extent, [&] {
            c.line(spelled("y[(o * ", out.extent, " + j) * ", in.inner, " + i] = a[(o * ", in.extent, " + place) * ",
                           in.inner, " + i];"));
        });
    }
    Var jvp(Var, Var index, Var, Var dx, Var) const { return gather(dx, index, axis); }
    std::array<Var, 2> vjp(Var x, Var index, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? scatter_add(gy, index, axis, x.shape()[axis]) : Var{}, Var{}};
    }
};

struct ScatterAdd : ByIndex {
    Whole extent;
    static constexpr const char* name = "scatter_add";
    static constexpr std::uint32_t number = number_of("scatter_add");
    bool operator==(const ScatterAdd&) const = default;
    Shape shape(const Shape& x, const Shape& index, Where at) const {
        if (index.rank() == 1 && index.size() != x[axis])
            fail(at, {.what = "scatter_add: one index for each entry of the axis",
                      .got = text(index.size(), " indices for ", x, ", axis ", axis),
                      .expected = text(x[axis], " indices")});
        return indexed(name, x, index, axis, extent, at);
    }
    void eval(const View& x, const View& index, const MutableView& y) const {
        const Shape::Around in = x.shape.around(axis), out = y.shape.around(axis);
        std::fill_n(y.data, y.size(), Real(0));
        for (Index j = 0; j < in.extent; ++j) {
            const Index to = entry_at(index, j, out.extent, name);
            for (Index o = 0; o < in.outer; ++o)
                for (Index i = 0; i < in.inner; ++i)
                    y[(o * out.extent + to) * in.inner + i] += x[(o * in.extent + j) * in.inner + i];
        }
    }
    void print(CCode& c) const {
        const Shape::Around in = c.in[0].around(axis), out = c.out.around(axis);
        print_fill(c, 0);
        print_each(c, out.extent, [&] {
            c.line(spelled("y[(o * ", out.extent, " + place) * ", in.inner, " + i] += a[(o * ", in.extent, " + j) * ",
                           in.inner, " + i];"));
        });
    }
    Var jvp(Var, Var index, Var, Var dx, Var) const { return scatter_add(dx, index, axis, extent); }
    std::array<Var, 2> vjp(Var, Var index, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? gather(gy, index, axis) : Var{}, Var{}};
    }
};

}  // namespace

Var gather(const Operand& x, const Var& index, int axis) {
    if (x.is_zero()) return x.var();
    const int counted = axis_of(Gather::name, x, axis);
    require_places(index, x.var().shape()[counted], Gather::name, x.at());
    return record(Gather{{{counted}}}, x, Operand(index, x.at()));
}

Var scatter_add(const Operand& x, const Var& index, int axis, Index extent) {
    if (x.is_zero()) return x.var();
    const int counted = axis_of(ScatterAdd::name, x, axis);
    const Shape to = x.var().shape().with(counted, extent, x.at());
    require_places(index, to[counted], ScatterAdd::name, x.at());
    return record(ScatterAdd{{{counted}}, extent}, x, Operand(index, x.at()));
}

Var gather(const Operand& x, Indices index, int axis) {
    return x.is_zero() ? x.var() : gather(x, list_beside(x, std::move(index), Gather::name), axis);
}

Var scatter_add(const Operand& x, Indices index, int axis, Index extent) {
    return x.is_zero() ? x.var() : scatter_add(x, list_beside(x, std::move(index), ScatterAdd::name), axis, extent);
}

COSTATE_EVALUATOR(Gather)
COSTATE_EVALUATOR(ScatterAdd)

}  // namespace costate
