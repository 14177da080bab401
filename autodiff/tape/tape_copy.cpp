// autodiff/tape/tape_copy.cpp — copying a tape's operations, cutting them back, and comparing two tapes
#include <algorithm>

#include "autodiff/tape/tape.hpp"

namespace costate::inline COSTATE_PRECISION {

void Tape::copy_operations(const Tape& other) {
    rewind();
    parent_ = nullptr;
    evaluating_ = false;
    values_ = other.values_;
    operations_ = other.operations_;
    operands_ = other.operands_;
    plans_ = other.plans_;
    for (Value& v : values_) {
        v.data = nullptr;
        v.era = era_;
        if (v.kind != Kind::computed) v.kind = v.active ? Kind::variable : Kind::constant;
    }
}

void Tape::append_operations(const Tape& other, std::span<Var> made) {
    struct Scratch {
        std::vector<Shape> shapes;
    };
    std::vector<Shape>& shapes = extension<Scratch>().shapes;
    for (const Operation& operation : other.operations_) {
        const std::span<Var> in = list(operation.n_in);
        for (std::size_t i = 0; i < in.size(); ++i) in[i] = bring(made[other.operands(operation)[i]]);
        shapes.clear();
        for (std::uint32_t o = 0; o < operation.n_out; ++o)
            shapes.push_back(other.values_[operation.first_out + o].shape);
        const auto moved = operator_of(operation.op).moved;
        const Attributes attributes = moved ? moved(operation.attributes, other.plans_, *this) : operation.attributes;
        std::uint32_t number = push(operation.op, attributes, in, shapes, operation.where);
        for (std::uint32_t v : operation.results()) made[v] = var(number++);
    }
}

void Tape::cut_back(const Mark& mark) {
    values_.resize(mark.values);
    operations_.resize(mark.operations);
    operands_.resize(mark.operands);
    uses_.erase(uses_.begin() + mark.uses, uses_.end());
    chunk_ = mark.chunk;
    used_ = mark.used;
    objects_used_ = mark.objects;
    while (!lifts_.empty() && lifts_.back().value >= mark.values) lifts_.pop_back();
    use_of_.clear();  // what is left is put in again
    lift_of_.clear();
    for (std::uint32_t n = 0; n < uses_.size(); ++n)
        use_of_.add(IndexTable::mixed(0, reinterpret_cast<std::uintptr_t>(&uses_[n].parameter.value())), n);
    for (std::uint32_t n = 0; n < lifts_.size(); ++n) lift_of_.add(IndexTable::mixed(0, lifts_[n].outer), n);
    begin_era();
}

namespace {

bool are_same(const Tape::Operation& a, const Plans& of_a, const Tape::Operation& b, const Plans& of_b) {
    const Operator& op = operator_of(a.op);
    return op.same ? op.same(a.attributes, of_a, b.attributes, of_b) : op.equal(a.attributes, b.attributes);
}

}  // namespace

std::size_t Tape::first_difference(const Tape& other) const {
    const std::size_t operations = std::min(operations_.size(), other.operations_.size());
    for (std::size_t n = 0; n < operations; ++n) {
        const Operation &a = operations_[n], &b = other.operations_[n];
        const auto x = operands(a), y = other.operands(b);
        if (a.op != b.op || a.first_out != b.first_out || a.n_out != b.n_out ||
            !std::equal(x.begin(), x.end(), y.begin(), y.end()) || !are_same(a, plans_, b, other.plans_))
            return n;
    }
    if (operations_.size() != other.operations_.size()) return operations;
    const auto same_value = [](const Value& a, const Value& b) {
        return a.shape == b.shape && (a.kind == Kind::computed) == (b.kind == Kind::computed);
    };
    return std::equal(values_.begin(), values_.end(), other.values_.begin(), other.values_.end(), same_value)
               ? no_difference
               : operations;
}

std::string Tape::difference(const Tape& other) const {
    const std::size_t n = first_difference(other);
    if (n == no_difference) return "";
    if constexpr (small_machine) return reason();
    const auto operation = [n](const Tape& tape) {
        return std::string(n < tape.operations_.size() ? operator_of(tape.operations_[n].op).name : "nothing");
    };
    if (n < std::max(operations_.size(), other.operations_.size())) {
        const bool same = operation(*this) == operation(other);
        return spelled("operation ", n, ": ", operation(*this), " against ", operation(other),
                       same ? ", on other operands or with other attributes" : "");
    }
    for (std::size_t v = 0; v < std::min(values_.size(), other.values_.size()); ++v)
        if (values_[v].shape != other.values_[v].shape)
            return spelled("value ", v, ": shape ", values_[v].shape, " against ", other.values_[v].shape);
    return "the number of values";
}

std::uint64_t Tape::hash() const {
    std::uint64_t h = 0;
    const auto mix = [&h](std::uint64_t x) { h = IndexTable::mixed(h, x); };
    for (const Operation& n : operations_) {
        mix(n.op);
        for (std::uint32_t v : operands(n)) mix(v);
    }
    for (const Value& v : values_)
        for (int axis = 0; axis < v.shape.rank(); ++axis) mix(v.shape[axis]);
    return h;
}

}  // namespace costate
