// ode/direct.hpp — the textbook route: every operation of the solver on the tape (internal to ode/)
#pragma once
#include "ode/solve.hpp"  // brings: Field, SolveOptions, Statistics

namespace costate::ode {
inline namespace COSTATE_PRECISION {

Var solve_direct(Tape& tape, const Field& field, Var z0, std::span<const double> times, const SolveOptions& options,
                 Where at);

const Statistics* direct_statistics(Var z);  // of the solve whose result z is, or null
void note_direct(Var z, const Statistics& statistics);

}  // namespace COSTATE_PRECISION
}  // namespace costate::ode
