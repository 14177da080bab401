#include "autodiff/pictures/stage.hpp"

#include <algorithm>
#include <array>

#include "autodiff/operators/elementwise.hpp"  // brings: sum_of

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

Stage::Stage(const Tape& tape, const Graph& graph, const Question& question)
    : tape_(tape), graph_(graph), question_(question) {
    made_ = copy_onto(work_, {});
    std::vector<Var> leaves, active;  // what can be differentiated: not the constants
    std::vector<std::size_t> nodes;   // of `active`
    for (std::size_t n = 0; n < size(); ++n) {
        if (graph.nodes[n].value == question.of) of_ = n;
        if (graph.nodes[n].value == question.along) along_ = n;
        if (!tape.values()[graph.nodes[n].value].active) continue;
        active.push_back(var(n));
        nodes.push_back(n);
        if (is_leaf(n)) leaves.push_back(var(n));
    }
    const Var y = var(of_);
    const Vars g = grad(y, Vars(active));
    gradients_.resize(size());
    for (std::size_t i = 0; i < nodes.size(); ++i) gradients_[nodes[i]] = g[i];
    walking::mark_between(work_, leaves, Vars(&y, 1), marks_);
}

const Tape::Operation* Stage::operation(std::size_t node) const {
    const Tape::Value& value = tape_.values()[graph_.nodes[node].value];
    return value.kind == Tape::Kind::computed ? &tape_.operations()[value.source] : nullptr;
}

// instead: the number of `along`, or no data.
std::vector<Var> Stage::copy_onto(Tape& other, View instead) const {
    std::vector<Var> made(tape_.values().size());
    for (std::uint32_t v = 0; v < made.size(); ++v) {
        const Tape::Value& value = tape_.values()[v];
        if (value.kind == Tape::Kind::computed) continue;
        const View number = v == question_.along && instead.data ? instead : tape_.view(v);
        made[v] = value.active ? other.variable(number) : other.constant(number);
    }
    other.append_operations(tape_, made);
    return made;
}

Var Stage::one(std::size_t node) { return work_.constant(Tensor(var(node).shape(), 1)); }

Var Stage::plus(Var a, Var b) { return a.is_zero() ? b : sum_of(std::array{a, b}); }

// Jᵀ times the cotangent, a part for each operand: autodiff (3)
std::vector<Var> Stage::pulled(std::size_t node, Var cotangent) {
    const Tape::Operation& recorded = *operation(node);
    std::vector<Var> in, out, d_in(recorded.n_in), d_out(recorded.n_out);
    std::vector<std::uint8_t> wanted;
    for (const std::uint32_t v : tape_.operands(recorded)) {
        in.push_back(made_[v]);
        wanted.push_back(marks_[made_[v].index()] == (walking::from_x | walking::to_y));
    }
    for (const std::uint32_t v : recorded.results()) out.push_back(made_[v]);
    d_out[graph_.nodes[node].value - recorded.first_out] = cotangent;
    if (std::find(wanted.begin(), wanted.end(), 1) == wanted.end()) return d_in;
    const Tape::Operation copy = work_.operations()[work_.values()[out[0].index()].source];
    operator_of(copy.op).vjp({copy.attributes, in, out, d_in, d_out, Needs(wanted)});
    for (std::size_t i = 0; i < in.size(); ++i)
        if (!wanted[i]) d_in[i] = Var{};
    return d_in;
}

std::vector<Handed> Stage::handed(std::size_t node, Var cotangent) {
    std::vector<Handed> all;
    if (is_leaf(node) || cotangent.is_zero()) return all;
    const std::vector<Var> d_in = pulled(node, cotangent);
    for (std::size_t i = 0; i < d_in.size(); ++i)
        if (!d_in[i].is_zero()) all.push_back({node, graph_.nodes[node].operands[i], i, d_in[i], slope(node, i)});
    return all;
}

Var Stage::slope(std::size_t node, std::size_t operand) {
    if (!is_number(node) || !is_number(graph_.nodes[node].operands[operand])) return {};
    return pulled(node, one(node))[operand];
}

// J times the tangents of the operands: autodiff (2)
Var Stage::tangent(std::size_t node, const std::vector<Var>& known) {
    const Tape::Operation& recorded = *operation(node);
    std::vector<Var> in, out, d_in, d_out(recorded.n_out);
    for (const std::size_t operand : graph_.nodes[node].operands) {
        in.push_back(var(operand));
        d_in.push_back(known[operand]);
    }
    for (const std::uint32_t v : recorded.results()) out.push_back(made_[v]);
    const Tape::Operation copy = work_.operations()[work_.values()[out[0].index()].source];
    const Operator& op = operator_of(copy.op);
    if (op.shape_only || std::all_of(d_in.begin(), d_in.end(), [](Var d) { return d.is_zero(); })) return {};
    const std::vector<std::uint8_t> wanted(in.size(), 0);
    op.jvp({copy.attributes, in, out, d_in, d_out, Needs(wanted)});
    return d_out[graph_.nodes[node].value - recorded.first_out];
}

std::vector<std::string> Stage::replayed() const {
    Tensor more(tape_.view(question_.along));
    for (Real& entry : more.entries()) entry += 1;
    Tape again;
    const std::vector<Var> made = copy_onto(again, question_.again.data ? question_.again : View(more));
    std::vector<std::string> numbers;
    for (const Graph::Node& node : graph_.nodes) numbers.push_back(brief_text(again.view(made[node.value])));
    return numbers;
}

std::string Stage::call(std::size_t node) const {
    std::string list;
    for (const std::size_t operand : graph_.nodes[node].operands) list += text(list.empty() ? "" : ", ", name(operand));
    return text(graph_.nodes[node].operation, "(", list, ")");
}

std::size_t Stage::arrow(std::size_t user, std::size_t operand) const {
    std::size_t a = 0;
    while (graph_.arrows[a].to != user || graph_.arrows[a].operand != operand) ++a;
    return a;
}

std::vector<std::size_t> Stage::arrows_to(std::size_t node) const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < graph_.nodes[node].operands.size(); ++i) all.push_back(arrow(node, i));
    return all;
}

}  // namespace pictures
}  // namespace costate
