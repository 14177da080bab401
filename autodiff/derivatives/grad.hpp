// autodiff/derivatives/grad.hpp — derivatives, as more tape
//   reverse   x̄ = Jᵀ ȳ     one walk backwards over the tape gives the cotangents of all inputs   vjp, grad   autodiff (3)
//   forward   ẏ = J ẋ       one walk forwards gives the tangents of all outputs                   jvp         autodiff (2)
// Each multiplies the product of autodiff (1), from one of its ends, with one vector.
// Both append the operations of the derivative to the same tape, so their results can be differentiated again, to any
// order. A walk visits only what lies between xs and ys, and asks a rule only for what is needed.
// shapes    x̄ has x's shape, ẏ has y's.
// example   b = a + a; c = b + b.   Walking back from c, b must be finished (b̄ = 2 c̄) before a is reached; on a tape
//           b stands after a, so walking the list from its end gets this right without a search for an order.
// order     always (y, x, direction). A direction is a Var, a Tensor, or a number that stands for itself everywhere.
// errors    y on another tape; a direction of the wrong shape; a y that was computed from the direction and not from x, as
//           in a call with both in each other's place (the forms for lists do not ask); y not a single number (grad); a
//           parameter that was changed.
// source    Griewank & Walther, Evaluating Derivatives, 2nd ed., §3.2
#pragma once
#include <functional>
#include <initializer_list>
#include <span>

#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, Operand, Parameters

namespace costate::inline COSTATE_PRECISION {

using Vars = std::span<const Var>;  // lives on the tape, until its next rewind

// The cotangents of xs from those of ys. A zero Var where y does not depend on x.
Vars vjp(Vars ys, Vars xs, Vars y_bars, Where at = {});
Var vjp(Var y, Var x, const Operand& y_bar);
Var vjp(Var y, const Parameter& x, const Operand& y_bar);

// The tangents of ys from those of xs. A zero Var where y does not depend on x.
Vars jvp(Vars ys, Vars xs, Vars x_dots, Where at = {});
Var jvp(Var y, Var x, const Operand& x_dot);
Var jvp(Var y, const Parameter& x, const Operand& x_dot);

// dy/dx of a single number y; zeros of x's shape where y does not depend on x.
Vars grad(Var y, Vars xs, Where at = {});
Vars grad(Var y, std::initializer_list<Var> xs, Where at = {});
Var grad(Var y, Var x, Where at = {});
Vars grad(Var y, Parameters parameters, Where at = {});  // of a list, or of a model: grad(loss, model)
Vars grad(Var y, std::initializer_list<Parameters> parameters, Where at = {});  // {encoder, decoder}
Vars grad(Var y, std::initializer_list<Parameter> parameters, Where at = {});
Var grad(Var y, const Parameter& parameter, Where at = {});
Vars grad(Var y, std::initializer_list<Operand> xs, Where at = {});  // {x, p}: Vars and Parameters

// J[i..., j...] = dy_i/dx_j, of shape y.shape + x.shape; by rows with vjp, or by columns where that is shorter. Zeros where
// y does not depend on x, of hvp and hessian too: a function that is linear in x has no second derivative.
Var jacobian(Var y, Var x, Where at = {});
Var hessian(Var y, Var x, Where at = {});  // of a single number: shape x.shape + x.shape
Var hvp(Var y, Var x, const Operand& v);   // H v, without forming H: autodiff (6)
Var hvp(Var y, const Parameter& x, const Operand& v);
// Where y does not depend on x at all, a laplacian or a divergence is asked of the wrong x: that is an error.
// Σ_j ∂²f_b/∂x_bj² of each row b, equations (1): y = f(x) with x [B,D], row b of y depending on row b of x alone. Shape: y's.
Var laplacian(Var y, Var x, Where at = {});
// Σ_j ∂f_bj/∂z_bj of each row b, the trace of its Jacobian: f and z [B,D], row b of f depending on row b of z alone. [B,1].
// With probes ε, an estimate by one vjp for each: the mean of εᵀJε, right on average if E[ε εᵀ] = 1 (Hutchinson 1989).
// One probe has z's shape; several stand along a further first axis, [K,B,D]. Their entries: ±1, or normal.
Var divergence(Var f, Var z, Where at = {});
Var divergence(Var f, Var z, const Operand& probes);

}  // namespace costate
