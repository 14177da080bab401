#include "autodiff/operand.hpp"

#include "autodiff/tape.hpp"

namespace costate {
inline namespace COSTATE_PRECISION {

Var Operand::on(Tape& tape) const {
    switch (kind_) {
        case Kind::number:
            return tape.constant(number_);
        case Kind::view:
            return tape.constant(view_);
        case Kind::parameter:
            return tape.use(*parameter_, at_);
        default:
            return tape.bring(var_, at_);
    }
}

std::string Operand::text() const {
    switch (kind_) {
        case Kind::number:
            return "the number " + number_text(number_);
        case Kind::view:
            return "numbers of shape " + to_text(view_.shape);
        case Kind::parameter:
            return "parameter \"" + parameter_->name() + "\" " + to_text(parameter_->shape());
        default:
            return var_.is_zero() ? "a zero Var" : "a Var";
    }
}

namespace {

[[noreturn]] void fail_without_tape(const std::string& operands, const char* what, Where at) {
    fail({.what = std::string(what) + ": no operand lies on a tape",
          .got = operands.empty() ? "no operands" : operands,
          .expected = "at least one Var: its tape records the operation",
          .fix = "tape.use(parameter) makes a Var of a Parameter, tape.constant(x) one of numbers"},
         at);
}

const Operand& operand(const Operand* x) { return *x; }
const Operand& operand(const Operand& x) { return x; }

template <class List>
Tape& innermost(const List& operands, const char* what) {
    Tape* tape = nullptr;
    for (const auto& entry : operands) {
        const Operand& x = operand(entry);
        if (!x.is_var() || x.is_zero()) continue;
        Tape& its = x.var().tape();
        if (!tape || (tape != &its && tape->is_enclosing(its))) tape = &its;
    }
    if (tape) return *tape;
    std::string list;
    for (const auto& x : operands) list.append(list.empty() ? "" : ", ").append(operand(x).text());
    fail_without_tape(list, what, operands.empty() ? Where(nullptr, 0) : operand(operands[0]).at());
}

}  // namespace

Tape& place(std::span<const Operand* const> operands, std::span<Var> on_tape, const char* what) {
    Tape& tape = innermost(operands, what);
    for (std::size_t i = 0; i < operands.size(); ++i) on_tape[i] = operands[i]->on(tape);
    return tape;
}

std::span<const Var> place(std::span<const Operand> operands, const char* what) {
    Tape& tape = innermost(operands, what);
    const std::span<Var> on_tape = tape.list(operands.size());
    for (std::size_t i = 0; i < operands.size(); ++i) on_tape[i] = operands[i].on(tape);
    return on_tape;
}

Shape shape_of(const Operand& x, const char* what) {
    if (!x.is_var() || x.is_zero()) fail_without_tape(x.text(), what, x.at());
    return x.var().shape(x.at());
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
