// autodiff/tape/tape.hpp — the list of operations in the order in which they happened
//   Tape tape;
//   Var x = tape.variable(Tensor({2}, {1, 2}));
//   Var y = sum(x * x);                     // recorded and computed at once
//   Var g = grad(y, x);                     // more tape: 2 x
//   tape.rewind();                          // a new pass: memory stays, Vars of the old pass become stale
//
// The order of recording is a topological order: an operation's operands stand before it. So a derivative is one loop
// over the list, forwards or backwards; nothing recurses, however deep the graph.
//
// A field of an ODE is recorded on a child tape. A Var of an enclosing tape (or a Parameter) that it uses is lifted: it
// becomes a leaf there, level by level. A Var of any other tape is an error.
// shapes   any; memory: one arena that grows and is kept by rewind.
// see      autodiff/tape/operator.hpp (operators) · autodiff/derivatives/grad.hpp · autodiff/program/program.hpp (replay)
#pragma once
#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autodiff/tape/index_table.hpp"  // brings: IndexTable
#include "autodiff/tape/operand.hpp"      // brings: Operand, Var, Parameter
#include "autodiff/tape/operator.hpp"     // brings: Operator, Attributes, Plans, Objects
#include "autodiff/tape/registry.hpp"     // brings: operator_number
#include "core/indices.hpp"               // brings: Indices
#include "core/tensor.hpp"                // brings: Tensor, View

namespace costate::inline COSTATE_PRECISION {

// Numbers of values that follow one another: for (std::uint32_t v : operation.results())
class Consecutive {
public:
    struct Iterator {
        std::uint32_t number;
        std::uint32_t operator*() const { return number; }
        Iterator& operator++() { return ++number, *this; }
        bool operator==(const Iterator&) const = default;
    };
    Consecutive(std::uint32_t first, std::uint32_t end) : first_(first), end_(end) {}
    Iterator begin() const { return {first_}; }
    Iterator end() const { return {end_}; }

private:
    std::uint32_t first_, end_;
};

class Tape {
public:
    enum class Kind : std::uint8_t { constant, variable, parameter, lifted, computed };

    struct Value {
        Real* data;  // null while the tape only notes operations
        Shape shape;
        std::uint32_t source;  // computed: its operation; parameter: its place in parameters(); lifted: outer index
        Kind kind;
        bool active;  // depends on a variable or a parameter
        Era era = 0;  // of its recording: a Var of another one is stale
    };
    struct Operation {
        std::uint32_t op = 0;                    // number in the registry
        std::uint32_t first_in = 0, n_in = 0;    // operands()[first_in ...]: indices of values
        std::uint32_t first_out = 0, n_out = 0;  // values first_out ... are its results
        Attributes attributes;
        Where where{nullptr, 0};  // the line that recorded it, for errors

        Consecutive results() const { return {first_out, first_out + n_out}; }
    };
    struct Use {  // a parameter's leaf
        Parameter parameter;
        std::uint32_t value;
        std::uint64_t version;
    };

    struct Lift {  // a leaf that looks at a value of the parent
        std::uint32_t outer, value;
        Era era;
    };

    Tape() : Tape(nullptr) {}
    explicit Tape(Tape* parent);
    ~Tape();
    Tape(const Tape&) = delete;  // hand it on as Tape&: every Var refers to the one tape that it is on
    Tape& operator=(const Tape&) = delete;

    void rewind();  // begin a new pass; Vars of the old pass are stale from now on
    void set_parent(Tape* parent) { parent_ = parent; }
    Tape* parent() const { return parent_; }

    // Leaves. The numbers are copied, except a parameter's, which are looked at where they are.
    Var variable(View value);  // something to differentiate with respect to
    Var variable(Number value);
    Var constant(View value);
    Var constant(Number value);
    Var constant(Indices list, Where at = {});           // as Reals
    Var use(const Parameter& parameter, Where at = {});  // the same leaf every time within a pass
    Var bring(Var v, Where at = {});                     // v itself, or the leaf that lifts it from an enclosing tape

    // While false, operations are noted with their shapes but not computed: to compile a Program without its memory.
    void set_evaluating(bool on) { evaluating_ = on; }
    bool evaluating() const { return evaluating_; }
    // While true, an operation that makes a NaN or an infinity out of finite operands is an error that names it, within the
    // field of a solve as well.
    void set_finite_check(bool on) { finite_check_ = on; }
    bool finite_check() const { return finite_check_; }

    View view(Var v) const { return view(v.index()); }  // the numbers, without tainting: for the library itself
    View view(std::uint32_t value) const { return {values_[value].data, values_[value].shape}; }

    std::uint32_t pass() const { return pass_; }
    std::span<const Value> values() const { return {values_.data(), values_.size()}; }
    std::span<const Operation> operations() const { return {operations_.data(), operations_.size()}; }
    std::span<const std::uint32_t> operands() const { return {operands_.data(), operands_.size()}; }
    std::span<const Use> parameters() const { return {uses_.data(), uses_.size()}; }
    std::uint64_t leaves_looked_at() const { return use_of_.looked_at() + lift_of_.looked_at(); }
    std::span<const std::uint32_t> operands(const Operation& n) const { return operands().subspan(n.first_in, n.n_in); }
    Var var(std::uint32_t index) { return {*this, index, values_[index].era}; }
    bool holds(Var v) const { return v.index() < values_.size() && values_[v.index()].era == v.era(); }
    const Operation* producer(Var v) const {  // the operation that made v; null for a leaf
        const Value& value = values_[v.index()];
        return value.kind == Kind::computed ? &operations_[value.source] : nullptr;
    }
    bool is_enclosing(const Tape& other) const;  // is this `other` or one of the tapes around it?

    // The plans of this pass's operations, and the objects that the operations leave behind (autodiff/tape/evaluation.hpp).
    const Plans& plans() const { return plans_; }
    std::uint32_t add_plan(const Plan& plan);  // its place in the list; a plan that is there keeps its place
    Objects& objects() { return objects_; }
    std::uint32_t next_object() const { return objects_used_; }  // of the next operation that keeps one

    static constexpr std::uint32_t no_operation = 0xffffffff;
    // The first reading of a value in this pass: operations from `operation` on may depend on it behind the tape's back.
    struct Taint {
        std::uint32_t operation = no_operation;
        Where where{nullptr, 0};
    };
    void taint(Where at) {
        if (!is_tainted()) taint_ = {static_cast<std::uint32_t>(operations_.size()), at};
    }
    const Taint& tainted() const { return taint_; }
    bool is_tainted() const { return taint_.operation != no_operation; }

    // Can v be a derivative that was taken on this tape, or have been computed from one? Not if it depends on what can be
    // trained and was recorded before the first of them in this pass; unless it is an answer itself: x̄ is ȳ where y = x + c.
    bool may_be_derivative(Var v) const {
        const Value& value = values_[v.index()];
        return !value.active || value.kind != Kind::computed || value.source >= derived_from_;
    }
    void note_derivative() { derived_from_ = std::min(derived_from_, static_cast<std::uint32_t>(operations_.size())); }
    void note_answers(std::span<const Var> answers) {
        for (const Var& v : answers)
            if (!v.is_zero() && !may_be_derivative(v)) derived_from_ = 0;  // from now on nothing can be told
    }

    // While one lives, derivatives see only the operations recorded since it was made: to them what came before is a leaf.
    // For a function that is called on this tape although its arguments depend on one another there (a field, by direct).
    class Floor {
    public:
        explicit Floor(Tape& tape) : tape_(tape), before_(std::exchange(tape.floor_, tape.operations_.size())) {}
        ~Floor() { tape_.floor_ = before_; }
        Floor(const Floor&) = delete;

    private:
        Tape& tape_;
        std::size_t before_;
    };
    std::size_t walk_floor() const { return floor_; }

    std::span<Var> list(std::size_t count);  // count zero Vars that live until rewind
    void check_versions(Where at) const;     // no parameter was changed since it was recorded

    // Forget what was recorded after a mark.
    struct Mark {
        std::size_t values, operations, operands, uses, chunk;
        Index used;
        std::uint32_t objects;
    };
    Mark mark() const {
        return {values_.size(), operations_.size(), operands_.size(), uses_.size(), chunk_, used_, objects_used_};
    }
    void cut_back(const Mark& mark);

    // Become a copy of another tape's operations, without their numbers: its leaves are variables and constants here.
    void copy_operations(const Tape& other);
    // Record another tape's operations here once more. made[v] stands for that tape's value v: its leaves are given.
    void append_operations(const Tape& other, std::span<Var> made);
    // Do both tapes hold the same operations, wired alike, on the same shapes? `difference` says what differs, or nothing.
    bool same_operations(const Tape& other) const { return first_difference(other) == no_difference; }
    std::string difference(const Tape& other) const;
    std::uint64_t hash() const;  // of the operators, their wiring and shapes: equal for the same operations

    // Record an operation whose operands lie on this tape (bring). The results are consecutive values.
    std::uint32_t push(std::uint32_t op, const Attributes& attributes, std::span<const Var> in,
                       std::span<const Shape> out, Where at = Where::nowhere());

    // The one object of this type that lives as long as the tape: the lists of the derivative walks, the plans of solves.
    template <class T>
    T& extension() {
        static char tag;
        return extension_tagged(&tag).template as<T>();
    }

private:
    AnyObject& extension_tagged(const void* tag);
    Real* allocate(Index count);
    std::uint32_t add_value(const Shape& shape, Kind kind, std::uint32_t origin, bool active, Real* data);
    std::uint32_t add_leaf(View value, Kind kind);
    void evaluate(std::uint32_t op, const Attributes& attributes, std::span<const Var> in, std::uint32_t first,
                  std::size_t n_out, Where where);
    static constexpr std::size_t no_difference = ~std::size_t(0);
    std::size_t first_difference(const Tape& other) const;  // the number of an operation, or one more, or no_difference
    void begin_era();
    void require_fresh_lifts(Where at);

    Tape* parent_ = nullptr;
    std::uint32_t pass_ = 1;
    Era era_ = 0, parent_era_ = 0;  // the parent's when its values were last seen to be held
    bool evaluating_ = true, finite_check_ = false;
    Taint taint_;
    std::uint32_t derived_from_ = no_operation;  // the first operation that may belong to a derivative
    std::size_t floor_ = 0;
    std::vector<Value> values_;
    std::vector<Operation> operations_;
    std::vector<std::uint32_t> operands_;
    std::vector<Use> uses_;
    std::vector<Lift> lifts_;
    IndexTable use_of_, lift_of_;  // places in uses_ by parameter, in lifts_ by the outer value
    std::vector<View> in_views_;   // scratch of evaluate
    std::vector<MutableView> out_views_;
    std::vector<Storage> chunks_;
    std::size_t chunk_ = 0;
    Index used_ = 0;  // of the current chunk
    std::vector<std::unique_ptr<std::vector<Var>>> lists_;
    std::size_t lists_used_ = 0;
    Plans plans_;
    Objects objects_;
    Memory memory_;
    std::uint32_t objects_used_ = 0;
    std::vector<std::pair<const void*, std::unique_ptr<AnyObject>>> extensions_;
};

// The tape that an operation on these Vars is recorded on: the innermost of theirs, which must enclose one another.
Tape& innermost_tape(std::span<const Var> in, const char* what, Where at = {});

// The result of an operator that is not general, of as many operands as it has.
Var record_operands(std::uint32_t op, const Attributes& attributes, std::span<const Operand* const> operands);
template <class Op, std::size_t N>
Var record_operands(const Op& op, const std::array<const Operand*, N>& operands) {
    return record_operands(operator_number<Op>(), attributes_of(op), std::span<const Operand* const>(operands));
}

// The result of an operator of one to four operands. Errors name the line on which the first of them became an operand.
template <class Op>
Var record(const Op& op, const Operand& a) {
    return record_operands<Op, 1>(op, {&a});
}
template <class Op>
Var record(const Op& op, const Operand& a, const Operand& b) {
    return record_operands<Op, 2>(op, {&a, &b});
}
template <class Op>
Var record(const Op& op, const Operand& a, const Operand& b, const Operand& c) {
    return record_operands<Op, 3>(op, {&a, &b, &c});
}
template <class Op>
Var record(const Op& op, const Operand& a, const Operand& b, const Operand& c, const Operand& d) {
    return record_operands<Op, 4>(op, {&a, &b, &c, &d});
}

template <class Op>
std::span<Var> record_general(Tape& tape, const Op& op, std::span<const Var> operands, std::span<const Shape> out,
                              Where at = Where::nowhere()) {
    const std::span<Var> in = tape.list(operands.size());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = tape.bring(operands[i], at);
    const std::uint32_t first = tape.push(operator_number<Op>(), attributes_of(op), in, out, at);
    const std::span<Var> results = tape.list(out.size());
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = tape.var(first + static_cast<std::uint32_t>(i));
    return results;
}

inline Shape Var::shape(Where at) const {
    if (is_zero() || !tape(at).holds(*this)) fail_for_absent(*this, at);
    return tape_->values()[index_].shape;
}

}  // namespace costate
