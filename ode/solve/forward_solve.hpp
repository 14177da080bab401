// ode/solve/forward_solve.hpp — what a solve is given that runs forwards, as a Pull is what its gradient is given
// see      ode/solve/eval.cpp (one clock) · ode/solve/rows_forward.cpp (a clock for each row)
//          ode/switching/automatic_turns.cpp (two methods) · ode/multistep/nordsieck_in_vars.cpp (many orders)   (internal)
#pragma once
#include "ode/gradients/pull.hpp"  // brings: SolvePlan, SolveMemory, SolveRecord, Operands

namespace costate::ode::inline COSTATE_PRECISION {

// Observations are written into `out`, those that a row does not reach as NaN; steps, states, and a report for each row that
// has a clock of its own, into the record.
struct ForwardSolve {
    const SolvePlan& plan;
    SolveMemory& memory;  // its times have been read
    SolveRecord& record;
    const SolveRecord* steps_of;  // whose steps it takes, or null
    Operands<const View> x;
    std::span<const MutableView> out;
    Where where;
};

}  // namespace costate::ode
