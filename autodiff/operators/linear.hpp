// autodiff/operators/linear.hpp — what the moves of entries share, y = M x (internal to autodiff/)
//   jvp   ẏ = M ẋ        vjp   x̄ = Mᵀ ȳ        A move states M and Mᵀ, which is another move; what is zero stays zero.
#pragma once
#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, record, Rows

namespace costate::inline COSTATE_PRECISION {

template <class Move>
struct Linear : Move {
    bool operator==(const Linear&) const = default;
    Var jvp(Var, Var, Var dx) const;
    Var vjp(Var x, Var, Var gy, Needs) const;
};

template <class Move>
Var moved(const Operand& x, const Move& move) {
    return x.is_zero() ? x.var() : record(Linear<Move>{move}, x);
}

template <class Move>
Var Linear<Move>::jvp(Var, Var, Var dx) const {
    return moved(dx, static_cast<const Move&>(*this));
}
template <class Move>
Var Linear<Move>::vjp(Var x, Var, Var gy, Needs) const {
    return moved(gy, this->transposed(x.shape()));
}

// For folding while recording: the operation that made x, if it is this move, and what it moved.
template <class Move>
const Tape::Operation* made_by(Var x) {
    const Tape::Operation* operation = x.is_zero() ? nullptr : x.tape().producer(x);
    return operation && operation->op == operator_number<Linear<Move>>() ? operation : nullptr;
}
inline Var operand_of(Var x, const Tape::Operation& operation) { return x.tape().var(x.tape().operands(operation)[0]); }

// An axis of x, counted from its end when negative; of a zero Var any.
inline int axis_of(const char* what, const Operand& x, int axis) {
    return x.is_zero() ? 0 : checked_axis(what, shape_of(x, what), axis, x.at());
}

// What moves entries along one axis, and leaves the others as they are.
struct AlongAxis {
    int axis, no_gap = 0;  // between attributes (Operator::distinct)
    bool operator==(const AlongAxis&) const = default;
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return axis == 0 ? Rows::coupled : within_rows(in, y); }
};

}  // namespace costate
