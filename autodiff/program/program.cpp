#include "autodiff/program/program.hpp"

#include <algorithm>

#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

Program compile(Tape& tape, const ProgramSpec& spec, Where at) {
    Program program;
    program.id = std::make_shared<const char>();
    lower(program, tape, spec, at);
    label_rows(program);
    find_free_rows(program);
    cut_phases(program);
    fuse(program);
    for (const Phase phase : {Phase::forward, Phase::reverse, Phase::sums}) program.row_flops += program.flops(phase);
    program.row_flops /= static_cast<double>(std::max<Index>(1, program.recorded_rows()));
    if constexpr (small_machine) {
        program.values.shrink_to_fit();
        program.code.shrink_to_fit();
        program.operands.shrink_to_fit();
    }
    return program;
}

Program compile(Tape& tape, Vars inputs, Vars outputs, Vars rows, Where at) {
    return compile(tape, ProgramSpec{.constants = inputs, .states = rows, .summed = outputs}, at);
}

double Program::flops(const Instruction& c) const {
    std::vector<View> views;
    for (std::uint32_t v : in(c)) views.push_back({nullptr, values[v].shape});
    return operator_of(c.op).flops(c.attributes, views, values[c.first_out].shape);
}

double Program::flops(Phase phase) const {
    double total = 0;
    for (const Instruction& c : code_of(phase)) total += flops(c);
    return total;
}

}  // namespace costate
