// autodiff/program/lower.cpp — the first pass: from a tape to a program's tables
//   dead code                an operation is taken over only when a result needs it
//   common subexpressions    the same operator on the same operands with the same attributes is computed once
//   transposed weights       A Bᵀ with a B that is constant during the run: B is transposed in the prologue
// No constant's numbers are looked at: they may be others in the next run.
#include <algorithm>

#include "autodiff/operators/matmul.hpp"
#include "autodiff/operators/shaping.hpp"
#include "autodiff/program/passes.hpp"
#include "autodiff/tape/index_table.hpp"
#include "core/kernels/transpose.hpp"  // brings: transpose

namespace costate::inline COSTATE_PRECISION {

namespace {

// y = x: gives a result a place of its own when it is an input, a constant, or wanted twice.
struct Copy {
    static constexpr const char* name = "copy";
    bool operator==(const Copy&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var dx) const { return dx; }
    Var vjp(Var, Var, Var gy, Needs) const { return gy; }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

struct TransposeOnce {
    static constexpr const char* name = "transpose";
    bool operator==(const TransposeOnce&) const = default;
    Shape shape(const Shape& x, Where) const { return {x[1], x[0]}; }
    void eval(const View& x, const MutableView& y) const { costate::transpose(x.data, y.data, x.shape[0], x.shape[1]); }
    Var jvp(Var, Var, Var dx) const { return transpose(dx); }
    Var vjp(Var, Var, Var gy, Needs) const { return transpose(gy); }
    Rows rows(std::span<RowOperand> in, const Shape&) const {
        return in[0].rows == Rows::row ? Rows::coupled : Rows::shared;
    }
};

class Lowering {
public:
    Lowering(Program& program, Tape& tape) : p_(program), tape_(tape), place_(tape.values().size(), Program::none) {}

    void run(const ProgramSpec& spec, Where at) {
        take_inputs(spec.constants, p_.constants, false, at);
        take_inputs(spec.times, p_.times, true, at);
        take_inputs(spec.states, p_.states, true, at);
        take_inputs(spec.seeds, p_.seeds, true, at);
        find_live(spec, at);
        for (std::uint32_t v = 0; v < place_.size(); ++v)
            if (live_[v] && place_[v] == Program::none && tape_.values()[v].kind != Tape::Kind::computed)
                take_leaf(v, at);
        for (const Tape::Node& node : tape_.nodes())
            if (is_wanted(node)) take(node, at);
        take_results(spec.forward, p_.forward, true);
        take_results(spec.reverse, p_.reverse, true);
        take_results(spec.summed, p_.summed, false);
        p_.plans = tape_.plans();
    }

private:
    // An input is given, whatever made it on the tape.
    bool is_wanted(const Tape::Node& node) const {
        for (std::uint32_t v = node.first_out; v < node.first_out + node.n_out; ++v)
            if (live_[v] && place_[v] == Program::none) return true;
        return false;
    }

    void find_live(const ProgramSpec& spec, Where at) {
        live_.assign(tape_.values().size(), false);
        for (Vars results : {spec.forward, spec.reverse, spec.summed})
            for (const Var& v : results)
                if (!v.is_zero()) live_[require_here(v, at)] = true;
        for (std::size_t n = tape_.nodes().size(); n-- > 0;) {
            const Tape::Node& node = tape_.nodes()[n];
            if (!is_wanted(node)) continue;
            for (std::uint32_t o = 0; o < node.n_out; ++o) live_[node.first_out + o] = true;
            for (std::uint32_t v : tape_.operands(node)) live_[v] = true;
        }
    }

    std::uint32_t require_here(Var v, Where at) {
        if (v.is_zero() || &v.tape() != &tape_)
            fail(at, {.what = "compile: an input or a result is not on the tape",
                      .got = v.is_zero() ? "Var{}" : "a Var of shape " + to_text(v.shape()) + " on another tape",
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

    void take_inputs(Vars inputs, std::vector<std::uint32_t>& list, bool varies, Where at) {
        for (const Var& v : inputs) {
            list.push_back(add_value(v.shape(at), varies));
            std::uint32_t& place = place_[require_here(v, at)];
            if (place != Program::none)
                fail(at, {.what = "compile: an input is listed twice",
                          .got = "a Var of shape " + to_text(v.shape()) + " in two places of the lists",
                          .expected = "each input once: it can be bound to one value only"});
            place = list.back();
        }
    }

    void take_leaf(std::uint32_t v, Where at) {
        const Tape::Value& value = tape_.values()[v];
        place_[v] = add_value(value.shape, false);
        if (value.kind == Tape::Kind::parameter) {
            p_.parameters.push_back(tape_.parameters()[value.node].parameter);
            p_.parameter_values.push_back(place_[v]);
        } else if (value.kind == Tape::Kind::constant) {
            p_.stored.emplace_back(tape_.view(v));
            p_.stored_values.push_back(place_[v]);
        } else {
            fail(at, {.what = "compile: a variable is not among the inputs",
                      .got = "a variable of shape " + to_text(value.shape) + " that the results depend on",
                      .expected = "every variable and lifted Var listed as an input"});
        }
    }

    void take(const Tape::Node& node, Where at) {
        const std::size_t n = static_cast<std::size_t>(&node - tape_.nodes().data());
        if (n >= tape_.tainted().node)
            fail(at, {.what = "compile: a value was read before this operation was recorded",
                      .got = std::string(operator_of(node.op).name) + ", recorded after the reading at " +
                             to_text(tape_.tainted().where),
                      .expected = "no value read while recording: the program would freeze what depends on it",
                      .fix = "read values after the last operation, or branch with where(...)"});
        operands_.clear();
        bool varies = false;
        for (std::uint32_t v : tape_.operands(node)) operands_.push_back(place_[v]);
        if (!operator_of(node.op).shape_only)
            for (std::uint32_t v : operands_) varies = varies || p_.values[v].varies;
        Attributes attributes = node.attributes;
        if (node.op == operator_number<MatMul>()) transpose_once(attributes, node.where);
        const std::uint32_t first = emit(node.op, attributes, varies,
                                         std::span(tape_.values()).subspan(node.first_out, node.n_out), node.where);
        for (std::uint32_t o = 0; o < node.n_out; ++o)
            if (place_[node.first_out + o] == Program::none) place_[node.first_out + o] = first + o;
    }

    // The first result of an equal operation, or of this one, appended.
    std::uint32_t emit(std::uint32_t op, const Attributes& attributes, bool varies, std::span<const Tape::Value> out,
                       Where where) {
        std::uint64_t hash = op;
        for (std::uint32_t v : operands_) hash = IndexTable::mixed(hash, v);
        const std::uint32_t same = found_.find(hash, [&](std::uint32_t n) {
            const Program::Code& c = p_.code[n];
            return c.op == op && std::equal(operands_.begin(), operands_.end(), p_.in(c).begin(), p_.in(c).end()) &&
                   operator_of(op).equal(c.attributes, attributes);
        });
        if (same != IndexTable::none) return p_.code[same].first_out;
        found_.add(hash, static_cast<std::uint32_t>(p_.code.size()));
        Program::Code c{};
        c.op = op;
        c.attributes = attributes;
        c.where = where;
        c.first_in = static_cast<std::uint32_t>(p_.operands.size());
        c.n_in = static_cast<std::uint32_t>(operands_.size());
        c.first_out = static_cast<std::uint32_t>(p_.values.size());
        c.n_out = static_cast<std::uint32_t>(out.size());
        p_.operands.insert(p_.operands.end(), operands_.begin(), operands_.end());
        p_.code.push_back(c);
        for (const Tape::Value& v : out) computed_[add_value(v.shape, varies)] = true;
        return c.first_out;
    }

    std::uint32_t emit_one(std::uint32_t op, std::uint32_t operand, const Shape& shape, Where where) {
        operands_.assign(1, operand);
        const Tape::Value out{nullptr, shape, 0, Tape::Kind::computed, false};
        return emit(op, {}, p_.values[operand].varies, std::span(&out, 1), where);
    }

    void transpose_once(Attributes& attributes, Where where) {
        MatMul op = attributes_as<MatMul>(attributes);
        const std::uint32_t a = operands_[0], b = operands_[1];
        const Shape& shape = p_.values[b].shape;
        if (!op.transpose_b || p_.values[b].varies || !p_.values[a].varies || shape.rank() != 2) return;
        const std::uint32_t turned = emit_one(operator_number<TransposeOnce>(), b, {shape[1], shape[0]}, where);
        operands_ = {a, turned};
        op.transpose_b = false;
        attributes = attributes_of(op);
    }

    void take_results(Vars results, std::vector<std::uint32_t>& list, bool own_place) {
        for (const Var& v : results) {
            std::uint32_t value = v.is_zero() ? Program::none : place_[v.index()];
            if (own_place && value != Program::none && (taken_[value] || !is_computed_per_stage(value))) {
                Program::Code c{};
                c.op = operator_number<Copy>();
                c.first_in = static_cast<std::uint32_t>(p_.operands.size());
                c.n_in = c.n_out = 1;
                c.first_out = add_value(Shape(p_.values[value].shape), true);  // every stage has a place to fill
                p_.operands.push_back(value);
                p_.code.push_back(c);
                value = c.first_out;
            }
            if (own_place && value != Program::none) taken_[value] = true;
            list.push_back(value);
        }
    }

    bool is_computed_per_stage(std::uint32_t value) const { return p_.values[value].varies && computed_[value]; }

    Program& p_;
    Tape& tape_;
    std::vector<std::uint32_t> place_;     // of each of the tape's values: its number in the program
    std::vector<bool> live_;               // of the tape's: needed by a result
    std::vector<bool> taken_, computed_;   // of the program's: a stage's result already; an operation's result
    IndexTable found_;                     // operations by their operator and operands
    std::vector<std::uint32_t> operands_;  // of the operation at hand
};

}  // namespace

void lower(Program& program, Tape& tape, const ProgramSpec& spec, Where at) { Lowering(program, tape).run(spec, at); }

}  // namespace costate
