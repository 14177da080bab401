// ode/direct.hpp — the textbook route: every operation of the solver on the tape (internal to ode/)
#pragma once
#include "ode/solve.hpp"  // brings: Field, SolveOptions

namespace costate::ode {
inline namespace COSTATE_PRECISION {

Var solve_direct(Tape& tape, const Field& field, Var z0, std::span<const double> times, Var time_vars,
                 const SolveOptions& options, Where at);

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
