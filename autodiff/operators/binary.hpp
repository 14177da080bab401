// autodiff/operators/binary.hpp — what the operators of two broadcast operands share (internal to autodiff/)
#pragma once
#include "autodiff/operators/elementwise.hpp"  // brings: Var, Operand, record
#include "autodiff/operators/shaping.hpp"      // brings: sum_to, broadcast_to
#include "core/kernels/map.hpp"                // brings: map

namespace costate::inline COSTATE_PRECISION {

inline Var like(Var g, Var x) { return sum_to(g, x.shape()); }          // a cotangent in the shape of its operand
inline Var spread(Var d, Var y) { return broadcast_to(d, y.shape()); }  // a tangent in the shape of the result

// What all operators of two broadcast operands share.
struct Binary {
    static Shape joined(const char* what, const Shape& a, const Shape& b, Where at) {
        return broadcast_shapes(what, a, b, at);
    }
    Rows rows(std::span<RowOperand> in, const Shape& c) const { return elementwise_rows(in, c); }
    bool operator==(const Binary&) const = default;
};

}  // namespace costate
