// autodiff/pictures/stage.hpp — a copy of a tape on which its derivatives are taken one use of an operand at a time
// The rules are those that walk.hpp applies to whole operations; grad runs first, and finds a rule that errs.
#pragma once
#include <string>
#include <vector>

#include "autodiff/derivatives/marks.hpp"  // brings: Marks
#include "autodiff/pictures/graph.hpp"     // brings: Graph, Tape, Var

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

struct Question {
    std::uint32_t of;     // the number that is differentiated
    std::uint32_t along;  // the leaf whose tangent is 1, and whose number is another one in the replay
    View again;           // that number; without data: one more, in every entry
};

struct Handed {                     // by a use of an operand
    std::size_t user, to, operand;  // nodes, and which operand of the user
    Var cotangent, slope;           // slope: of one number by one number, else a zero Var
};

class Stage {
public:
    Stage(const Tape& tape, const Graph& graph, const Question& question);

    const Graph& graph() const { return graph_; }
    std::size_t size() const { return graph_.nodes.size(); }
    std::size_t of() const { return of_; }  // nodes
    std::size_t along() const { return along_; }
    bool is_leaf(std::size_t node) const { return operation(node) == nullptr; }
    bool is_number(std::size_t node) const { return var(node).size() == 1; }
    Var gradient(std::size_t node) const { return gradients_[node]; }  // by grad; a constant has none

    Var one(std::size_t node);  // in every entry
    Var plus(Var a, Var b);
    // What a node's operation hands to its operands for a cotangent of the node: to those that are asked for.
    std::vector<Handed> handed(std::size_t node, Var cotangent);
    Var slope(std::size_t node, std::size_t operand);
    Var tangent(std::size_t node, const std::vector<Var>& known);  // from those of all nodes before it
    std::vector<std::string> replayed() const;                     // each node's number, for another one of `along`

    const std::string& name(std::size_t node) const { return graph_.nodes[node].name; }
    std::string call(std::size_t node) const;  // "add(a, a)"
    std::string number(Var v) const { return v.is_zero() ? "0" : brief_text(work_.view(v)); }
    std::size_t arrow(std::size_t user, std::size_t operand) const;
    std::vector<std::size_t> arrows_to(std::size_t node) const;

private:
    std::vector<Var> copy_onto(Tape& other, View instead) const;
    std::vector<Var> pulled(std::size_t node, Var cotangent);
    const Tape::Operation* operation(std::size_t node) const;  // null: a leaf
    Var var(std::size_t node) const { return made_[graph_.nodes[node].value]; }

    const Tape& tape_;
    const Graph& graph_;
    Question question_;
    Tape work_;
    std::vector<Var> made_;  // of each value of the tape: its copy
    walking::Marks marks_;
    std::size_t of_ = 0, along_ = 0;
    std::vector<Var> gradients_;
};

}  // namespace pictures
}  // namespace costate
