// ode/batch/stage_solver.hpp — who solves the equations of implicit stages, for the rows of a tile (internal to ode/)
//   k = f(t, Z),  Z = base + hγ k                     solve(i, ...): base in the stage's state; then Z there, and k in its rate
//   (I − hγJ)ᵀ w = w̃,   J of the solved field at Z    reverse(i, ...): w̃ in its cotangent; then wᵀ∂f/∂z in z_bar   stiff (4)
// A method with implicit stages brings it along (MethodNumbers::solver), so that it is linked where such a method is named.
// see      ode/batch/row_{equations,rosenbrock,additive}.hpp (who they are) · ode/batch/{tiles,own_rows}.hpp (who ask)
#pragma once
#include <memory>
#include <span>

#include "ode/batch/stages.hpp"  // brings: Stages, SolvePlan
#include "ode/statistics.hpp"    // brings: Statistics
#include "ode/steps/many.hpp"    // brings: Interval, Moments
#include "ode/steps/mass.hpp"    // brings: Inconsistency

namespace costate::ode::inline COSTATE_PRECISION {

struct Way {  // of a tile's rows through a step: all the same, or each its own
    const Interval* of;
    bool own;
    const Interval& operator[](Index row) const { return own ? of[row] : *of; }
};

inline Way way_of(const Interval& s) { return {&s, false}; }
inline Way way_of(const Intervals& s) { return {s.of, true}; }

// f of the tile's rows at stage c of their steps
inline void evaluate(Stages& stages, int stage, const Way& way, Number c) {
    if (way.own)
        stages.forward_at(stage, Moments{way.of, c});
    else
        stages.forward(stage, way.of->at(c));
}

class StageSolver {
public:
    using Begins = std::span<const Real* const>;  // of a tile's rows, component by component: where the step begins
    using Rows = std::span<Real* const>;          // and what is changed

    virtual ~StageSolver() = default;
    // known_steps: no tolerance says how far to go, so it goes as far as rounding.   given: so many of the first components are
    // not solved for, but read off a curve
    virtual void prepare(const SolvePlan& plan, std::span<const View> captures, Stages& stages, bool known_steps,
                         std::size_t given) = 0;
    virtual void begin_attempt(Index first, Index rows) = 0;
    virtual void solve(int i, const Way& way, Begins z) = 0;
    virtual void reverse(int i, const Way& way) = 0;
    // What a step's matrix, and all that was taken with it at its start, gives to the cotangent of that, after all stages; and
    // of all steps to the sums. Of stages that are solved to rounding, nothing.
    virtual void pull_start(const Way&, Rows) {}
    virtual void add_sums(std::span<const MutableView>) {}
    virtual bool converged(Index place) const = 0;  // in all stages of this attempt
    // Where there is a mass matrix: k_0 of the tile's rows that want it, at their states, and which row does, where its rate is
    // not known; along way f is asked at 0 and 1. And what was wrong with the start for which that was found last.
    virtual bool begins(Index) const { return true; }  // or is its rate f, as everywhere but at the start?
    virtual void want_first_rate(Index) {}
    virtual void find_first_rates(const Way&) {}
    virtual const Inconsistency& inconsistency(Index) const {
        static constexpr Inconsistency none;
        return none;
    }
    virtual const Real* jacobian(Index) const { return nullptr; }  // of a row, where one is kept
    virtual void hand_on(Index place, bool with_rate) = 0;   // the row's step is kept; is its rate at the end known?
    virtual void forget(Index place) = 0;                    // of a row that has come somewhere else
    virtual void swap(Index i, Index j) = 0;                 // two rows' places
    virtual long evaluations(Index place) const = 0;         // of f, for this row
    virtual void report(Statistics& s, bool sum) const = 0;  // of all rows; or of the one that took most
};

// A step's equations by themselves: with its own Jacobian, whatever the steps beside it were solved with.
inline void begin_anew(StageSolver& solver, Index first, Index rows) {
    solver.begin_attempt(first, rows);
    for (Index place = first; place < first + rows; ++place) solver.forget(place);
}

// The sums of a transposed step's stages: of an additive method its solver has those that are equations.
inline void accumulate(Stages& stages, const Method& method, int count) {
    if (!method.is_additive()) return stages.accumulate(0, count, nullptr, 0);
    stages.accumulate(0, 1, nullptr, 0);
    if (count > method.last) stages.accumulate(method.last, count, nullptr, 0);
}

// The one that a method brings along, prepared; it is made once. Of an explicit method null.
inline StageSolver* prepared(std::unique_ptr<StageSolver>& made, const SolvePlan& plan, std::span<const View> captures,
                             Stages& stages, bool known_steps, std::size_t given = 0) {
    if (!plan.options.method.implicit()) return nullptr;
    if (!made) made = plan.options.method.solver();
    made->prepare(plan, captures, stages, known_steps, given);
    return made.get();
}

}  // namespace costate::ode
