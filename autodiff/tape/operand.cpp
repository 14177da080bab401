#include "autodiff/tape/operand.hpp"

#include <string_view>
#include <utility>

#include "autodiff/tape/tape.hpp"

namespace costate::inline COSTATE_PRECISION {

Var Operand::on(Tape& tape) const {
    switch (kind_) {
        case Kind::number: return tape.constant(number_);
        case Kind::view: return tape.constant(view_);
        case Kind::parameter: return tape.use(*parameter_, at_);
        default: return tape.bring(var_, at_);
    }
}

std::string Operand::text() const {
    switch (kind_) {
        case Kind::number: return costate::text("the number ", number_);
        case Kind::view: return costate::text("numbers of shape ", view_.shape);
        case Kind::parameter: return costate::text("parameter \"", parameter_->name(), "\" ", parameter_->shape());
        default: return var_.is_zero() ? "a zero Var" : "a Var";
    }
}

namespace {

// As the user writes it.
std::string_view written(std::string_view what) {
    constexpr std::pair<std::string_view, std::string_view> signs[] = {
        {"add", "operator+"}, {"sub", "operator-"}, {"mul", "operator*"}, {"div", "operator/"}};
    for (const auto& [name, sign] : signs)
        if (name == what) return sign;
    return what;
}

struct NoTape {  // what there is in place of a Var
    std::string list = {};
    bool parameter = false, zero = false;
    void add(const Operand& x) {
        if constexpr (!small_machine) list.append(list.empty() ? "" : ", ").append(x.text());
        parameter = parameter || x.is_parameter();
        zero = zero || x.is_zero();
    }
};

[[noreturn]] void fail_without_tape(const NoTape& operands, const char* what, Where at) {
    fail(at, {.what = text(written(what), ": no operand lies on a tape"),
              .got = operands.list.empty() ? "no operands" : operands.list,
              .expected = "at least one Var: its tape records the operation",
              .likely = operands.zero ? why_zero : "",
              .fix = operands.parameter
                         ? "a Parameter k beside a Var z is used by itself, as in -(k * z); alone: z.tape().use(k)"
                         : "tape.constant(x) makes a Var of numbers; in a field, z.tape().constant(x)"});
}

const Operand& operand(const Operand* x) { return *x; }
const Operand& operand(const Operand& x) { return x; }

template <class List>
Tape& innermost(const List& operands, const char* what) {
    Tape* tape = nullptr;
    for (const auto& entry : operands) {
        const Operand& x = operand(entry);
        if (!x.is_var() || x.is_zero()) continue;
        if (tape && x.var().is_on(*tape)) continue;
        Tape& its = x.var().tape(x.at());
        if (!tape || tape->is_enclosing(its)) tape = &its;
    }
    if (tape) return *tape;
    NoTape found;
    for (const auto& x : operands) found.add(operand(x));
    fail_without_tape(found, what, operands.empty() ? Where::nowhere() : operand(operands[0]).at());
}

}  // namespace

Tape& put_on_tape(std::span<const Operand* const> operands, std::span<Var> on_tape, const char* what) {
    Tape& tape = innermost(operands, what);
    for (std::size_t i = 0; i < operands.size(); ++i) on_tape[i] = operands[i]->on(tape);
    return tape;
}

std::span<const Var> put_on_tape(std::span<const Operand> operands, const char* what) {
    Tape& tape = innermost(operands, what);
    const std::span<Var> on_tape = tape.list(operands.size());
    for (std::size_t i = 0; i < operands.size(); ++i) on_tape[i] = operands[i].on(tape);
    return on_tape;
}

Var record_operands(std::uint32_t op, const Attributes& attributes, std::span<const Operand* const> operands) {
    const Operator& row = operator_of(op);
    std::array<Var, Places{}.x.size()> vars;
    std::array<const Shape*, vars.size()> shapes;
    const std::span<Var> in = std::span<Var>(vars).first(operands.size());
    Tape& tape = put_on_tape(operands, in, row.name);
    for (std::size_t i = 0; i < in.size(); ++i) shapes[i] = &tape.values()[in[i].index()].shape;
    const Where at = operands[0]->at();
    const Shape out[1] = {row.shape(attributes, std::span<const Shape* const>(shapes).first(in.size()), at)};
    return tape.var(tape.push(op, attributes, in, out, at));
}

Shape shape_of(const Operand& x, const char* what) {
    if (!x.is_var() || x.is_zero()) {
        NoTape found;
        found.add(x);
        fail_without_tape(found, what, x.at());
    }
    return x.var().shape(x.at());
}

}  // namespace costate
