// autodiff/program/lower.cpp — the first step: from a tape to a program's tables
//   dead code                an operation is taken over only when a result needs it
//   common subexpressions    the same operator on the same operands with the same attributes is computed once
//   transposed weights       A B with a B that is constant during the run, and lies the other way than the product reads it:
//                            B is transposed in the prologue. Few columns are read as dot products (core/kernels/dots.hpp).
// No constant's numbers are looked at: they may be others in the next run.
#include <algorithm>
#include <cstring>

#include "autodiff/operators/compiled.hpp"  // brings: Copy, TransposeOnce
#include "autodiff/operators/matmul.hpp"
#include "autodiff/program/compiling.hpp"
#include "autodiff/tape/index_table.hpp"
#include "core/kernels/dots.hpp"  // brings: suits_dots

namespace costate::inline COSTATE_PRECISION {

namespace {

// Shorter rows are dot products on some processors and not on others: programs are to look alike.
constexpr Index longest_register = 16;

class Lowering {
public:
    Lowering(Program& program, Tape& tape) : p_(program), tape_(tape), number_(tape.values().size(), Program::none) {}

    void run(const ProgramSpec& spec, Where at) {
        take_inputs(spec.constants, Port::constant, at);
        take_inputs(spec.times, Port::time, at);
        take_inputs(spec.states, Port::state, at);
        take_inputs(spec.cotangents, Port::cotangent, at);
        find_live(spec, at);
        for (std::uint32_t v = 0; v < number_.size(); ++v)
            if (live_[v] && number_[v] == Program::none && tape_.values()[v].kind != Tape::Kind::computed)
                take_leaf(v, at);
        for (const Tape::Operation& operation : tape_.operations())
            if (is_wanted(operation)) take(operation, at);
        take_results(spec.forward, Port::forward);
        take_results(spec.reverse, Port::reverse);
        take_results(spec.summed, Port::summed);
        p_.plans = tape_.plans();
    }

private:
    // An input is given, whatever made it on the tape.
    bool is_wanted(const Tape::Operation& operation) const {
        for (std::uint32_t v : operation.results())
            if (live_[v] && number_[v] == Program::none) return true;
        return false;
    }

    void find_live(const ProgramSpec& spec, Where at) {
        live_.assign(tape_.values().size(), false);
        for (Vars results : {spec.forward, spec.reverse, spec.summed})
            for (const Var& v : results)
                if (!v.is_zero()) live_[require_here(v, at)] = true;
        for (std::size_t n = tape_.operations().size(); n-- > 0;) {
            const Tape::Operation& operation = tape_.operations()[n];
            if (!is_wanted(operation)) continue;
            for (std::uint32_t v : operation.results()) live_[v] = true;
            for (std::uint32_t v : tape_.operands(operation)) live_[v] = true;
        }
    }

    std::uint32_t require_here(Var v, Where at) {
        if (v.is_zero() || &v.tape() != &tape_)
            fail(at, {.what = "compile: an input or a result is not on the tape",
                      .got = v.is_zero() ? text("Var{}") : text("a Var of shape ", v.shape(), " on another tape"),
                      .expected = "Vars of the tape that is compiled",
                      .fix = "tape.bring(x) gives the leaf that lifts x"});
        return tape_.bring(v, at).index();
    }

    std::uint32_t add_value(const Shape& shape, bool varies) {
        p_.values.push_back({.shape = shape, .varies = varies});
        taken_.push_back(false);
        computed_.push_back(false);
        return static_cast<std::uint32_t>(p_.values.size() - 1);
    }

    void take_inputs(Vars inputs, Port port, Where at) {
        for (const Var& v : inputs) {
            std::uint32_t& number = number_[require_here(v, at)];
            if (number != Program::none)
                fail(at, {.what = "compile: an input is listed twice",
                          .got = text("a Var of shape ", v.shape(), " in two places of the lists"),
                          .expected = "each input once: it can be bound to one value only"});
            number = add_value(v.shape(), port != Port::constant);
            p_.at(port).push_back(number);
        }
    }

    void take_leaf(std::uint32_t v, Where at) {
        const Tape::Value& value = tape_.values()[v];
        number_[v] = add_value(value.shape, false);
        if (value.kind == Tape::Kind::parameter) {
            p_.parameters.push_back(tape_.parameters()[value.source].parameter);
            p_.at(Port::parameter).push_back(number_[v]);
        } else if (value.kind == Tape::Kind::constant) {
            p_.stored.emplace_back(tape_.view(v));
            p_.at(Port::stored).push_back(number_[v]);
        } else {
            fail(at, {.what = "compile: a variable is not among the inputs",
                      .got = text("a variable of shape ", value.shape, " that the results depend on"),
                      .expected = "every variable and lifted Var listed as an input"});
        }
    }

    void take(const Tape::Operation& operation, Where at) {
        if (&operation - tape_.operations().data() >= tape_.tainted().operation)
            fail(at, {.what = "compile: a value was read before this operation was recorded",
                      .got = text(operator_of(operation.op).name, ", recorded after the reading at ",
                                  tape_.tainted().where),
                      .expected = "no value read while recording: the program would freeze what depends on it",
                      .fix = "read values after the last operation, or branch with where(...)"});
        operands_.clear();
        bool varies = false;
        for (std::uint32_t v : tape_.operands(operation)) operands_.push_back(number_[v]);
        if (!operator_of(operation.op).shape_only)
            for (std::uint32_t v : operands_) varies = varies || p_.values[v].varies;
        shapes_.clear();
        for (std::uint32_t v : operation.results()) shapes_.push_back(tape_.values()[v].shape);
        Attributes attributes = operation.attributes;
        if (operation.op == operator_number<MatMul>()) transpose_once(attributes, operation.where);
        std::uint32_t number = emit(operation.op, attributes, varies, shapes_, operation.where);
        for (std::uint32_t v : operation.results()) {
            if (number_[v] == Program::none) number_[v] = number;
            ++number;
        }
    }

    // The first result of an equal operation, or of this one on operands_, appended.
    std::uint32_t emit(std::uint32_t op, const Attributes& attributes, bool varies, std::span<const Shape> results,
                       Where where) {
        std::uint64_t hash = op;
        for (std::uint32_t v : operands_) hash = IndexTable::mixed(hash, v);
        for (std::size_t at = 0; !small_machine && at < operator_of(op).distinct; at += sizeof hash) {
            std::uint64_t next;  // behind the last attribute there are zeros
            std::memcpy(&next, &attributes.bytes[at], sizeof next);
            hash = IndexTable::mixed(hash, next);
        }
        const std::uint32_t same = found_.find(hash, [&](std::uint32_t n) {
            const Program::Instruction& c = p_.code[n];
            return c.op == op && std::equal(operands_.begin(), operands_.end(), p_.in(c).begin(), p_.in(c).end()) &&
                   operator_of(op).equal(c.attributes, attributes);
        });
        if (same != IndexTable::none) return p_.code[same].first_out;
        found_.add(hash, static_cast<std::uint32_t>(p_.code.size()));
        return append(op, attributes, varies, results, where);
    }

    std::uint32_t append(std::uint32_t op, const Attributes& attributes, bool varies, std::span<const Shape> results,
                         Where where) {
        const std::uint32_t first = static_cast<std::uint32_t>(p_.values.size());
        p_.code.push_back(
            {{op, static_cast<std::uint32_t>(p_.operands.size()), static_cast<std::uint32_t>(operands_.size()), first,
              static_cast<std::uint32_t>(results.size()), attributes, where}});
        p_.operands.insert(p_.operands.end(), operands_.begin(), operands_.end());
        for (const Shape& shape : results) computed_[add_value(shape, varies)] = true;
        return first;
    }

    void transpose_once(Attributes& attributes, Where where) {
        MatMul op = attributes_as<MatMul>(attributes);
        const std::uint32_t a = operands_[0], b = operands_[1];
        const Shape& shape = p_.values[b].shape;
        if (op.transpose_a || p_.values[b].varies || !p_.values[a].varies || shape.rank() != 2) return;
        const Index N = shape[op.transpose_b ? 0 : 1], K = shape[op.transpose_b ? 1 : 0];
        const bool by_dots = K >= longest_register && suits_dots({.M = 1, .K = K, .N = N});
        if (op.transpose_b == by_dots) return;
        operands_.assign(1, b);
        const Shape turned{shape[1], shape[0]};
        operands_ = {a, emit(operator_number<TransposeOnce>(), {}, false, std::span(&turned, 1), where)};
        op.transpose_b = by_dots;
        attributes = attributes_of(op);
    }

    // A stage's results have memory of their own, which every stage fills.
    void take_results(Vars results, Port port) {
        for (const Var& v : results) {
            std::uint32_t value = v.is_zero() ? Program::none : number_[v.index()];
            if (value != Program::none && port != Port::summed) {
                if (taken_[value] || !p_.values[value].varies || !computed_[value]) {
                    operands_.assign(1, value);
                    const Shape shape = p_.values[value].shape;
                    value = append(operator_number<Copy>(), {}, true, std::span(&shape, 1), Where::nowhere());
                }
                taken_[value] = true;
            }
            p_.at(port).push_back(value);
        }
    }

    Program& p_;
    Tape& tape_;
    std::vector<std::uint32_t> number_;           // of each of the tape's values: its number in the program
    std::vector<std::uint8_t> live_;              // of the tape's: needed by a result
    std::vector<std::uint8_t> taken_, computed_;  // of the program's: a stage's result already; an operation's result
    IndexTable found_;                            // operations by operator, operands and attributes
    std::vector<std::uint32_t> operands_;         // of the operation at hand
    std::vector<Shape> shapes_;                   // of its results
};

}  // namespace

void lower(Program& program, Tape& tape, const ProgramSpec& spec, Where at) { Lowering(program, tape).run(spec, at); }

}  // namespace costate
