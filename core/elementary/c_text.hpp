// core/elementary/c_text.hpp — how the C texts are written down that in_c.cpp prints
//   @exp           the function of that name, and a need of it: it is printed before this one
//   @double_exp    the same for double, whatever `real` is
//   $bias, $0.5    a constant of the C++ functions by its name; a number of type real
//   real, uint     float, uint32_t or double, uint64_t
// Names with a letter in round brackets are equations of the header in which the C++ function stands.
#pragma once
#include <span>
#include <string_view>

namespace costate::elementary::c_text {

enum class For { both, only_float, only_double };

struct Function {
    std::string_view name, text;
    For precision = For::both;
};

std::span<const Function> of_exp();     // in_c_exp.cpp: bits, exp, expm1, tanh, sigmoid, erf
std::span<const Function> of_log();     // in_c_log.cpp: log, log1p, softplus, pow, sqrt
std::span<const Function> of_angles();  // in_c_angles.cpp: sin, cos, tan, atan, atan2, hypot

}  // namespace costate::elementary::c_text
