// ode/events/own_rows.hpp — events of rows with clocks of their own (internal to ode/)
#pragma once
#include "ode/events.hpp"  // brings: Event, EventSolution, FieldRef, Times, SolveOptions

namespace costate::ode::inline COSTATE_PRECISION {

struct RowsWithEvents {
    Tape& tape;
    const FieldRef& field;
    Var z0;
    const Times& times;
    std::span<const Event<Var>> events;
    const SolveOptions& options;
    bool differentiated;
    Where at;
};
EventSolution<Var, Var, Var> solve_rows_with_events(const RowsWithEvents& solve);

}  // namespace costate::ode
