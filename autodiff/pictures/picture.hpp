// autodiff/pictures/picture.hpp — a tape as a picture, without Graphviz
//   to_svg(tape)         boxes `operation, value`, an arrow for each use of an operand; left to right, or down if that is long
//   to_svg(tape, {.of = loss, .xs = xs, .gradients = grad(loss, xs), .names = {{x, "x"}, {loss, "loss"}}})
//                        only what `loss` was made of, and gradients in their boxes
// The ground is white, so that a dark page leaves it legible. The same tape gives the same bytes; drawing does not taint.
// errors   a Var of another tape; a tape of more than a hundred values: nobody reads that
// see      autodiff/pictures/layers.hpp (where everything stands) · autodiff/print.hpp: to_text, to_graphviz
#pragma once
#include <string>

#include "autodiff/pictures/drawing.hpp"  // brings: Drawing, Tape, Var, Vars

namespace costate::inline COSTATE_PRECISION {

std::string to_svg(const Tape& tape, const Drawing& drawing = {}, Where at = {});

namespace pictures {

struct Graph;

struct Sheet {
    std::string id = "";             // of the elements: id-node-0, id-arrow-0, ...; "": none has one
    std::string ground = "#ffffff";  // "": none
    bool third_line = false;         // room for a derivative in every box
    std::size_t longest = 0;         // characters that a box must hold, at least
};
std::string svg_of(const Graph& graph, const Sheet& sheet);

}  // namespace pictures
}  // namespace costate
