#include "autodiff/program/statistics.hpp"

#include <numeric>

namespace costate::inline COSTATE_PRECISION {

int ProgramStatistics::total_operations() const { return std::accumulate(operations.begin(), operations.end(), 0); }

double ProgramStatistics::total_flops() const { return std::accumulate(flops.begin(), flops.end(), 0.0); }

ProgramStatistics statistics_of(const Program& program) {
    ProgramStatistics s{.fused = program.fused};
    for (int k = 0; k < phase_count; ++k) {
        s.operations[k] = static_cast<int>(program.code_of(static_cast<Phase>(k)).size());
        s.flops[k] = program.flops(static_cast<Phase>(k));
    }
    s.hoisted = s.operations_of(Phase::prologue) + s.operations_of(Phase::epilogue);
    for (const Program::Value& v : program.values) s.bytes += v.bytes();
    return s;
}

}  // namespace costate
