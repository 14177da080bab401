// autodiff/reductions.hpp — operators that make few entries of many
//   sum        y = Σ x                jvp  ẏ = Σ ẋ                 vjp  x̄ = ȳ repeated
//   mean       y = Σ x / n
//   max        y = max x              vjp  x̄ = ȳ where x is the maximum, shared equally by ties   (of nothing: an error)
//   logsumexp  y = ln Σ e^x           jvp  ẏ = Σ e^(x−y) ẋ         vjp  x̄ = e^(x−y) ȳ
// axes     a list, negative from the end; none given: all of them. keep = true leaves reduced axes with extent 1.
// Sums over axis 0 are made in the ranges of core/rows.hpp, so a replay in tiles gives the same bits.
#pragma once
#include <initializer_list>

#include "autodiff/tape.hpp"  // brings: Tape, Var, record

namespace costate {
inline namespace COSTATE_PRECISION {

using Axes = std::initializer_list<int>;

Var sum(Var x);
Var sum(Var x, Axes axes, bool keep = false, Where at = {});
Var mean(Var x);
Var mean(Var x, Axes axes, bool keep = false, Where at = {});
Var max(Var x, Where at = {});
Var max(Var x, Axes axes, bool keep = false, Where at = {});
Var logsumexp(Var x);
Var logsumexp(Var x, Axes axes, bool keep = false, Where at = {});
Var softmax(Var x, int axis = -1, Where at = {});  // e^(x − logsumexp(x)) along one axis

}  // namespace COSTATE_PRECISION
}  // namespace costate
