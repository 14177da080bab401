// autodiff/program/c_names.hpp — names and places in a printed file: what stands where, for whoever calls its functions
// (internal to autodiff/ and optim/)
// see      autodiff/program/to_c.cpp · optim/to_c.cpp · optim/law_in_c.cpp
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "autodiff/program/program.hpp"  // brings: Program, Port

namespace costate::inline COSTATE_PRECISION {

// A name that C can have, at least as the beginning of others. by: who asks
std::string_view require_name(std::string_view name, const char* by, Where at);
// Is this name in the text, and not as a part of another?
bool mentions(std::string_view text, std::string_view name);
// The numbers of a program's parameters, one behind the other, as they are now.
std::vector<Real> weights_of(const Program& program);
// Where its constants lie, one behind the other: base + 0, ... How many numbers they are is added to `numbers`.
std::vector<std::string> places_of_constants(const Program& program, std::string_view base, Index& numbers);
// Where its parameters do, one behind the other from `first` on, and where they end.
std::vector<Index> places_of_parameters(const Program& program, Index first);
// Where results are handed out to: dz, dz1, ...; sums one behind the other from g on.
std::vector<std::string> places_of_results(const Program& program, Port port, std::string_view letter);
// Where numbers lie that stand one behind the other: "    law_at_1 = 16, /* layers.0.bias [8] */", and how many there are.
struct Listed {
    std::string name;
    Shape shape;
    bool is_there = true;  // a sum that is always 0 has no place
};
std::string list_of_places(std::string_view each, std::string_view all, const std::vector<Listed>& numbers);
std::string list_of_sums(std::string_view name, const Program& program);
// z, z1, z2, ...
std::string numbered(std::string_view letter, std::size_t i);
// Of a program's values there: "const real *z", "const real *z1", ... more to a function's parameters.
void add_parameters(std::vector<std::string>& list, const Program& program, Port port, std::string_view each);
// "const real *p, real *m"
std::string in_a_row(const std::vector<std::string>& parameters);
// "void NAME(PARAMETERS)", and the whole function: parameters that it has no use for are said to be so.
std::string with_body(const std::string& head, const std::vector<std::string>& parameters, const std::string& body);

}  // namespace costate
