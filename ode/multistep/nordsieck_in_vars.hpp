// ode/multistep/nordsieck_in_vars.hpp — BDF and Adams of chosen orders, of a field in Vars: on a tape, with gradients
//   const Var z = ode::solve_nordsieck(tape, field, z0, {0, 1e5}, {.method = ode::bdf, .atol = 1e-10}).z;
//   const auto s = ode::solve_nordsieck(field, z0, times);       z0 a Var; or a Tensor, a View: looked at without a tape
// Fields, captures, times (Vars, too), Solutions and Programs that run it again are those of ode/solve.hpp. A batch is one list
// of numbers with one clock and one error; BDF's systems are of a row each where rows do not mix.
// gradient The continuous adjoint, solved backwards by the same method:
//   .gradient = ode::interpolating   z along the forward solve's polynomials, which are kept                     the default
//   .gradient = ode::backsolve       z solved backwards, too: nothing is kept. Not of a stiff field: backwards z runs away, and
//                                    BDF's long steps do not see it
//   da/dt = −aᵀ∂f/∂z     a jumps at each observation that the loss reads, and begins anew there           adjoint (3), (4)
//   dg/dt = −aᵀ∂f/∂c     at Gauss–Legendre nodes of each step: c is in no system, and in no array            adjoint (5)
// It is right to the tolerance, not exact for the steps. Of z0, captures and times, once: its derivatives are errors.
// errors   Other gradients, times for each row, a tangent: each says what to take.
// memory   interpolating: 1 + most_order states a step. A pass that is warm allocates nothing.
// source   Hindmarsh et al. 2005, SUNDIALS (CVODES), which differs in g: one more quadrature in the array
// see      ode/multistep.md · ode/multistep/nordsieck.hpp (the steps) · tests/ode/multistep_gradients_test.cpp
#pragma once
#include "ode/multistep/nordsieck.hpp"  // brings: NordsieckOptions, bdf, adams
#include "ode/solve.hpp"                // brings: FieldRef, Operand, Solution, Times, Tape, Var

namespace costate::ode::inline COSTATE_PRECISION {

Solution<Var> solve_nordsieck(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const NordsieckOptions& options = {}, Where at = {});
Solution<Var> solve_nordsieck(const FieldRef& field, Var z0, const Times& times, const NordsieckOptions& options = {},
                              Where at = {});
Solution<Tensor> solve_nordsieck(const FieldRef& field, View z0, const Times& times,
                                 const NordsieckOptions& options = {}, Where at = {});

}  // namespace costate::ode
