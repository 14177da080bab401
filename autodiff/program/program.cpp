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

const Program::Instruction* Program::reader(const Instruction& of, std::uint32_t kind) const {
    const std::uint32_t last = of.first_out + of.n_out - 1;
    const auto found = std::ranges::find_if(
        code, [&](const Instruction& c) { return c.op == kind && std::ranges::find(in(c), last) != in(c).end(); });
    return found == code.end() ? nullptr : &*found;
}

std::span<const Real> Program::known(std::uint32_t value) const {
    const std::vector<std::uint32_t>& values_stored = at(Port::stored);
    const auto found = std::ranges::find(values_stored, value);
    if (found == values_stored.end()) return {};
    return stored[found - values_stored.begin()].entries();
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
