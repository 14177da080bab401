// autodiff/tape_copy.cpp — copying a tape's operations, and comparing two tapes
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

std::string Tape::difference(const Tape& other) const {
    const auto operation = [](const Tape& tape, std::size_t n) {
        return n < tape.nodes_.size() ? std::string(operator_of(tape.nodes_[n].op).name) : std::string("nothing");
    };
    for (std::size_t n = 0; n < nodes_.size() || n < other.nodes_.size(); ++n) {
        const std::string both = "operation " + std::to_string(n) + ": " + operation(*this, n) + " against " + operation(other, n);
        if (n >= nodes_.size() || n >= other.nodes_.size() || nodes_[n].op != other.nodes_[n].op) return both;
        const Node &a = nodes_[n], &b = other.nodes_[n];
        if (!operator_of(a.op).equal(a.attributes, b.attributes)) return both + ", with other attributes";
        if (a.first_out != b.first_out || a.n_out != b.n_out || a.n_in != b.n_in) return both + ", on other operands";
        for (std::uint32_t i = 0; i < a.n_in; ++i)
            if (operands_[a.first_in + i] != other.operands_[b.first_in + i]) return both + ", on other operands";
    }
    for (std::size_t v = 0; v < values_.size() || v < other.values_.size(); ++v) {
        if (v >= values_.size() || v >= other.values_.size()) return "the number of values";
        const Value &a = values_[v], &b = other.values_[v];
        if (a.shape != b.shape) return "value " + std::to_string(v) + ": shape " + to_text(a.shape) + " against " + to_text(b.shape);
        if ((a.kind == Kind::computed) != (b.kind == Kind::computed) || a.active != b.active)
            return "value " + std::to_string(v) + ": what it depends on";
    }
    return "";
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
