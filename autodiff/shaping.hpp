// autodiff/shaping.hpp — operators that move entries without changing them, each with its transpose
//   reshape ↔ reshape      transpose/permute ↔ inverse permute      broadcast_to ↔ sum_to
//   slice ↔ pad (zeros)    concatenate ↔ slices                     gather ↔ scatter_add
// They are linear, so jvp applies the operator itself and vjp its transpose; a zero Var stays zero.
// axis     negative axes count from the end.   bad arguments: an error that names the shapes.
#pragma once
#include "autodiff/tape.hpp"  // brings: Tape, Var, record

namespace costate {
inline namespace COSTATE_PRECISION {

Var filled(Tape& tape, const Shape& shape, double value);  // a constant that is part of the tape, not of the data
Var or_zeros(Var v, Var like);                             // v, or zeros in the shape of `like` where v is a zero Var

Var reshape(Var x, const Shape& shape, Where at = {});
Var transpose(Var x, Where at = {});                                 // swaps the last two axes
Var permute(Var x, std::initializer_list<int> axes, Where at = {});  // axis i of the result is axes[i] of x
Var broadcast_to(Var x, const Shape& shape, Where at = {});
Var sum_to(Var x, const Shape& shape, Where at = {});  // sums the axes along which `shape` would broadcast
Var slice(Var x, int axis, Index first, Index count, Where at = {});
Var pad(Var x, int axis, Index before, Index after, Where at = {});
Var concatenate(std::span<const Var> parts, int axis, Where at = {});
Var concatenate(std::initializer_list<Var> parts, int axis, Where at = {});

// y[.., j, ..] = x[.., index[j], ..]: entries of one axis, chosen by a list of whole numbers without a derivative.
Var gather(Var x, Var index, int axis, Where at = {});
// y[.., index[j], ..] += x[.., j, ..] into zeros of the given extent: the transpose of gather.
Var scatter_add(Var x, Var index, int axis, Index extent, Where at = {});

// For folding while recording. The operand of the broadcast that made x, or x itself; and whether x is the transpose of
// a matrix, which `source` then is.
Var without_broadcast(Var x);
bool is_transposed(Var x, Var& source);

}  // namespace COSTATE_PRECISION
}  // namespace costate
