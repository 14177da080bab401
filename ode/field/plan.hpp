// ode/field/plan.hpp — what a solve runs by: a field's programs, compiled once, and where they are found again (internal)
//   forward   the program of f                                        a solve
//   reverse   the program of f and of  wᵀ∂f/∂z, wᵀ∂f/∂c               the exact gradient of a discrete solve  discrete (1)
//   adjoint   the program of ( f, −aᵀ∂f/∂z ), summing −aᵀ∂f/∂c        the continuous adjoint              adjoint (3), (5)
//   tangent   the program of ( f, ∂f/∂z S_j + ∂f/∂c ċ_j )             the tangents along all directions       discrete (2)
// A plan is immutable and complete before an operation that uses it is recorded, so threads may share it. The operation holds
// its place in the list of its tape or program (autodiff/tape/evaluation.hpp).
// Each tape keeps the plans that it made and looks them up by content: a field is known when its recording is equal to one
// that was compiled, results included, whoever recorded it and in whatever order. Those not used for long are forgotten.
// source   adjoint: Chen, Rubanova, Bettencourt & Duvenaud 2018, "Neural ordinary differential equations", equations 4 and 5
#pragma once
#include <memory>

#include "autodiff/program/program.hpp"  // brings: Program
#include "ode/field/recording.hpp"       // brings: Recording, Chosen
#include "ode/solve_options.hpp"         // brings: SolveOptions

namespace costate::ode::inline COSTATE_PRECISION {

struct SolvePlan {
    std::shared_ptr<const Recording> field;
    FieldProgram computes;
    Chosen captures;  // by which the other programs differentiate
    std::shared_ptr<const Program> program;
    SolveOptions options;
    // Of the tangents beside f: in the tangent program; in the forward one of those whose errors the steps are to keep, too.
    std::vector<InputDirection> directions = {};
    std::shared_ptr<const SolvePlan> forward = nullptr;  // of interpolating: of the solve that it goes along
    // Of an implicit method: of the field's Jacobian, which is its tangents along every entry of a row of z.
    std::shared_ptr<const SolvePlan> jacobian = nullptr;
    // Of a Rosenbrock method: of what is linearized, (f, ∂f/∂z u, ∂f/∂t); and of a sweep's with its pullback.
    std::shared_ptr<const SolvePlan> linearized = nullptr;
    // Of an additive method: each of both halves of f, with what it is differentiated by. The stiff one has the Jacobian.
    // Of two methods that take turns `stiff` is the same plan by the second one.
    std::shared_ptr<const SolvePlan> stiff = nullptr, rest = nullptr;
    // Of a solve by discrete: the plan that its gradients have run by. What f keeps at the stages for it may then be kept.
    std::shared_ptr<const SolvePlan> gradient = nullptr;

    std::size_t components() const { return field->z.size(); }
    std::size_t capture_count() const { return field->captures.size(); }
    std::size_t chosen_count() const;
    bool uses_time() const;  // does f read t?
};

bool same_plan(const SolvePlan& a, const SolvePlan& b);

// The plan of a solve of this field: its place among the tape's plans, and whether a second recording of the field still
// has to confirm it.
struct FoundPlan {
    std::uint32_t place;
    bool unconfirmed;
};
FoundPlan find_plan(Tape& tape, const Recording& field, const SolveOptions& options);
void confirm_plan(Tape& tape, const SolvePlan& plan);
// Those derived from it: its gradient's (of the part that the options name), and that of its tangent field's solve.
// starts: the components of z0 whose gradients are wanted; those of others are 0 where each costs a direction.
std::uint32_t gradient_plan(Tape& tape, const SolvePlan& of, const Chosen& captures, const Chosen& starts);
std::uint32_t tangent_plan(Tape& tape, const SolvePlan& of, const Chosen& captures);

inline const SolvePlan& plan_at(Tape& tape, std::uint32_t place) {
    return *static_cast<const SolvePlan*>(tape.plans()[place].get());
}

}  // namespace costate::ode
