// autodiff/operators/interp.hpp — a table of inputs u(t): the curve through it, inside a field or anywhere else
//   Var u = interp(t, knots, table);                    linear between the knots;   Curve::cubic for a smooth one
//   Var u = interp_rows(t, knots, tables, Curve::cubic);    a table of its own for each row of a batch
// shapes   t: [] -> u as one row of the table; [B,1], as rows with clocks of their own have it, or [N] -> a row for each.
//          interp       knots [K]             table [K], [K,D], ...      u [D], [B,D], ...    (of [K]: [], [B,1], [N])
//          interp_rows  knots [K] or [B,K]    tables [B,K,D], ...        u [B,D], ...
// knots    a Tensor, a View, a Var, or a std::vector<double>, such as linspace(0, 1, K).
// gradients  by the table (the curve is linear in it) and by t, to the order that the pieces have: linear 1, cubic 3, all
//          further ones are 0. The knots have none, and must not depend on a variable: detach(knots) says that this is meant.
// Outside the knots the end value is held. What is between them, at them and behind them: core/kernels/interpolate.hpp.
// errors   shapes that do not fit, no knots, knots that do not increase.
#pragma once
#include <span>

#include "autodiff/tape/tape.hpp"        // brings: Var, Operand
#include "core/kernels/interpolate.hpp"  // brings: Curve

namespace costate::inline COSTATE_PRECISION {

Var interp(const Operand& t, const Operand& knots, const Operand& table, Curve curve = Curve::linear);
Var interp_rows(const Operand& t, const Operand& knots, const Operand& tables, Curve curve = Curve::linear);

// The knots as a list of doubles: interp(t, linspace(0, 1, 3), table).
Var interp(const Operand& t, std::span<const Number> knots, const Operand& table, Curve curve = Curve::linear);
Var interp_rows(const Operand& t, std::span<const Number> knots, const Operand& tables, Curve curve = Curve::linear);

}  // namespace costate
