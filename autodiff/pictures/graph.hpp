// autodiff/pictures/graph.hpp — a tape as boxes and arrows, before anybody knows where they stand
// An operand that is used twice has two arrows: each use hands on a part of the cotangent, autodiff (4).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "autodiff/pictures/drawing.hpp"  // brings: Drawing, Tape

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

inline constexpr std::size_t most_values = 100;  // more is no picture that anybody reads

struct Graph {
    struct Node {
        std::uint32_t value;                // its place on the tape
        std::string name;                   // "b", or "#1"
        std::string operation;              // "add", "variable"
        std::string number, gradient;       // short ones; "" where no gradient is known
        std::vector<std::size_t> operands;  // places of nodes
    };
    struct Arrow {
        std::size_t from, to;  // places of nodes
        std::size_t operand;   // which one of `to`
    };
    std::vector<Node> nodes;  // in the tape's order: operands before results
    std::vector<Arrow> arrows;
};

// An error unless what the drawing speaks of lies on this tape, and is no more than most_values.
Graph graph_of(const char* what, const Tape& tape, const Drawing& drawing, Where at);

// Of each value: is it drawn?
std::vector<bool> drawn_values(const Tape& tape, Var of);

std::string operation_of(const Tape& tape, std::uint32_t value);  // "parameter W"
std::span<const std::uint32_t> operands_of(const Tape& tape, std::uint32_t value);

std::string long_text(View v);   // up to eight numbers, or their range, as to_text(tape) shows them
std::string brief_text(View v);  // up to three, of four digits, for a box

// As XML accepts it: no markup, no control characters, and a "?" for what is not UTF-8.
std::string xml_text(std::string_view text);

}  // namespace pictures
}  // namespace costate
