// ode/switching/automatic_turns.hpp — a solve by two methods that take turns, and its gradient (internal to ode/)
// A turn is a run of steps by one method. What a step is done with exists for each of both: a plan (the second one's is
// SolvePlan::stiff: the same programs) and the memory in which that runs; handed over are z, the clock with the length of the
// next step, and which times have been seen; backwards λ and these. So nothing that takes a step, or transposes it, knows that
// there is another method. The record of the solve is one: its grid, its states, its curve; behind each step's state stands a
// number more, 1 where the step was implicit.
// discrete       the sweep of ode/gradients/reverse_sweep.hpp through each turn, the last one first, of either method by its
//                own; what they summed of the captures is added at the end
// interpolating  along the curve, whose degree is the larger of both, backwards by the implicit method alone
// tangents       of discrete's derivatives: the same turns, each a grid of known steps
#pragma once
#include "ode/solve/forward_solve.hpp"  // brings: ForwardSolve, Pull, SolvePlan, SolveMemory, SolveRecord

namespace costate::ode::inline COSTATE_PRECISION {

inline SolveMemory& where_stiff(SolveMemory& memory) { return memory.other.as<SolveMemory>(); }
inline bool was_implicit(const SolveRecord& record, std::size_t step) {
    return record.trajectory[step][record.trajectory.size() - 1] != 0;
}
// The step behind those of the turn that begins with this one.
inline std::size_t end_of_turn(const SolveRecord& record, std::size_t step) {
    std::size_t end = step;
    while (end + 1 < record.grid.size() && was_implicit(record, end) == was_implicit(record, step)) ++end;
    return end;
}
inline std::size_t start_of_turn(const SolveRecord& record, std::size_t end) {
    std::size_t start = end;
    while (start > 0 && was_implicit(record, start - 1) == was_implicit(record, end - 1)) --start;
    return start;
}

void solve_in_turns(const ForwardSolve& solve);
void pull_in_turns(const Pull& p);

}  // namespace costate::ode
