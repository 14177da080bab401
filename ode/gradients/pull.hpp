// ode/gradients/pull.hpp — what a gradient route is given, and what a solve leaves behind for it (internal to ode/)
//   pull    (z̄0, c̄) = (∂S/∂(z0, c))ᵀ w      of the observations' cotangents w: discrete (3)
// see      ode/routes.hpp · ode/gradients/, a file for each route
#pragma once
#include <utility>
#include <vector>

#include "ode/batch/curve.hpp"            // brings: Curve
#include "ode/batch/gauss.hpp"            // brings: GaussQuadrature
#include "ode/batch/own_rows.hpp"         // brings: OwnRows, OwnSteps
#include "ode/batch/tiles.hpp"            // brings: Tiles, Stages, Quadrature
#include "ode/field/plan.hpp"             // brings: SolvePlan
#include "ode/gradients/checkpoints.hpp"  // brings: Checkpoints
#include "ode/gradients/states.hpp"       // brings: States
#include "ode/statistics.hpp"             // brings: Statistics
#include "ode/steps/check.hpp"            // brings: time_is_float, timing_in_vars
#include "ode/steps/growth.hpp"           // brings: Growth
#include "ode/steps/step_times.hpp"       // brings: StepTimes

namespace costate::ode::inline COSTATE_PRECISION {

// What one solve leaves behind for its derivatives: the object of its token.
struct SolveRecord {
    StepTimes grid;                  // t_0, ..., t_N
    States trajectory;               // the state at the start of each step, where the gradient route asks for it;
    Checkpoints checkpoints;         // or where it asks for a few, which of them
    std::size_t states_of_pair = 0;  // or of a pair so many: ẑ at the end of each step, and where the pair ends z, too
    Curve curve;                     // or all that lies between them, too
    // What f kept at the stages of all steps, where there was room: of a solve that ran by this gradient's program.
    std::shared_ptr<Stages> stages;
    std::shared_ptr<const SolvePlan> keeps_for;
    Statistics statistics;
    OwnSteps own;  // where rows have clocks of their own: instead of grid; the trajectory has a state for each end
    std::vector<RowReport> rows;
    // Of a solve that is being recorded: who watches; its first stage is the value of the recording, and what its field
    // is recorded at a second time, the end of the first accepted step.
    std::vector<View> first_rate;
    const StepObserver* on_step = nullptr;
    std::vector<Real> second_t;
    std::vector<Real> second_z;  // empty: no step was taken

    bool keeps_stages(const SolvePlan& of) const {
        return stages && keeps_for->program == of.program && grid.size() <= static_cast<std::size_t>(stages->steps());
    }
    std::size_t bytes() const {  // that grow with the steps
        return grid.bytes() + trajectory.bytes() + curve.bytes() + own.bytes() + (stages ? stages->bytes() : 0);
    }
};

inline SolveRecord& record_of(Objects& objects, const View& token) {
    return objects.at<SolveRecord>(static_cast<std::size_t>(token[0]));
}

// The memory in which a plan runs: one for an evaluator, used by one solve after the other.
struct SolveMemory {
    Stages stages;
    AnyObject again;  // Stages of f alone, of a route that takes steps of the forward solve a second time
    // Where solves keep their stages: those that no record holds are free.
    std::vector<std::shared_ptr<Stages>> kept;
    std::size_t points = 0;  // of the last solve's grid
    Tiles tiles;
    AnyObject quadrature, gauss;          // a Quadrature, a GaussQuadrature,
    AnyObject own_rows, own_sweep;        // an OwnRows and an OwnSweep, of those who ask for them,
    AnyObject other;                      // and a NordsieckMemory, or a SolveMemory of the second of two methods
    std::unique_ptr<StageSolver> solver;  // of a sweep along steps of an implicit method,
    std::vector<const Real*> starts;      // and where the step of its tile begins,
    std::vector<Real*> lambdas;           // and its cotangent
    Checkpoints checkpoints, checkpoints_before;
    std::vector<Number> times;                      // one row's after the other's
    std::vector<std::span<const Number>> times_of;  // each row
    std::vector<std::uint32_t> at;                  // the observation that a row's backward solve comes from
    std::vector<Number> weights;                    // of its steps
    struct PartOfSweep {                            // what a part of a tile's rows has for itself:
        std::vector<Number> thetas;                 // where its observations lie in a step,
        Growth growth;                              // and how its cotangents grow, where that is watched
    };
    PartOfSweep sweep;               // all rows,
    std::vector<PartOfSweep> parts;  // or each part
    std::vector<Number> grids;       // as times, of a solve that takes another's steps
    Storage pair;                    // z and the cotangent of ẑ
    std::vector<Real> tangent;       // one that lies within a step
    std::vector<Number> sums;        // of each direction's products, for each range of rows
    bool warned = false;

    bool warns_first() { return !std::exchange(warned, true); }
};

// Each row's part of the times.
inline void split_times(SolveMemory& memory, std::size_t rows) {
    const std::size_t count = rows == 0 ? 0 : memory.times.size() / rows;
    memory.times_of.clear();
    for (std::size_t row = 0; row < rows; ++row)
        memory.times_of.push_back(std::span<const Number>(memory.times).subspan(row * count, count));
}

// How many times a solve has been given, as a Var or in parts: those of all rows. The i-th of them.
inline Index count_of(const View& times, RowClocks rows) {
    return rows == joint ? times.shape[-1] : times.shape[-2] * times.shape[-1];
}
inline Number time_at(const View& times, Index count, Index i) {
    Number t = 0;
    for (Index part = times.size() / count; part-- > 0;)  // from the smallest on: their sum is exact
        t += static_cast<Number>(times.data[part * count + i]);
    return t;
}
inline void read_times(const View& times, RowClocks rows, std::vector<Number>& t) {  // all of them
    t.resize(count_of(times, rows));
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = time_at(times, t.size(), i);
}

// The operands of a solve, or of its derivative, cut into named spans: of Views to run it, of Vars to differentiate it.
template <class T>
struct Operands {
    T& times;
    std::span<T> z0, captures, token, observations, w;                     // the last two: of its derivative
    std::size_t count() const { return 1 + z0.size() + captures.size(); }  // those that it depends on
};

template <class T>
Operands<T> operands_of(const SolvePlan& plan, std::span<T> in) {
    const std::size_t n = plan.components(), captures = plan.capture_count(), token = 1 + n + captures;
    const std::size_t tokens = in.size() > token, more = in.size() > token + 1 ? n : 0;
    return {in[0],
            in.subspan(1, n),
            in.subspan(1 + n, captures),
            in.subspan(token, tokens),
            in.subspan(token + tokens, more),
            in.subspan(token + tokens + more, more)};
}

// Of a solve of Tensors, whose tape nobody else sees: it keeps nothing, and links the code of no route.
constexpr Route without_gradient(const Route& asked) {
    Route none = RouteRow{.name = "none",
                          .keeps = "nothing",
                          .source = "",
                          .backward = FieldProgram::adjoint,
                          .takes = rows::all_of_these};
    none.further = nullptr;
    none.solve = asked.solve;
    return none;
}

// A gradient route: from the cotangents w of the observations to z̄0 and c̄. Each in a file of its own.
struct Pull {
    const SolvePlan& plan;
    SolveRecord& record;
    SolveMemory& memory;
    Operands<const View> x;
    std::span<const MutableView> z_bars, capture_bars;
    Where where;
};

// Of a tile's step that a sweep has solved once more.
void require_sweep_converged(const StageSolver& solver, const Stages& stages, const Interval& s, const Pull& p);
// And of its transposed equations.
void require_transposed(const StageSolver& solver, const Stages& stages, const Interval& s, const Pull& p);

// A mass matrix leaves k_0 without a gradient: are all observations in the step at its end?
void require_on_ends(bool look_within, const Interval& s, const SolveOptions& options, Where at);

}  // namespace costate::ode
