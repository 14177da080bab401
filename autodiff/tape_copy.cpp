// autodiff/tape_copy.cpp — copying a tape's operations, cutting them back, and comparing two tapes
#include <algorithm>

#include "autodiff/tape.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

void Tape::copy_operations(const Tape& other) {
    rewind();
    parent_ = nullptr;
    evaluating_ = false;
    values_ = other.values_;
    nodes_ = other.nodes_;
    operands_ = other.operands_;
    resources_.plans = other.resources_.plans;
    for (Value& v : values_) {
        v.data = nullptr;
        if (v.kind != Kind::computed) v.kind = v.active ? Kind::variable : Kind::constant;
    }
}

void Tape::cut_back(const Mark& mark) {
    values_.resize(mark.values);
    nodes_.resize(mark.nodes);
    operands_.resize(mark.operands);
    uses_.erase(uses_.begin() + static_cast<std::ptrdiff_t>(mark.uses), uses_.end());
}

std::string Tape::difference(const Tape& other) const {
    const auto operation = [](const Tape& tape, std::size_t n) {
        return n < tape.nodes_.size() ? std::string(operator_of(tape.nodes_[n].op).name) : std::string("nothing");
    };
    const auto at = [&](std::size_t n, const char* what) {
        return "operation " + std::to_string(n) + ": " + operation(*this, n) + " against " + operation(other, n) + what;
    };
    const std::size_t nodes = std::min(nodes_.size(), other.nodes_.size());
    for (std::size_t n = 0; n < nodes; ++n) {
        const Node &a = nodes_[n], &b = other.nodes_[n];
        if (a.op != b.op) return at(n, "");
        if (!operator_of(a.op).equal(a.attributes, b.attributes)) return at(n, ", with other attributes");
        const auto x = operands(a), y = other.operands(b);
        if (a.first_out != b.first_out || a.n_out != b.n_out || !std::equal(x.begin(), x.end(), y.begin(), y.end()))
            return at(n, ", on other operands");
    }
    if (nodes_.size() != other.nodes_.size()) return at(nodes, "");
    if (values_.size() != other.values_.size()) return "the number of values";
    for (std::size_t v = 0; v < values_.size(); ++v) {
        const Value &a = values_[v], &b = other.values_[v];
        if (a.shape != b.shape)
            return "value " + std::to_string(v) + ": shape " + to_text(a.shape) + " against " + to_text(b.shape);
        if ((a.kind == Kind::computed) != (b.kind == Kind::computed) || a.active != b.active)
            return "value " + std::to_string(v) + ": what it depends on";
    }
    return "";
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
