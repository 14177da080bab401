// ode/switching/automatic_in_vars.hpp — explicit steps, and implicit ones where it is stiff, of fields in Vars: gradients
//   const auto s = solve_automatic(field, z0, {0, 200}, {.rtol = 1e-8});   tsit5 and kvaerno5;  grad(loss(s.end()), ...)
//   (a field's operators, and grad: autodiff/operators.hpp)
//   solve_automatic(tape, field, ...)       z0 a Var; or a Tensor, a View: looked at without a tape
// Fields, captures, times (Vars, too), Solutions and Programs that run it again are those of ode/solve.hpp; options.method is
// the explicit method, `implicit` the other, and the rule by which they change that of numbers (ode/switching/switching.hpp),
// by the largest ‖J‖ of all rows. A batch has one clock and one error: all rows change at once.
// gradient .gradient = ode::discrete        of the very steps that were taken, each by its own table             the default
//          .gradient = ode::interpolating   the continuous adjoint along the solution, backwards by the implicit method
// Each with derivatives of every order, by z0, captures and times.
// why      Not a Method: that is one table, and whoever reads one would first have to ask whether it is two. As a call of its
//          own it is linked where it is named, and refuses in one place what two methods do not have.
// errors   Equal steps, rows with clocks of their own, other gradients: each says what to take.
// memory   A solve that meets nothing stiff has no Jacobian. A pass that is warm allocates nothing.
// see      ode/stiff.md · ode/switching/automatic.hpp (numbers) · ode/switching/automatic_turns.hpp (how)
//          tests/ode/automatic_gradients_test.cpp
#pragma once
#include "ode/solve.hpp"  // brings: FieldRef, Operand, Solution, SolveOptions, Times, Tape, Var

namespace costate::ode::inline COSTATE_PRECISION {

Solution<Var> solve_automatic(Tape& tape, const FieldRef& field, const Operand& z0, const Times& times,
                              const SolveOptions& options = {}, const Method& implicit = kvaerno5, Where at = {});
Solution<Var> solve_automatic(const FieldRef& field, Var z0, const Times& times, const SolveOptions& options = {},
                              const Method& implicit = kvaerno5, Where at = {});
Solution<Tensor> solve_automatic(const FieldRef& field, View z0, const Times& times, const SolveOptions& options = {},
                                 const Method& implicit = kvaerno5, Where at = {});

}  // namespace costate::ode
