// ode/solve.hpp — solve an initial value problem on a tape, and differentiate through it
//   dz/dt = f(t, z),  z(t_0) = z0      ->      z(t_0), z(t_1), ..., z(t_last)
//   Var z = ode::solve(tape, field, z0, times, {.method = ode::dopri5, .gradient = ode::backsolve});
// shapes   z0: any, a batch has one row for each trajectory; z: [times, ...z0's shape]. The batch steps jointly.
// field    anything callable as Var(Var t, Var z): a lambda, a module, a law with parameters. It is recorded once for
//          each solve and replayed at every stage, so it must be a function of t, z and what it captures: draw noise
//          before the solve, branch with where(...). A field that reads values cannot be replayed: that is an error which
//          names the line, unless .gradient is direct, which calls the field at every stage.
// times    numbers in one direction (forwards or backwards; repeats are allowed), or a Var [T] when their gradient is wanted.
//          Steps are chosen in double; the field's t is a Real.
// result   an operation like any other: it differentiates, also twice, with respect to z0, the parameters and Vars that the
//          field captures, and a Var of times. Steps are frozen: their choice is not differentiated.
//
//   gradient    what it is                                             right when                         memory in steps n
//   direct      every operation of the solver on the tape              to study; short solves             O(n · operations)
//   discrete    the exact gradient of the discrete solution,           the default: exact for the         O(n) states
//               stages recomputed step by step                         numbers that were computed
//   backsolve   the continuous adjoint, z solved backwards too         very long solves of fields that    O(1)
//               (Chen et al. 2018)                                     can be run backwards
#pragma once
#include <span>
#include <type_traits>

#include "ode/field.hpp"          // brings: Field
#include "ode/solve_options.hpp"  // brings: SolveOptions, Method, tsit5, discrete, backsolve
#include "ode/statistics.hpp"     // brings: Statistics

namespace costate::ode {
inline namespace COSTATE_PRECISION {

Var solve_field(Tape& tape, Field field, Var z0, std::span<const double> times, const SolveOptions& options, Where at);
Var solve_field(Tape& tape, Field field, Var z0, Var times, const SolveOptions& options, Where at);

// What the solve that made z, or that z is a part of (reshape, slice), did. The backward part counts once the gradient has
// been recorded.
const Statistics& statistics(Var z, Where at = {});

// A module given by name stays where it is, a temporary is moved into the solve. Neither is called after it.
template <class F>
Field as_field(F&& field) {
    if constexpr (std::is_lvalue_reference_v<F>)
        return Field(std::ref(field));
    else
        return Field(std::forward<F>(field));
}

template <class F>
Var solve(Tape& tape, F&& field, Var z0, std::span<const double> times, const SolveOptions& options = {},
          Where at = {}) {
    return solve_field(tape, as_field(std::forward<F>(field)), z0, times, options, at);
}
template <class F>
Var solve(Tape& tape, F&& field, const Tensor& z0, std::span<const double> times, const SolveOptions& options = {},
          Where at = {}) {
    return solve_field(tape, as_field(std::forward<F>(field)), tape.constant(z0), times, options, at);
}
template <class F>
Var solve(Tape& tape, F&& field, Var z0, Var times, const SolveOptions& options = {}, Where at = {}) {
    return solve_field(tape, as_field(std::forward<F>(field)), z0, times, options, at);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
