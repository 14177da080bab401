// ode/solve.hpp — solve an initial value problem, and differentiate through it
//   dz/dt = f(t, z),  z(t_0) = z0      ->      z(t_0), z(t_1), ..., z(t_last)
//   const auto s = ode::solve(field, z0, {0, 1}, {.method = ode::dopri5, .gradient = ode::backsolve});    s.z, s.end()
//
//   z0                                   result               for
//   a Var                                Solution<Var>        the solve as an operation on z0's tape
//   a Tensor, View or Parameter, a tape  Solution<Var>        the same on the tape given first: a Tensor is constant there
//   a Tensor, View or Parameter          Solution<Tensor>     looking at what a field does: no tape, no gradient
//   an array or vector of numbers        ode/plain.hpp        a field of numbers
//
// shapes   z0: any, a batch has one row for each trajectory; z: [times, ...z0's shape]. The batch steps jointly,
//          or with rows = ode::independent each row by itself, at its own times (s.rows() has a report for each).
// field    Var(Var t, Var z), or a list {f, g}: their sum (ode/field.hpp).
// times    {0, 1}, a list, a Var when their gradient is wanted (ode/times.hpp). Steps are chosen in double; the field's t
//          is a Real.
// result   an operation like any other: it differentiates, also twice, with respect to z0, the parameters and Vars that the
//          field captures, and times that are Vars or Parameters. Steps are frozen: their choice is not differentiated.
// see      ode/routes.hpp (how it is differentiated) · ode/solve_options.hpp · ode/solution.hpp
#pragma once
#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Parameter, grad
#include "ode/field.hpp"                  // brings: Field, FieldRef
#include "ode/solution.hpp"               // brings: Solution
#include "ode/solve_options.hpp"          // brings: SolveOptions, Method, tsit5, dopri5, Route, discrete, backsolve
#include "ode/start.hpp"                  // brings: solve
#include "ode/times.hpp"                  // brings: Times

namespace costate::ode::inline COSTATE_PRECISION {

// What solve (ode/start.hpp) calls, by the kind of z0.
Solution<Var> solve_field(const FieldRef& field, Var z0, const Times& times, const SolveOptions& options, Where at);
Solution<Tensor> solve_field(const FieldRef& field, View z0, const Times& times, SolveOptions options, Where at);
Solution<Tensor> solve_field(const FieldRef& field, const Parameter& z0, const Times& times,
                             const SolveOptions& options, Where at);

Solution<Var> solve_field(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                          const SolveOptions& options, Where at);

}  // namespace costate::ode
