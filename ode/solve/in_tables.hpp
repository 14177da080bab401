// ode/solve/in_tables.hpp — solves by known steps, and their gradients, within tables that are printed for a device
//   std::ofstream("step.hpp") << to_tables(training_step, "step", {.solves = ode::in_tables});
// The device then replays a whole training step: its loss, and the loss's gradient, in the order of the program's results.
//   Replay replay(step, memory);   replay.run(p);   replay.summed(0).data[0], replay.summed(1), ...
// shapes   one state, joint rows; times that are numbers; captures: parameters, constants, and what is computed before it
// errors   As to_c has them: steps that are chosen by their errors, implicit or paired methods, routes but discrete, tangents,
//          a solve within a field. More than 32 rows, 250 captures, or 65535 steps or observations.
// see      ode/replay/solve.hpp (the loops) · autodiff/program/to_tables.hpp
#pragma once
#include "autodiff/program/held_tables.hpp"  // brings: SolvesInTables

namespace costate::ode::inline COSTATE_PRECISION {

extern const SolvesInTables solves_in_tables;
inline constexpr const SolvesInTables* in_tables = &solves_in_tables;

}  // namespace costate::ode
