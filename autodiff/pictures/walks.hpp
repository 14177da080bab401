// autodiff/pictures/walks.hpp — what happens on a tape, step by step, in words and in numbers
//   values        forwards: each operation after its operands
//   wrong         backwards from y, handing a cotangent on as soon as some of it has come: 6 for b = a + a, c = b + b
//   cotangents    backwards over the list: a sum waits until all its uses have handed over, autodiff (4): 4
//   tangents      forwards: autodiff (2), along one leaf
//   replay        the same list for another number of that leaf
#pragma once
#include <string>
#include <vector>

#include "autodiff/pictures/stage.hpp"  // brings: Graph, Question, Tape

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

struct Change {  // of a node: it has this number now
    std::size_t node;
    bool waits;  // for more of a sum
    std::string number;
};

struct Step {
    std::string says;
    std::vector<std::size_t> nodes;   // that it is about
    std::vector<std::size_t> arrows;  // that it goes along
    std::vector<Change> changes;
};

struct Act {
    std::string title;
    const char* kind;    // "values", "wrong", "cotangents", "tangents", "replay"
    const char* column;  // what its numbers are: "value", "cotangent", "tangent"
    std::vector<Step> steps;
};

// graph: what question.of was made of. All is recorded on copies: the tape stays as it is.
std::vector<Act> acts_of(const Tape& tape, const Graph& graph, const Question& question);

}  // namespace pictures
}  // namespace costate
