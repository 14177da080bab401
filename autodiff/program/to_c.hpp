// autodiff/program/to_c.hpp — a Program printed as one C99 file, for machines on which no tape is linked
//   std::ofstream("law.c") << to_c(program, "law", {.weights = true});        then, in C:  #include "law.c"
//
//   real m[law_numbers];                            all the memory that it needs: no heap
//   law_begin(law_parameters, m);                   what depends on the constants alone; the sums begin
//   law_f(law_parameters, m, t, z, dz);             the forward results
//   law_vjp(law_parameters, m, t, z, w, gz);        the reverse results there, and its share of the sums
//   law_end(law_parameters, m, g);                  the sums, one behind the other
// p      The first argument: the constants and then the parameters, one behind the other, where the file says (law_at_0, ...).
//        With .weights the parameters' present numbers are printed: law_parameters, all of p where there are no constants.
//        t is there if the program has a time; of several states there are z, z1, ...; sums without cotangents are law_sums.
// shapes Of the recording: another number of rows is another file. Sums are over no more rows than one range (core/rows.hpp).
// bits   Those of this library built with BITS=same, in this build's precision, if the file is compiled without -ffast-math.
// errors An operation that has no C yet is named: a solve, one of yours without print (autodiff/tape/c_code.hpp).
#pragma once
#include <string>
#include <string_view>

#include "autodiff/program/program.hpp"  // brings: Program

namespace costate::inline COSTATE_PRECISION {

struct ToC {
    bool weights = false;  // the parameters' present numbers, as an array
};

std::string to_c(const Program& program, std::string_view name, const ToC& options = {}, Where at = {});

}  // namespace costate
