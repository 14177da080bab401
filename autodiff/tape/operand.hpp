// autodiff/tape/operand.hpp — what may stand in an expression
//   2 * x      x - Tensor({2}, {1, 2})      g * x      matmul(x, W)      where(less(x, 0), 0, x)         x: a Var
//   number     constant of x's tape         constant   g, W: Parameters, each its leaf on x's tape
// An operator takes its operands as `const Operand&`: whatever is one becomes one on the way in. That happens on the line
// of the expression, so an operand knows this line, and an error names it, also of a + b. The tape is the innermost one
// of the Vars among the operands; without a Var there is none, and that is an error.
// An operand refers to what it was made of: it lives as long as the expression, and is never stored.
// {x, at} is an operand of the line `at`: a function made of operators hands the line of its caller on.
#pragma once
#include <array>
#include <span>
#include <string>
#include <type_traits>

#include "autodiff/tape/parameter.hpp"  // brings: Parameter
#include "autodiff/tape/var.hpp"        // brings: Var, View, Tensor, Where

namespace costate::inline COSTATE_PRECISION {

class Operand {
public:
    Operand(const Var& var, Where at = {}) : var_(var), at_(at), kind_(Kind::var) {}
    template <class N>
    requires std::is_arithmetic_v<N> Operand(N number, Where at = {})
        : number_(static_cast<Number>(number)), at_(at), kind_(Kind::number) {}
    Operand(const Tensor& tensor, Where at = {}) : view_(tensor.view()), at_(at), kind_(Kind::view) {}
    Operand(const View& view, Where at = {}) : view_(view), at_(at), kind_(Kind::view) {}
    Operand(const MutableView& view, Where at = {}) : view_(view), at_(at), kind_(Kind::view) {}
    Operand(const Parameter& parameter, Where at = {}) : parameter_(&parameter), at_(at), kind_(Kind::parameter) {}

    bool is_var() const { return kind_ == Kind::var; }
    bool is_zero() const { return is_var() && var_.is_zero(); }
    bool is_number() const { return kind_ == Kind::number; }
    bool is_view() const { return kind_ == Kind::view; }
    bool is_parameter() const { return kind_ == Kind::parameter; }
    Where at() const { return at_; }
    const Var& var() const { return var_; }  // of an operand that is one
    Var on(Tape& tape) const;                // the Var that it is on this tape

    std::string text() const;  // "the number 2", "parameter \"g\" [3]"

private:
    enum class Kind : std::uint8_t { var, number, view, parameter };
    union {
        Var var_;
        Number number_;
        View view_;
        const Parameter* parameter_;
    };
    Where at_;
    Kind kind_;
};

// The Vars that operands are on the tape on which an operation on them is recorded, the innermost of their Vars' tapes.
// No tape among them, or none that all of them can be brought to: an error on behalf of `what`.
Tape& put_on_tape(std::span<const Operand* const> operands, std::span<Var> on_tape, const char* what);

std::span<const Var> put_on_tape(std::span<const Operand> operands, const char* what);  // a list of any length

template <class... Operands>
std::array<Var, sizeof...(Operands)> on_one_tape(const char* what, const Operands&... operands) {
    std::array<Var, sizeof...(Operands)> on_tape;
    put_on_tape(std::array<const Operand*, sizeof...(Operands)>{&operands...}, on_tape, what);
    return on_tape;
}

inline constexpr const char* why_zero =  // for errors: where a zero Var comes from
    "a vjp or jvp of what does not depend on x, or a Var that was declared and never set";

// The shape of an operand that must be a Var, as the only one that an operation has.
Shape shape_of(const Operand& x, const char* what);
// The same for an operation of which a zero is a zero.
inline void require_var(const Operand& x, const char* what) {
    if (!x.is_var()) shape_of(x, what);
}

}  // namespace costate
