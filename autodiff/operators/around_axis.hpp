// autodiff/operators/around_axis.hpp — what the operators along one axis share (internal to autodiff/)
#pragma once
#include "autodiff/tape/row_rules.hpp"  // brings: Rows, RowOperand
#include "core/shape.hpp"               // brings: Shape

namespace costate::inline COSTATE_PRECISION {

// A tensor seen from one axis: outer × extent × inner entries around it.
struct AroundAxis {
    Index outer = 1, extent = 1, inner = 1;
    AroundAxis(const Shape& shape, int axis) : extent(shape[axis]) {
        for (int a = 0; a < shape.rank(); ++a) (a < axis ? outer : inner) *= a == axis ? 1 : shape[a];
    }
};

inline Rows off_axis_rows(int axis, std::span<RowOperand> in, const Shape& out) {
    return axis == 0 ? Rows::coupled : within_rows(in, out);
}

}  // namespace costate
