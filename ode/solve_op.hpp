// ode/solve_op.hpp — a solve is an operator, and so is its derivative (internal to ode/)
//   Solve     z(t_i) = S(x),  x = (z0, captures, times)                                                               (1)
//             jvp   J ẋ: the solve of the tangent field on the same steps, of which the ż part is taken
//             vjp   Jᵀ w: the operation SolveVjp
//   SolveVjp  A(x, w) = Jᵀ w                                                                                          (2)
//             jvp   A(x, ẇ) + vjp of ⟨w, J ẋ⟩ with respect to x
//             vjp   for a cotangent u:  w̄ = J u,  x̄ = the vjp of ⟨w, J u⟩ with respect to x
// J ẋ and J u are recorded as (1), so every order works through every route without nesting augmented systems.
// operands Solve: times, z0 components, captures [, the token of the solve whose steps it takes]
//          results: the observations of each component [T, ...], a token
//          SolveVjp: times, z0, captures, token, observations, w;  results: z̄0, c̄ of differentiable captures [, t̄imes]
// The token stands for a solve's record (grid of steps, stored states): who reads it runs after the solve. It is the
// number of the run: within a field that is itself solved, other stages run the same solve in between, and a derivative
// that finds a later run's record solves again.
// times    [T] Vars in [0,1] of a scaled solve, or [2,T] constants: a double as the sum of two Reals.
#pragma once
#include <string>
#include <vector>

#include "ode/integrate.hpp"  // brings: Integrator
#include "ode/solve.hpp"      // brings: SolveOptions, Statistics
#include "ode/tainted.hpp"    // brings: TaintedStages, TaintedContext

namespace costate::ode {
inline namespace COSTATE_PRECISION {

// Fails for options and times that cannot be meant.
void require_options(const SolveOptions& options, std::span<const double> times, Where at);

// What stays the same from pass to pass.
struct SolvePlan {
    std::shared_ptr<const FieldPlan> field;
    SolveOptions options;
    std::uint32_t workspace = 0;  // where its memory lies among a workspace's states
    bool times_are_vars = false;
    Where where{nullptr, 0};
};

// The memory in which a plan runs: one for a workspace, used by one solve after the other.
struct SolveWorkspace {
    ProgramStages forward_stages, reverse_stages, adjoint_stages;
    TaintedStages tainted_stages;
    Integrator integrator;
    std::vector<double> times;
    std::vector<Tensor> again;              // observations of a solve that is run again for its record
    std::vector<double> grid;               // of a stretch of a backward solve
    std::vector<Index> offsets;             // of the state's components
    std::array<std::vector<Real>, 3> sums;  // of the captures' gradients, for the full error norm
};

// What one solve leaves behind for its derivatives.
struct SolveRecord {
    int run = 0;                   // which run of the solve this is: its token
    std::vector<double> grid;      // t_0, ..., t_N
    std::vector<Real> trajectory;  // the state at each of them, where the gradient route asks for it
    Statistics statistics;
    TaintedContext tainted;
    // While a solve is recorded: its first stage is the value of the recording, and after its first accepted step the
    // field is recorded a second time and compared.
    std::vector<View> first_rate;
    std::function<void(double t, const Real* z)> second_recording;
};

// A solve's operands by name.
struct SolveOperands {
    View times;
    std::span<const View> z0, captures;
};
SolveOperands operands_of(const SolvePlan& plan, std::span<const View> in);
// The stages of one part of the plan, ready to run.
Stages& prepare_stages(const SolvePlan& plan, SolveWorkspace& workspace, const SolveRecord& record, Part part,
                       std::span<const View> captures, int sets);
void read_times(const SolvePlan& plan, const View& times, std::vector<double>& t);

// The forward solve: observations into `out`, one for each component; steps and states into the record.
void run_solve(const SolvePlan& plan, SolveWorkspace& workspace, SolveRecord& record, const SolveRecord* steps_of,
               const SolveOperands& x, int derivative, std::span<const MutableView> out);

struct Solve {
    std::uint32_t plan, record, steps_of;  // steps_of: the record whose grid is taken, or `own`
    std::uint32_t derivative;              // of the observations with respect to time
    static constexpr std::uint32_t own = 0xffffffff;

    static constexpr const char* name = "solve";
    static constexpr bool general = true;
    bool operator==(const Solve&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, Resources& r) const;
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const;
    void vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const;
};

struct SolveVjp {
    std::uint32_t plan, record, steps_of, derivative;

    static constexpr const char* name = "solve_vjp";
    static constexpr bool general = true;
    bool operator==(const SolveVjp&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, Resources& r) const;
    void jvp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in, std::span<Var> d_out) const;
    void vjp(std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const;
};

// A gradient route: from the cotangents w of the observations to z̄0, c̄ and t̄. Each in a file of its own.
struct Pull {
    const SolvePlan& plan;
    const SolveRecord& record;
    SolveWorkspace& workspace;
    SolveOperands x;
    std::span<const View> observations, w;
    std::uint32_t derivative;
    std::span<const MutableView> z_bars, capture_bars;
    MutableView time_bars;  // without data when the times are numbers
    Statistics& statistics;
};
void pull_discrete(const Pull& p);
void pull_backsolve(const Pull& p);

[[noreturn]] void fail_to_solve(const SolvePlan& plan, Outcome outcome, const Integrator& integrator, const char* what);

// A list of shapes that the tape keeps, empty: for the results of an operation about to be recorded.
std::vector<Shape>& shape_list(Tape& tape);
// The number of a new record on this tape, and the plans of its solves.
std::uint32_t new_record(Tape& tape);
std::uint32_t tangent_plan(Tape& tape, std::uint32_t plan);
std::span<Var> record_solve(Tape& tape, std::uint32_t plan, std::span<const Var> operands, std::uint32_t steps_of,
                            std::uint32_t derivative, std::uint32_t record);

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
