// examples/course/tapes.hpp — three tapes to step through, for the book: behind the chapter that says what a tape is
#pragma once
#include <string>

#include "costate.hpp"  // brings: Tape, Var; to_html_section, page_style, page_script

namespace costate::course {

struct Tapes {
    std::string html, style, script;  // an article, what belongs into the style sheet, and what behind all; "": none
};

#if __has_include("autodiff/pictures/page.hpp")
inline Tapes tapes() {
    Tapes all{.html = "<article id=\"tapes\">\n<header><p>for autodiff</p><h2>Step through a tape</h2></header>\n",
              .style = page_style(),
              .script = "<script>\n" + page_script() + "</script>\n"};
    {
        Tape tape;
        const Var a = tape.variable(3.0), b = a + a, c = b + b;
        all.html += to_html_section(tape, {.title = "b = a + a, c = b + b: what is dc/da?",
                                           .of = c,
                                           .names = {{a, "a"}, {b, "b"}, {c, "c"}},
                                           .id = "tape-sum"});
    }
    {
        Tape tape;
        const Var w = tape.variable(2.0), b = tape.variable(-0.5), x = tape.constant(0.75);
        const Var p = w * x, s = p + b, y = tanh(s);
        all.html += to_html_section(tape, {.title = "A neuron, y = tanh(w x + b): what are dy/dw and dy/db?",
                                           .of = y,
                                           .names = {{w, "w"}, {b, "b"}, {x, "x"}, {p, "p"}, {s, "s"}, {y, "y"}},
                                           .id = "tape-neuron"});
    }
    {
        Tape tape;
        const Var z = tape.variable(0.1), theta = tape.variable(1.0), h = tape.constant(1.0), f = theta * z * (1 - z);
        const Var change = h * f, next = z + change;
        all.html +=
            to_html_section(tape, {.title = "A step of a field: z⁺ = z + h θ z (1 − z)",
                                   .of = next,
                                   .names = {{z, "z"}, {theta, "θ"}, {h, "h"}, {f, "f"}, {change, "hf"}, {next, "z⁺"}},
                                   .id = "tape-step"});
    }
    all.html += "</article>\n";
    return all;
}
#else
inline Tapes tapes() { return {}; }
#endif

}  // namespace costate::course
