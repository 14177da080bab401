// optim/to_c.hpp — a training step printed as one C99 file: a device learns on where a computer stopped, with the same bits
//   Program step = compile(tape, {sample}, {loss, g_0, g_1, ...});   one iteration: g_i is the gradient of adam.parameters()[i]
//   std::ofstream("law.c") << optim::to_c(step, adam, "law");            then, in C:  #include "law.c"
//
//   static unsigned char arena[law_bytes];          all the memory that it needs: no heap
//   law_begin(arena, sizeof arena);                 weights, moments and the count of steps as they were when it was printed
//   law_train(arena, sample);                       loss, gradient, a step of Adam: optim (4), (5), (6); sample: the constants
//   law_loss(arena), law_weights(arena)             of the last step; all weights, where the file says: law_at_0, ...
//   law_f(arena, t, z, dz)                          of to_c(step, adam, "law", law): what is learnt, by the present weights:
//   law_vjp(arena, t, z, w, gz, g)                  the Program law's results and pullback (autodiff/program/to_c.hpp), the
//                                                   sums in g, law_outputs numbers from law_g_at_0, ... on; without
//                                                   cotangents it is law_sums(arena, t, z, g)
//   law_save(arena, copy);                          law_kept bytes with a checksum, to be put where a power cut takes nothing
//   law_load(arena, sizeof arena, copy);            and back: in place of law_begin
// Each returns law_ok or says what is wrong, and then has changed nothing: law_too_small, an arena of too few bytes;
// law_not_begun, one that neither law_begin nor law_load has filled; law_broken, a copy whose checksum does not fit (half
// written, say, or of another law); law_not_finite, a loss or a gradient that is no finite number: a bad sample, or a step too
// long. Loops have known ends, so it never hangs.
// rate   Options and learning rate are those that adam has when the step is printed.
// bits   Of the weights after so many steps: the library's, built with BITS=same, in this build's precision. Where no FPU has
//        doubles, or COSTATE_WHOLE_NUMBERS is defined, the C does without them, and has the same bits.
// errors A program with rows or times of its own; one whose results are not a loss and a gradient for each of Adam's
//        parameters; what a printed Program cannot hold (autodiff/program/to_c.hpp); a solve that ode/solve/print.cpp refuses
#pragma once
#include <string>
#include <string_view>

#include "autodiff/program/program.hpp"  // brings: Program
#include "optim/adam.hpp"                // brings: Adam

namespace costate::optim::inline COSTATE_PRECISION {

std::string to_c(const Program& step, const Adam& adam, std::string_view name, Where at = {});
// law: with no constants, and no parameters but those of the step; such a one is an error.
std::string to_c(const Program& step, const Adam& adam, std::string_view name, const Program& law, Where at = {});

}  // namespace costate::optim::inline COSTATE_PRECISION
