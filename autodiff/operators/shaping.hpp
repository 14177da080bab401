// autodiff/operators/shaping.hpp — operators that move entries without changing them, each with its transpose
//   reshape ↔ reshape      transpose/permute ↔ inverse permute      broadcast_to ↔ sum_to
//   slice ↔ pad (zeros)    concatenate ↔ slices                     gather ↔ scatter_add        operators (3)
//   flip ↔ flip            cumsum ↔ the same from the end
//   x[i], column(x, j) and the parts of a split are slices; a stack is a concatenation along a new axis.
// They are linear, so jvp applies the operator itself and vjp its transpose; a zero Var stays zero.
// axis     negative axes count from the end.   bad arguments: an error that names the shapes.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>

#include "autodiff/operators/reductions.hpp"  // brings: Axes
#include "autodiff/tape/tape.hpp"             // brings: Tape, Var, record
#include "core/indices.hpp"                   // brings: Indices

namespace costate::inline COSTATE_PRECISION {

Var filled(Tape& tape, const Shape& shape, Number value);  // a constant that is part of the tape, not of the data
Var or_zeros(Var v, Var like);                             // v, or zeros in the shape of `like` where v is a zero Var

// One extent may be -1: as many as are left. reshape(x, {-1, n})
Var reshape(const Operand& x, std::initializer_list<Index> extents);
Var reshape(const Operand& x, const Shape& shape);
Var transpose(const Operand& x);           // swaps the last two axes
Var permute(const Operand& x, Axes axes);  // axis i of the result is axes[i] of x
Var broadcast_to(const Operand& x, const Shape& shape);
Var sum_to(const Operand& x, const Shape& shape);  // sums the axes along which `shape` would broadcast
Var slice(const Operand& x, int axis, Index first, Index count);
Var column(const Operand& x, Index j);  // entries j of the last axis, which stays with extent 1: [B,D] -> [B,1]
Var pad(const Operand& x, int axis, Index before, Index after);
Var concatenate(std::span<const Var> parts, int axis, Where at = {});
Var concatenate(std::initializer_list<Operand> parts, int axis);
Var stack(std::span<const Var> parts, int axis = 0, Where at = {});  // n of [2,3] along axis 1: [2,n,3]
Var stack(std::initializer_list<Operand> parts, int axis = 0);

// split(x, 3, -1): three equal parts of the last axis;   split(x, {2, 4}, -1): its first 2 and its last 4 entries. The list
// belongs to the tape and lives as long as its pass.
std::span<const Var> split(const Operand& x, Indices counts, int axis = 0);
std::span<const Var> split_evenly(const Operand& x, Index parts, int axis = 0);
template <std::integral I>  // a template, so that {4} can only be a list
std::span<const Var> split(const Operand& x, I parts, int axis = 0) {
    return split_evenly(x, static_cast<Index>(parts), axis);
}

Var flip(const Operand& x, int axis);    // the entries of the axis in the opposite order
Var cumsum(const Operand& x, int axis);  // y_j = x_0 + ... + x_j along the axis, in this order

// y[.., j, ..] = x[.., index[j], ..]: entries of one axis, chosen by a list of whole numbers without a derivative, from the
// end when negative. The list is a constant of the tape, bound anew in replays; a Var of rank 1 may hold it.
Var gather(const Operand& x, Indices index, int axis);
Var gather(const Operand& x, const Var& index, int axis);
// y[.., index[j], ..] += x[.., j, ..] into zeros of the given extent: the transpose of gather.
Var scatter_add(const Operand& x, Indices index, int axis, Index extent);
Var scatter_add(const Operand& x, const Var& index, int axis, Index extent);

bool is_filled(Var v, Number value, Where at = {});  // was v recorded by filled(..., value)?

// For folding while recording. The operand of the broadcast that made x, or x itself; and whether x is the transpose of
// a matrix, which `source` then is.
Var without_broadcast(Var x);
bool is_transposed(Var x, Var& source);

}  // namespace costate
