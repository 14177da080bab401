// examples/course/tapes.hpp — tapes to step through, as sections of a page: for the book and for pages of their own
#pragma once
#include <string>

#include "costate.hpp"  // brings: Tape, Var; to_html_section

namespace costate::course {

inline constexpr const char *sum_title = "b = a + a, c = b + b: what is dc/da?",
                            *neuron_title = "A neuron, y = tanh(w x + b): what are dy/dw and dy/db?";

inline std::string tape_of_sums(const std::string& id) {
    Tape tape;
    const Var a = tape.variable(3.0), b = a + a, c = b + b;
    return to_html_section(tape, {.title = sum_title, .of = c, .names = {{a, "a"}, {b, "b"}, {c, "c"}}, .id = id});
}

inline std::string tape_of_a_neuron(const std::string& id) {
    Tape tape;
    const Var w = tape.variable(2.0), b = tape.variable(-0.5), x = tape.constant(0.75);
    const Var p = w * x, s = p + b, y = tanh(s);
    return to_html_section(tape, {.title = neuron_title,
                                  .of = y,
                                  .names = {{w, "w"}, {b, "b"}, {x, "x"}, {p, "p"}, {s, "s"}, {y, "y"}},
                                  .id = id});
}

inline std::string tape_of_a_step(const std::string& id) {
    Tape tape;
    const Var z = tape.variable(0.1), theta = tape.variable(1.0), h = tape.constant(1.0), f = theta * z * (1 - z);
    const Var change = h * f, next = z + change;
    return to_html_section(tape, {.title = "A step of a field: z⁺ = z + h θ z (1 − z)",
                                  .of = next,
                                  .names = {{z, "z"}, {theta, "θ"}, {h, "h"}, {f, "f"}, {change, "hf"}, {next, "z⁺"}},
                                  .id = id});
}

// The book's article, behind the chapter that says what a tape is.
inline std::string tapes() {
    return "<article id=\"tapes\">\n<header><p>for autodiff</p><h2>Step through a tape</h2></header>\n" +
           tape_of_sums("tape-sum") + tape_of_a_neuron("tape-neuron") + tape_of_a_step("tape-step") + "</article>\n";
}

}  // namespace costate::course
