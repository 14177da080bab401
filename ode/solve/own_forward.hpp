// ode/solve/own_forward.hpp — running a solve whose rows have clocks of their own (internal to ode/)
#pragma once
#include "ode/gradients/pull.hpp"  // brings: SolvePlan, SolveMemory, SolveRecord, Operands

namespace costate::ode::inline COSTATE_PRECISION {

// What rows::solve_own is given. It writes observations into `out`, those that a row does not reach as NaN; steps, states and
// a report for each row into the record.
struct OwnForward {
    const SolvePlan& plan;
    SolveMemory& memory;  // its times have been read
    SolveRecord& record;
    const SolveRecord* steps_of;  // whose steps it takes, or null
    Operands<const View> x;
    std::span<const MutableView> out;
    Where where;
};

}  // namespace costate::ode
