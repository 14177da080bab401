// autodiff/print.hpp — look at a tape: as a table, and as a drawing
//   to_text(tape)        #  operation  operands  shape  value         a line for each value, in the order of recording
//   to_graphviz(tape)    nodes `operation | value`, arrows from operands to results:   dot -Tsvg tape.dot -o tape.svg
//   to_graphviz(tape, {.of = loss, .xs = xs, .gradients = grad(loss, xs)})
//                        nodes `operation | value | gradient`, and only what `loss` was made of
// For teaching and small tapes. Printing reads values without tainting the tape.
// see      autodiff/pictures/picture.hpp (a drawing without Graphviz) · autodiff/program/program.hpp: to_text(program)
#pragma once
#include <string>

#include "autodiff/pictures/drawing.hpp"  // brings: Drawing, Tape, Var, Vars

namespace costate::inline COSTATE_PRECISION {

std::string to_text(const Tape& tape);
std::string to_graphviz(const Tape& tape, const Drawing& drawing = {});

}  // namespace costate
