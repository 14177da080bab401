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
#include <limits>
#include <span>
#include <type_traits>

#include "ode/field.hpp"         // brings: Field
#include "ode/methods.hpp"       // brings: Method, tsit5, dopri5, rk4_classic
#include "ode/step_control.hpp"  // brings: Control, i_control, pi_control

namespace costate::ode {
inline namespace COSTATE_PRECISION {

enum class Gradient { direct, discrete, backsolve };
inline constexpr Gradient direct = Gradient::direct, discrete = Gradient::discrete, backsolve = Gradient::backsolve;

// What the error of a backward solve is measured over: state and adjoint, or the parameter gradient's components too
// (torchdiffeq's norm: the largest of the root mean squares of state, adjoint and every parameter's gradient).
enum class BackwardNorm { state_and_adjoint, full };

struct SolveOptions {
    Method method = tsit5;
    Gradient gradient = Gradient::discrete;
    double rtol = 1e-6, atol = 1e-9;  // a step is kept when the mean square of e / (atol + rtol |z|) is at most 1
    int steps = 0;                    // > 0: so many equal steps from the first to the last time
    double first_step = 0;            // 0: chosen (Hairer, Nørsett & Wanner I, §II.4)
    double max_step = std::numeric_limits<double>::infinity();
    Control control = pi_control;
    int max_steps = 10'000;  // of one adaptive solve, rejected ones included
    BackwardNorm backward_norm = BackwardNorm::state_and_adjoint;
    bool tiles = true;  // false: all rows at once, to compare

    bool operator==(const SolveOptions&) const = default;
};

struct Statistics {
    int forward_evaluations = 0, backward_evaluations = 0;  // of f, and of the backward field (or stages recomputed)
    int accepted = 0, rejected = 0;                         // steps of the forward solve
    int backward_accepted = 0, backward_rejected = 0;
    bool unlimited = false;  // at rest or on a straight line: nothing but the span limited the steps. Mind the gradient
};

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
