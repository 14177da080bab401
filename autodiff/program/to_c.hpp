// autodiff/program/to_c.hpp — a Program printed as one C99 file, for machines on which no tape is linked
//   std::ofstream("law.c") << to_c(program, "law", {.weights = true});        then, in C:  #include "law.c"
//
//   real m[law_numbers];                            all the memory that it needs: no heap
//   law_begin(law_parameters, m);                   what depends on p alone; the sums begin at 0. Again, when p has changed
//   law_f(law_parameters, m, t, z, dz);             the forward results
//   law_vjp(law_parameters, m, t, z, w, gz);        the reverse results, from what the last law_f left in m: at the same t, z;
//   law_end(law_parameters, m, g);                  and its share of the sums, which law_end hands out
// p, g   The constants and then the parameters, and the sums, one behind the other, where the file says: law_at_0, ...,
//        law_inputs numbers; law_g_at_0, ..., law_outputs numbers. A sum that is always 0 has no place in g. With .weights the
//        parameters' present numbers are printed: law_parameters, all of p where there are no constants.
//        t is there if the program has a time; of several states there are z, z1, ...; sums without cotangents are law_sums.
// bits   Those of this library built with BITS=same, in this build's precision. (The caller's sums are the caller's: gcc fuses
//        them on some processors, unless -std=c99 or -ffp-contract=off says otherwise.)
// solves By known steps: as loops over steps and stages (ode/solve/print.cpp). A training step is optim/to_c.hpp.
// errors An operation that has no C is named: one of yours without print (autodiff/tape/c_code.hpp).
//        Shapes are those of the recording: another number of rows is another file. A sum over a batch has no more rows than
//        one range (core/rows.hpp), nor has what a convolution's or a table's gradient sums; no chain has more than 1,024
//        terms. No forward or reverse result is always 0.
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
