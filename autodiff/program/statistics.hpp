// autodiff/program/statistics.hpp — how much is a program's work, how often is it done, and in how much memory?
//   const ProgramStatistics s = statistics_of(program);       s.flops_of(Phase::forward)       s.hoisted
// All with the rows of the recording, and for one call of each phase (autodiff/program/program.hpp says how often that is).
#pragma once
#include "autodiff/program/program.hpp"  // brings: Program, Phase

namespace costate::inline COSTATE_PRECISION {

struct ProgramStatistics {
    std::array<int, phase_count> operations{};  // of each phase
    std::array<double, phase_count> flops{};
    Index bytes = 0;  // of all values, each counted as if it had memory of its own
    int hoisted = 0;  // operations done once a run: they depend on constants alone, or come after the sums
    int fused = 0;    // that became part of a neighbour (autodiff/program/fuse.cpp)

    int operations_of(Phase phase) const { return operations[static_cast<std::size_t>(phase)]; }
    double flops_of(Phase phase) const { return flops[static_cast<std::size_t>(phase)]; }
    int total_operations() const;
    double total_flops() const;
};

ProgramStatistics statistics_of(const Program& program);

}  // namespace costate
