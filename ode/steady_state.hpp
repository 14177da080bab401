// ode/steady_state.hpp — where a law comes to rest: z* with f(t, z*) = 0
//   const Var z = ode::steady_state(tape, field, z0);                  from near z0; differentiable by what the field captures
//   const Tensor z = ode::steady_state(field, z0, {.t = 3});           as numbers
//   z ← z − J⁻¹ f(z)                                  Newton's method, as long as it makes |f| smaller                      (a)
//   (I/δ − J) Δ = f(z),  z ← z + Δ,  δ ← δ |f(z)| / |f(z + Δ)|     where it does not: implicit Euler steps of length δ     (b)
//        follow the flow at first, and become Newton's where |f| falls (pseudo-transient continuation)
//   dz*/dc = −J⁻¹ ∂f/∂c                               the implicit function theorem: recorded are two steps (a) from z*, J⁻¹ a
//        constant. They change nothing but to rounding, and have the first derivative, and by the second the second one.
// (a) may end in a state that the flow runs away from: an equilibrium is one, stable or not. To follow the flow from z0 alone
// .newton = false.
// shapes   z0: [B,D] or any. Where rows do not mix each has a Jacobian [D,D], and steps of its own; else there is one of all.
// errors   |f| does not fall in .most steps; J is singular at z* (a curve of equilibria, or a fold); a tape without numbers.
// source   Kelley & Keyes 1998, "Convergence analysis of pseudo-transient continuation", SIAM J. Numer. Anal. 35(2)
// see      tests/ode/steady_state_test.cpp (a chemostat and a Hopfield net, by closed forms)
#pragma once
#include "autodiff/tape/operand.hpp"  // brings: Operand
#include "ode/field.hpp"              // brings: FieldRef

namespace costate::ode::inline COSTATE_PRECISION {

struct SteadyStateOptions {
    double t = 0;        // what the field sees as t
    bool newton = true;  // (a) first; else (b) alone
    int most = 200;      // steps
};

Var steady_state(Tape& tape, FieldRef field, const Operand& z0, const SteadyStateOptions& options = {}, Where at = {});
Tensor steady_state(FieldRef field, View z0, const SteadyStateOptions& options = {}, Where at = {});

}  // namespace costate::ode
