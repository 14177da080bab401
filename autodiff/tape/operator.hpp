// autodiff/tape/operator.hpp — what an operator is: one struct, and its row in one registry
//
//   struct Scale {                                            // y = s x
//       Number s;                                             // data members are the attributes: plain bytes, comparable
//       static constexpr const char* name = "scale";
//       bool operator==(const Scale&) const = default;
//       Shape shape(const Shape& x, Where) const { return x; }  // checks the operands; errors name the caller's line
//       void eval(const View& x, const MutableView& y) const; // the forward kernel
//       Var  jvp(Var x, Var y, Var dx) const;                 // ẏ   : inputs, output, tangents of the inputs
//       Var  vjp(Var x, Var y, Var gy, Needs) const;          // x̄   : inputs, output, cotangent; one Var for each input
//       Rows rows(std::span<RowOperand>, const Shape& y) const;   // optional: labels.hpp; without it: coupled
//   };                                                        // with two inputs vjp returns std::array<Var, 2>, and so on
//   Var y = record(Scale{3.0}, x);
//
// The rules are written in Vars, so applying one records new operations: that is all there is to derivatives of
// derivatives. A rule that is missing does not compile. Tangents may be zero Vars (a rule is asked when at least one is
// not); a rule gives an input's cotangent only where needs(wanted, i), and may return zero Vars.
// An operator with any number of inputs or outputs, or one that keeps state (a solve), is `general`: the same four
// functions over spans.  eval may also accumulate: `eval_sum(inputs..., output, Into, weights)`, for sums over rows.
#pragma once
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "autodiff/tape/evaluation.hpp"  // brings: Evaluation, Plans
#include "autodiff/tape/row_rules.hpp"   // brings: Rows, RowOperand
#include "autodiff/tape/var.hpp"         // brings: Var
#include "core/kernels/into.hpp"         // brings: Into
#include "core/tensor.hpp"               // brings: View, MutableView

namespace costate::inline COSTATE_PRECISION {

// Which inputs' cotangents are wanted: a flag for each, as many as the operator has.
class Needs {
public:
    explicit Needs(std::span<const std::uint8_t> wanted) : wanted_(wanted) {}
    bool operator[](std::size_t input) const { return wanted_[input] != 0; }

private:
    std::span<const std::uint8_t> wanted_;
};
inline bool needs(Needs wanted, std::size_t input) { return wanted[input]; }

// A number among the attributes, compared by its bits: −0 is another number than 0, and a NaN is itself. (Two recordings
// are equal, and two operations the same, only if they would give the same bits.)
struct Number {
    double value = 0;
    Number() = default;
    Number(double number) : value(number) {}
    operator double() const { return value; }
    bool operator==(const Number& other) const { return std::memcmp(&value, &other.value, sizeof value) == 0; }
};

// The bytes of an operator's struct, as tapes and programs store them.
struct Attributes {
    alignas(8) std::array<std::byte, 40> bytes{};
};

// One row of the registry. Everything that a tape or a program does with an operation goes through its number.
struct Operator {
    const char* name;
    bool shape_only;    // reads its inputs' shapes, never their entries
    bool passive;       // derivatives end here: its results count as constants
    bool keeps_object;  // its evaluation leaves an object behind (autodiff/tape/evaluation.hpp)
    void (*eval)(const Attributes&, std::span<const View>, std::span<const MutableView>, const Evaluation&);
    void (*eval_sum)(const Attributes&, std::span<const View>, const MutableView&, Into,
                     const Real* weights);  // or null
    void (*jvp)(const Attributes&, std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                std::span<Var> d_out);
    void (*vjp)(const Attributes&, std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out, Needs,
                std::span<Var> g_in);
    Rows (*rows)(const Attributes&, std::span<RowOperand>, const Shape& out);
    bool (*equal)(const Attributes&, const Attributes&);                             // within one list of plans
    bool (*same)(const Attributes&, const Plans&, const Attributes&, const Plans&);  // in two
    Attributes (*moved)(const Attributes&, const Plans& from, Tape& onto);           // with the plans taken along
    double (*flops)(const Attributes&, std::span<const View>, const Shape& out);
};

// An error on behalf of the operation recorded at `where`, if its operands are finite and its results are not.
void require_finite(const Operator& op, std::span<const View> in, std::span<const MutableView> out, Where where);

std::uint32_t register_operator(const Operator& op);
const Operator& operator_of(std::uint32_t number);
std::uint32_t registered_operators();  // how many there are: their numbers are 0 ... n - 1

template <class Op>
Op attributes_as(const Attributes& attributes) {
    static_assert(std::is_trivially_copyable_v<Op> && sizeof(Op) <= sizeof(Attributes), "attributes are plain bytes");
    if constexpr (std::is_empty_v<Op>) {
        return Op{};
    } else {
        Op op{};
        std::memcpy(&op, attributes.bytes.data(), sizeof op);
        return op;
    }
}

template <class Op>
Attributes attributes_of(const Op& op) {
    Attributes attributes;
    if constexpr (!std::is_empty_v<Op>) std::memcpy(attributes.bytes.data(), &op, sizeof op);
    return attributes;
}

template <class Op>
concept GeneralOperator = requires {
    Op::general;
};

namespace detail {

template <class Op>
struct Arity;  // the number of inputs, read from the signature of shape(...)
template <class Op, class... S>
struct Arity<Shape (Op::*)(S...) const> {
    static constexpr std::size_t value = sizeof...(S) - 1;  // the last one is Where
};
template <class Op>
inline constexpr std::size_t arity = Arity<decltype(&Op::shape)>::value;

template <class Op, std::size_t... I>
Operator make_fixed(std::index_sequence<I...>) {
    Operator row{};
    row.eval = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out, const Evaluation&) {
        attributes_as<Op>(a).eval(in[I]..., out[0]);
    };
    if constexpr (requires { &Op::eval_sum; })
        row.eval_sum = [](const Attributes& a, std::span<const View> in, const MutableView& out, Into into,
                          const Real* weights) { attributes_as<Op>(a).eval_sum(in[I]..., out, into, weights); };
    row.jvp = [](const Attributes& a, std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                 std::span<Var> d_out) { d_out[0] = attributes_as<Op>(a).jvp(in[I]..., out[0], d_in[I]...); };
    row.vjp = [](const Attributes& a, std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out,
                 Needs wanted, std::span<Var> g_in) {
        if constexpr (sizeof...(I) == 1)
            g_in[0] = attributes_as<Op>(a).vjp(in[I]..., out[0], g_out[0], wanted);
        else {
            const std::array<Var, sizeof...(I)> g = attributes_as<Op>(a).vjp(in[I]..., out[0], g_out[0], wanted);
            for (std::size_t i = 0; i < g.size(); ++i) g_in[i] = g[i];
        }
    };
    return row;
}

template <class Op>
Operator make_general() {
    Operator row{};
    row.eval = [](const Attributes& a, std::span<const View> in, std::span<const MutableView> out,
                  const Evaluation& e) { attributes_as<Op>(a).eval(in, out, e); };
    row.jvp = [](const Attributes& a, std::span<const Var> in, std::span<const Var> out, std::span<const Var> d_in,
                 std::span<Var> d_out) { attributes_as<Op>(a).jvp(in, out, d_in, d_out); };
    row.vjp = [](const Attributes& a, std::span<const Var> in, std::span<const Var> out, std::span<const Var> g_out,
                 Needs wanted, std::span<Var> g_in) { attributes_as<Op>(a).vjp(in, out, g_out, wanted, g_in); };
    return row;
}

template <class Op>
Operator make_operator() {
    Operator row;
    if constexpr (GeneralOperator<Op>)
        row = make_general<Op>();
    else
        row = make_fixed<Op>(std::make_index_sequence<arity<Op>>());
    row.name = Op::name;
    row.shape_only = requires { Op::shape_only; };
    row.passive = requires { Op::passive; };
    row.keeps_object = requires { Op::keeps_object; };
    row.rows = [](const Attributes& a, std::span<RowOperand> in, const Shape& out) -> Rows {
        if constexpr (requires { &Op::rows; })
            return attributes_as<Op>(a).rows(in, out);
        else
            return static_cast<void>(a), static_cast<void>(in), static_cast<void>(out), Rows::coupled;
    };
    row.equal = [](const Attributes& a, const Attributes& b) { return attributes_as<Op>(a) == attributes_as<Op>(b); };
    row.same = [](const Attributes& a, const Plans& of_a, const Attributes& b, const Plans& of_b) {
        const Op x = attributes_as<Op>(a), y = attributes_as<Op>(b);
        if constexpr (requires { x.same(of_a, y, of_b); })
            return x.same(of_a, y, of_b);
        else
            return static_cast<void>(of_a), static_cast<void>(of_b), x == y;
    };
    row.moved = [](const Attributes& a, const Plans& from, Tape& onto) -> Attributes {
        if constexpr (requires { attributes_as<Op>(a).moved(from, onto); })
            return attributes_of(attributes_as<Op>(a).moved(from, onto));
        else
            return static_cast<void>(from), static_cast<void>(onto), a;
    };
    row.flops = [](const Attributes& a, std::span<const View> in, const Shape& out) -> double {
        if constexpr (requires { &Op::flops; })
            return attributes_as<Op>(a).flops(in, out);
        else
            return static_cast<void>(a), static_cast<void>(in), static_cast<double>(out.size());
    };
    return row;
}

}  // namespace detail

namespace detail {

// Every operator that the program's code mentions is registered before main, whether it is used or not, so that threads
// only ever read the registry. (A static object that records earlier registers its operators itself.)
template <class Op>
struct Registered {
    static std::uint32_t place;  // the number + 1, or 0: not yet registered
    static std::uint32_t number() {
        if (place == 0) place = register_operator(make_operator<Op>()) + 1;
        return place - 1;
    }
};
template <class Op>
std::uint32_t Registered<Op>::place = Registered<Op>::number() + 1;

}  // namespace detail

template <class Op>
std::uint32_t operator_number() {
    return detail::Registered<Op>::number();
}

}  // namespace costate
