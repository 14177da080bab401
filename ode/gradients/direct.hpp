// ode/gradients/direct.hpp — the textbook route: every operation of the solver on the tape (internal to ode/)
#pragma once
#include <span>

#include "ode/field.hpp"          // brings: FieldRef, Var, Where
#include "ode/solution.hpp"       // brings: Solution
#include "ode/solve_options.hpp"  // brings: SolveOptions

namespace costate::ode::inline COSTATE_PRECISION {

Solution<Var> solve_direct(Tape& tape, const FieldRef& field, Var z0, std::span<const Number> times,
                           const SolveOptions& options, Where at);
struct OnTape {
    Tape& tape;
    const FieldRef& field;
    Var z0;
    std::span<const Number> times;  // or a list of them
    Var list;
    const SolveOptions& options;
    Where at;
};

// No warning about the gradient: on this tape none will be taken.
void expect_no_gradient(Tape& tape);

}  // namespace costate::ode
