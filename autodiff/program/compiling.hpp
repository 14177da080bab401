// autodiff/program/compiling.hpp — the steps of compiling a program, in their order (internal to autodiff/)
#pragma once
#include "autodiff/program/program.hpp"  // brings: Program, ProgramSpec

namespace costate::inline COSTATE_PRECISION {

// Tape to tables: only what the results need, equal operations once, weights transposed once a run.
void lower(Program& program, Tape& tape, const ProgramSpec& spec, Where at);
// Which values belong to the rows? Decides whether tiles are possible, and which operands they slice.
void label_rows(Program& program);
// Is the number of rows free? Which shared values must then have as many as there are?
void find_free_rows(Program& program);
// Which phase computes what, what is kept for a later phase, where sums are accumulated. Sorts the code by phase.
void cut_phases(Program& program);
void sort_by_phase(Program& program);
// Which operations become one with their neighbours? And weights are packed for the products that share them.
void fuse(Program& program);

}  // namespace costate
