// autodiff/pictures/drawing.hpp — what to draw of a tape, and what to call its values
//   to_svg(tape, {.of = c, .names = {{a, "a"}, {b, "b"}, {c, "c"}}})
// see      autodiff/print.hpp (to_graphviz) · autodiff/pictures/picture.hpp (to_svg) · autodiff/pictures/page.hpp (to_html)
#pragma once
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"  // brings: Tape, Var, Vars

namespace costate::inline COSTATE_PRECISION {

struct NamedVar {  // a value, and what a reader calls it: a tape knows places only
    Var var;
    std::string name;
};

struct Drawing {
    Var of{};                          // only what this value was made of; a zero Var: the whole tape
    Vars xs{};                         // values whose gradients are known ...
    Vars gradients{};                  // ... and those
    std::vector<NamedVar> names = {};  // the others are called by their places: #3
};

}  // namespace costate
