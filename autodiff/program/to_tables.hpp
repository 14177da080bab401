// autodiff/program/to_tables.hpp — a Program printed as constant tables, for a device that replays it without a tape
//   std::ofstream("law.hpp") << to_tables(program, "law", {.stages = 4, .weights = true});
// Between Programs and C (autodiff/program/to_c.hpp): the device links the kernels of the operations that it has, and
// autodiff/replay/replay.hpp. The file is read by a C++20 compiler with the library's headers, in the same precision;
// law.bytes() is a constant there. A training step, with its solve and the solve's gradient: .solves = ode::in_tables.
// p        The constants (of compile(tape, inputs, outputs): its inputs), then the parameters, one behind the other; with
//          .weights the parameters' present numbers are law_weights. Inputs that have rows are states: state(0, 0).
// errors   A solve in the program without .solves, or an operator of yours: neither has a number. Sums over more rows than one
//          range has. A weight that was packed: record fewer rows than 32.
#pragma once
#include <string>
#include <string_view>

#include "autodiff/program/held_tables.hpp"  // brings: HeldTables, ToTables

namespace costate::inline COSTATE_PRECISION {

std::string to_tables(const Program& program, std::string_view name, const ToTables& options = {}, Where at = {});

// Without the head of a file; and of a list of numbers.
std::string tables_in_cpp(const HeldTables& held, std::string_view name);
std::string array_in_cpp(std::string_view type, std::string_view name, std::span<const Real> numbers);

}  // namespace costate
