#include "autodiff/program/program.hpp"

#include <algorithm>

#include "autodiff/program/compiling.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// No more memory than it takes. Where there are no exceptions, shrink_to_fit of libstdc++ does nothing.
template <class List>
void trim(List& list) {
    if (list.size() < list.capacity()) List(list).swap(list);
}

}  // namespace

Program compile(Tape& tape, const ProgramSpec& spec, Where at) {
    Program program;
    program.id = std::make_shared<const char>();
    lower(program, tape, spec, at);
    label_rows(program);
    find_free_rows(program);
    cut_phases(program);
    fuse(program);
    if constexpr (!small_machine) {
        for (const Phase phase : {Phase::forward, Phase::reverse, Phase::sums})
            program.row_flops += program.flops(phase);
        program.row_flops /= static_cast<double>(std::max<Index>(1, program.recorded_rows()));
    } else {
        trim(program.values);
        trim(program.code);
        trim(program.operands);
        trim(program.sliced);
    }
    return program;
}

Program compile(Tape& tape, Vars inputs, Vars outputs, Vars rows, Where at) {
    return compile(tape, ProgramSpec{.constants = inputs, .states = rows, .summed = outputs}, at);
}

double Program::flops(const Instruction& c) const {
    if constexpr (small_machine) return 0;  // which has one thread: nobody weighs its work
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
