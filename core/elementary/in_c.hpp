// core/elementary/in_c.hpp — the elementary functions as C99, for a program that is printed as a C file
//   functions_in_c({"tanh"}, "law_")    static real law_tanh(real x), and what it is made of, before it
// `real` is double or float as Real is here, a typedef that stands before the text; all other names begin with the prefix (not
// ""). Of the C library the text asks for <stdint.h>, <float.h> and memcpy alone.
// bits     Those of core/elementary/elementary.hpp built with BITS=same, for every x: each product and each sum is rounded by
//          itself. gcc must be told so, by -std=c99 or -ffp-contract=off; others are told by a pragma. (A nan is a nan, of
//          whatever bits.) A machine whose sums are wider than `real` is refused. sqrt is rounded exactly, as std::sqrt.
//          Where no FPU has double, the compiler's own sums must be right: gcc 12's for Thumb-2 round a difference wrongly
//          whose exponents are 33 apart, if it crosses a power of two. erf near 4.5 is then off by a last place.
// why      Numbers are printed from the tables that the C++ functions read. What is done with them is written once more, in C,
//          in in_c_exp.cpp, in_c_log.cpp and in_c_angles.cpp.
// see      tests/core/in_c_test.cpp compiles the text and compares the bits
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/real.hpp"  // brings: COSTATE_PRECISION

namespace costate::elementary::inline COSTATE_PRECISION {

// Of exp, expm1, log, log1p, tanh, sigmoid, softplus, sin, cos, tan, atan, erf, sqrt and abs, of one number, and pow, hypot
// and atan2, of two: those that `names` has, each once, and whatever they need. An error for any other name.
std::string functions_in_c(std::span<const std::string_view> names, std::string_view prefix);
bool is_in_c(std::string_view name);  // one of those

}  // namespace costate::elementary::inline COSTATE_PRECISION
