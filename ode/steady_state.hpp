// ode/steady_state.hpp — where a law comes to rest: z* with f(t, z*) = 0
//   const Var z = ode::steady_state(tape, field, z0);                  from near z0; differentiable by what the field captures
//   const Tensor z = ode::steady_state(field, z0, {.t = 3});           as numbers
//   z ← z − J⁻¹ f(z)                                  Newton's method, as long as it makes |f| smaller; half the step, and
//        half of that, where f has no value at its end                                                                  (a)
//   (I/δ − J) Δ = f(z),  z ← z + Δ                    where it does not: implicit Euler steps along the flow               (b)
//   |f⁺ − Δ/δ| ≤ |f|/2, |f⁺| ≤ 2|f|                   one is kept where f is much as J says, else it is tried with δ/4
//   δ ← max(δ |f|/|f⁺|, |f⁺|/(5 |J f⁺|))              it begins as short as f bends and becomes Newton's as |f| falls      (c)
//   dz*/dc = −J⁻¹ ∂f/∂c                               the implicit function theorem: recorded are two steps (a) from z*, J⁻¹ a
//        constant. They change nothing but to rounding; each has one order of derivatives more. So the first and the second
//        are exact, and one of a higher order is an error: .derivatives = 3 records three steps.     ode/exact_orders.hpp
// (a) may end in a state that the flow runs away from: an equilibrium is one, stable or not. With .newton = false the flow is
// followed from z0: δ is no longer than a direction in which it runs away allows (the sign of det (I/δ − J)), and a rest that
// is not stable is an error. Steps are long, and close to the border between two rests they may end in the other one.
// shapes   z0: [B,D] or any. Where rows do not mix each has a Jacobian [D,D], and steps of its own; else there is one of all.
// errors   f is not finite at z0; |f| does not fall in .most steps; J is singular at z* (a curve of equilibria, or a fold);
//          z* is not stable (.newton = false); a tape without numbers.
// source   Kelley & Keyes 1998, "Convergence analysis of pseudo-transient continuation", SIAM J. Numer. Anal. 35(2)
// see      tests/ode/steady_state_test.cpp (a chemostat and a Hopfield net, by closed forms)
#pragma once
#include "autodiff/tape/operand.hpp"  // brings: Operand
#include "ode/field.hpp"              // brings: FieldRef

namespace costate::ode::inline COSTATE_PRECISION {

struct SteadyStateOptions {
    Number t = 0;         // what the field sees as t
    bool newton = true;   // (a) first; else (b) alone
    int most = 200;       // steps
    int derivatives = 2;  // orders that are exact: each costs an evaluation on the tape
};

Var steady_state(Tape& tape, FieldRef field, const Operand& z0, const SteadyStateOptions& options = {}, Where at = {});
Tensor steady_state(FieldRef field, View z0, const SteadyStateOptions& options = {}, Where at = {});

}  // namespace costate::ode
