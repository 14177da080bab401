// ode/solve_options.hpp — what a solve may be asked for: one list for every interface
//   solve(field, z0, {0, 1}, {.method = ode::dopri5, .rtol = 1e-8, .gradient = ode::backsolve})
// A method and a route may be given by name, from a command line say: .method = "dopri5". An unknown name is an error.
// Every option has a default; options are named in this order. gradient, its norms and parameter_quadrature belong to a solve
// in Vars. One that returns Tensors has no gradient: a model may be looked at with the options it was trained with, and of the
// routes only direct means something, to call the field at every stage. In a plain solve, of numbers, asking for any of them
// is an error.
#pragma once
#include <functional>
#include <limits>
#include <type_traits>  // brings: std::conditional_t

#include "ode/landings.hpp"        // brings: TimeSet
#include "ode/methods.hpp"         // brings: Method, dopri5, tsit5 ... all_methods
#include "ode/preconditioner.hpp"  // brings: Preconditioner
#include "ode/routes.hpp"          // brings: Route, discrete, backsolve, interpolating, direct
#include "ode/step_control.hpp"    // brings: Control, i_control, pi_control, pid_control
#include "ode/tolerance.hpp"       // brings: Tolerance, Norm, rms_norm, max_norm, ScaledErrors

namespace costate::ode {

// What the error of the steps is measured over: the state; or its tangents ∂z/∂z0 and ∂z/∂c, too, the largest of their errors,
// so that the gradient of the discrete solution is as good as that. By `forward` each of them; by the other routes one
// tangent for z0 and one for each captured tensor, in a random direction (a sum with random weights hides no error). Each costs
// about as much as f, and steps are shorter. Right where the state alone does not see what the gradient does: an amplitude or a
// last layer that is 0, an equilibrium. CVODES: "sensitivity error control".
// Not by direct, with equal steps, or for rows = independent.
enum class ForwardNorm { state, state_and_tangents };

// What the error of a backward solve is measured over. The parameter gradient is a sum along the way that nothing reads.
//   state_and_adjoint   the root mean square over both
//   full                the largest of the root mean squares of state, adjoint and every parameter's gradient
//   seminorm            the larger of those of state and adjoint        Kidger, Chen & Lyons 2021, "Hey, that's not an ODE"
// full and seminorm are torchdiffeq's, its default the former.
// By interpolating z is given, but the error that its stages' sum makes is measured all the same (interpolating.cpp says why).
enum class BackwardNorm { state_and_adjoint, full, seminorm };

// How the parameter gradient, an integral of aᵀ∂f/∂θ, is summed in a step backwards: by the method's own stages, or, once it
// is kept, at Gauss–Legendre nodes (ode/batch/gauss.hpp), half as many: where aᵀ∂f/∂θ costs more than f and aᵀ∂f/∂z.
enum class ParameterQuadrature { stages, gauss };

inline namespace COSTATE_PRECISION {
struct ForwardSolve;
}
namespace rows {  // what is called where they have clocks of their own: ode/solve/rows_forward.cpp, ode/gradients/
void solve_own(const ForwardSolve& solve);
void sweep_own(const Pull& p);
void backsolve_own(const Pull& p);
}  // namespace rows
// Who takes steps together: all rows of a batch, by one decision; or each row by itself, with steps, an end, a status and
// maybe times of its own (ode/batch/own_rows.hpp). The field's t is then [B,1,...], a number for each row.
struct RowClocks {
    bool own = false;
    // As in a Route: what is called through them alone is linked where `independent` is named.
    void (*solve)(const ForwardSolve&) = nullptr;
    void (*sweep)(const Pull&) = nullptr, (*backsolve)(const Pull&) = nullptr;  // by discrete, and by backsolve
    friend constexpr bool operator==(const RowClocks& x, const RowClocks& y) { return x.own == y.own; }
};
inline constexpr RowClocks joint{}, independent{true, rows::solve_own, rows::sweep_own, rows::backsolve_own};

// A small machine has explicit methods alone, and no room for a second one.
struct NoMethod {
    constexpr NoMethod(const Method&) {}
    constexpr operator const Method&() const { return euler; }
    static constexpr const char* name = "";
    static constexpr bool implicit() { return false; }
    bool operator==(const NoMethod&) const = default;
};

struct StepReport {  // one attempted step
    Number t, h;     // from t to t + h
    Number error;    // scaled: at most 1 in an accepted step; 0 on a fixed grid
    bool accepted;
    long row = 0;  // whose step: of a joint solve all of them
};
// Who watches is no part of what is computed: options are equal whoever looks on.
struct StepObserver : std::function<void(const StepReport&)> {
    using function::function;
    friend bool operator==(const StepObserver&, const StepObserver&) { return true; }
};

struct SolveOptions {
    Method method = tsit5;
    // A step is kept when |e| ≤ atol + rtol max(|z|, |z⁺|), on average. Of the answer's error: accuracy (3)
    Tolerance rtol = 1e-6, atol = 1e-9;
    Route gradient = discrete;  // how it is differentiated
    int steps = 0;              // > 0: so many equal steps from the first to the last time, whatever the error
    Number step = 0;            // > 0: equal steps of at most this length from each time, or step_t, to the next
    Number first_step = 0;      // a length; 0: chosen (Hairer, Nørsett & Wanner I, §II.4), for one evaluation
    Number max_step = std::numeric_limits<Number>::infinity();
    Number min_step = 0;     // a step this short is kept whatever its error, if that is finite: Statistics::forced
    int max_steps = 10'000;  // of one adaptive solve, rejected ones included
    TimeSet step_t = {}, jump_t = {};  // landed on; and where f jumps (ode/landings.hpp)
    Norm norm = rms_norm;              // of an error; max_norm, or a function of yours (ode/tolerance.hpp)
    Control control = pi_control;
    ForwardNorm forward_norm = ForwardNorm::state;
    BackwardNorm backward_norm = BackwardNorm::state_and_adjoint;
    ParameterQuadrature parameter_quadrature = ParameterQuadrature::stages;
    RowClocks rows = joint;   // independent: each row of the batch has steps of its own
    bool tiles = true;        // false: all rows at once, to compare
    Index dense_up_to = 200;  // numbers: a single row of more has no Jacobian, an implicit method's systems GMRES
    Preconditioner preconditioner = {};  // of these, ode/preconditioner.hpp
    // M of M z' = f(t, z), of one row's n numbers: n² of them, row after row. Empty: the identity. ode/steps/mass.hpp
    MassNumbers mass = {};
    // Said by ode::solve_automatic alone: who takes over where stability limits the steps of `method`. Explicit: nobody
    [[no_unique_address]] std::conditional_t<small_machine, NoMethod, Method> where_stiff = euler;
    StepObserver on_step = {};  // is shown every step of the forward solve that is tried; not when a Program runs it

    bool has_mass() const { return !small_machine && !mass.empty(); }  // small machines take explicit steps alone
    bool takes_turns() const { return where_stiff.implicit(); }
    bool known_steps() const { return steps > 0 || step > 0; }
    bool keeps_tangents() const {  // nor do small machines measure them
        return !small_machine && forward_norm == ForwardNorm::state_and_tangents && !known_steps();
    }
    bool measures_alike() const { return rtol.is_one() && atol.is_one() && norm == rms_norm; }  // every component
    bool operator==(const SolveOptions&) const = default;
};

}  // namespace costate::ode
