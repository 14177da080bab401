// autodiff/operators/copies.hpp — what compiling a program adds to it (internal to autodiff/)
#pragma once
#include <algorithm>

#include "autodiff/operators/shaping.hpp"  // brings: Var, Rows, transpose
#include "core/kernels/transpose.hpp"      // brings: transpose

namespace costate::inline COSTATE_PRECISION {

// y = x: gives a result memory of its own when it is an input, a constant, or wanted twice.
struct Copy {
    static constexpr const char* name = "copy";
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Copy&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
};

// A matrix that is fixed during a run, turned once for all products with it.
struct TransposeOnce {
    static constexpr const char* name = "transpose";
    bool operator==(const TransposeOnce&) const = default;
    Shape shape(const Shape& x, Where) const { return {x[1], x[0]}; }
    void eval(const View& x, const MutableView& y) const { costate::transpose(x.data, y.data, x.shape[0], x.shape[1]); }
    Var jvp(Var, Var, Var dx) const { return transpose(dx); }
    Var vjp(Var, Var, Var gy, Needs) const { return transpose(gy); }
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        return in[0].rows == Rows::row ? Rows::coupled : Rows::shared;
    }
};

}  // namespace costate
