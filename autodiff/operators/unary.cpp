// autodiff/operators/unary.cpp — the table of scalar functions: name, value, derivative (declared in elementwise.hpp)
// Each row is a function y = f(x) of one number with its derivative dy/dx written in the Vars x and y. What can be said
// with y (tanh' = 1 − y²) is: x is then not needed again. A function without a derivative has a zero Var for it.
#include <cmath>

#include "autodiff/operators/binary.hpp"  // brings: Binary
#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/mapped.hpp"  // brings: map, bind_line
#include "core/elementary/exp.hpp"        // brings: elementary::expm1
#include "core/kernels/spans.hpp"         // brings: spans::exp, ...

namespace costate::inline COSTATE_PRECISION {

namespace {

// y = f(x), entry by entry, for one row of the table below.
template <class Rule>
struct Unary : Rule {
    static constexpr std::uint32_t number = number_of(Rule::name);
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Unary&) const = default;

    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { this->apply(x.data, y.data, x.size()); }
    bool bind(const View& x, const MutableView&, Kernel& kernel) const { return bind_line<Unary>(x, kernel); }
    void print(CCode& c) const { c.map(c.in_c(this->in_c(), {{"v", "x"}})); }
    Var jvp(Var x, Var y, Var dx) const { return dx * this->slope(x, y); }
    Var vjp(Var x, Var y, Var gy, Needs) const { return gy * this->slope(x, y); }
};

template <class Rule>
Var unary(const Operand& x, Rule rule = {}) {
    return record(Unary<Rule>{rule}, x);
}

constexpr Number two_over_root_pi = 1.1283791670955126;      // 2/√π
constexpr Number one_over_root_two_pi = 0.3989422804014327;  // 1/√(2π)

}  // namespace

// One rule: `apply_` fills y from x, `count` numbers each; `f` says it as an expression in the number v, `slope_` its
// derivative as one in the Vars x and y; then other members.
#define COSTATE_SPAN_RULE(Rule, name_, apply_, f, slope_, ...)                              \
    namespace {                                                                             \
    struct Rule {                                                                           \
        static constexpr const char* name = name_;                                          \
        bool operator==(const Rule&) const = default;                                       \
        __VA_ARGS__                                                                         \
        static void apply(const Real* x, Real* y, Index count) { apply_; }                  \
        static std::string_view in_c() { return f; }                                        \
        static Var slope([[maybe_unused]] Var x, [[maybe_unused]] Var y) { return slope_; } \
    };                                                                                      \
    }                                                                                       \
    COSTATE_EVALUATOR(Unary<Rule>)
// The same with `f`, an expression in the number v; and one with a function for users.
#define COSTATE_RULE(Rule, name_, f, slope_)                                                \
    COSTATE_SPAN_RULE(                                                                      \
        Rule, name_, map([](Real v) -> Real { return value(v); }, y, x, count), #f, slope_, \
        static Real value(Real v) { return f; })
// A slope that programs multiply at once: `times` is the operator that does.
#define COSTATE_SLOPE(Rule, name_, f, slope_)                                               \
    COSTATE_SPAN_RULE(                                                                      \
        Rule, name_, map([](Real v) -> Real { return value(v); }, y, x, count), #f, slope_, \
        static Real value(Real v) { return f; } static std::uint32_t times();               \
        static constexpr const char* times_name = "times_" name_;)
#define COSTATE_FUNCTION(Rule, function, f, slope_) \
    COSTATE_RULE(Rule, #function, f, slope_)        \
    Var function(const Operand& x) { return unary<Rule>(x); }

// An elementary function, whose loop is in core/kernels/spans.cpp.
#define COSTATE_SPANS(Rule, function, slope_)                                                                \
    COSTATE_SPAN_RULE(Rule, #function, spans::function(x, y, count), "elementary::" #function "(v)", slope_) \
    Var function(const Operand& x) { return unary<Rule>(x); }

// clang-format off
COSTATE_FUNCTION(Square, square, v * v, affine(x, 2, 0))
COSTATE_FUNCTION(Reciprocal, reciprocal, 1 / v, -square(y))
COSTATE_FUNCTION(Sqrt, sqrt, std::sqrt(v), affine(reciprocal(y), 0.5, 0))
COSTATE_RULE(ReciprocalOrZero, "reciprocal_or_zero", v == 0 ? Real(0) : 1 / v, -square(y))
COSTATE_FUNCTION(SafeSqrt, safe_sqrt, std::sqrt(v), affine(unary<ReciprocalOrZero>(y), 0.5, 0))
COSTATE_SPANS(Exp, exp, y)
COSTATE_SPANS(Expm1, expm1, affine(y, 1, 1))
COSTATE_SPANS(Log, log, reciprocal(x))
COSTATE_SPANS(Log1p, log1p, reciprocal(affine(x, 1, 1)))
COSTATE_SPANS(Atan, atan, reciprocal(affine(square(x), 1, 1)))
COSTATE_SPANS(Erf, erf, affine(exp(-square(x)), two_over_root_pi, 0))
COSTATE_SPAN_RULE(NormalShare, "normal_share", spans::normal_share(x, y, count),
                  "Real(0.5) * (1 + elementary::erf(v * Real(0.7071067811865476)))",
                  affine(exp(affine(square(x), -0.5, 0)), one_over_root_two_pi, 0))
COSTATE_SLOPE(OneMinusSquare, "one_minus_square", 1 - v * v, affine(x, -2, 0))
COSTATE_SPANS(Tanh, tanh, unary<OneMinusSquare>(y))
COSTATE_SLOPE(LogisticSlope, "logistic_slope", v * (1 - v), affine(x, -2, 1))
COSTATE_SPANS(Sigmoid, sigmoid, unary<LogisticSlope>(y))
COSTATE_SPANS(Softplus, softplus, sigmoid(x))
COSTATE_SLOPE(Step, "step", v > 0 ? Real(1) : Real(0), Var{})
COSTATE_FUNCTION(Relu, relu, v > 0 || v != v ? v : Real(0), unary<Step>(y))
COSTATE_RULE(Sign, "sign", v > 0 ? Real(1) : (v < 0 ? Real(-1) : Real(0)), Var{})
COSTATE_FUNCTION(Abs, abs, std::abs(v), unary<Sign>(x))
COSTATE_SPANS(Sin, sin, cos(x))
COSTATE_SPANS(Cos, cos, -sin(x))
COSTATE_SPANS(Tan, tan, affine(square(y), 1, 1))
// clang-format on

#undef COSTATE_SPANS
#undef COSTATE_FUNCTION
#undef COSTATE_SLOPE
#undef COSTATE_RULE
#undef COSTATE_SPAN_RULE

namespace {

struct LeakyRelu {
    ExactNumber leak;
    static constexpr const char* name = "leaky_relu";
    bool operator==(const LeakyRelu&) const = default;
    void apply(const Real* in, Real* out, Index count) const {
        map([a = static_cast<Real>(leak)](Real x) { return x > 0 ? x : a * x; }, out, in, count);
    }
    std::string in_c() const { return "v > 0 ? v : " + CCode::number(leak) + " * v"; }
    Var slope(Var x, Var) const { return affine(unary<Step>(x), 1 - leak, leak); }
};
struct Elu {
    ExactNumber alpha;
    static constexpr const char* name = "elu";
    bool operator==(const Elu&) const = default;
    void apply(const Real* in, Real* out, Index count) const {
        map([a = static_cast<Real>(alpha)](Real x) { return x > 0 ? x : a * elementary::expm1(x); }, out, in, count);
    }
    std::string in_c() const { return "v > 0 ? v : " + CCode::number(alpha) + " * elementary::expm1(v)"; }
    Var slope(Var x, Var y) const {
        const Var one = unary<Step>(x);
        return where(one, one, affine(y, 1, alpha));
    }
};
struct Clamp {
    ExactNumber low, high;
    static constexpr const char* name = "clamp";
    bool operator==(const Clamp&) const = default;
    void apply(const Real* in, Real* out, Index count) const {
        const Real a = static_cast<Real>(low), b = static_cast<Real>(high);
        map([a, b](Real x) { return x < a ? a : (x > b ? b : x); }, out, in, count);
    }
    std::string in_c() const {
        const std::string a = CCode::number(low), b = CCode::number(high);
        return "v < " + a + " ? " + a + " : (v > " + b + " ? " + b + " : v)";
    }
    Var slope(Var x, Var y) const { return equal(x, y); }  // 1 where the value passed unchanged, its ends included
};

}  // namespace

COSTATE_EVALUATOR(Unary<LeakyRelu>)
COSTATE_EVALUATOR(Unary<Elu>)
COSTATE_EVALUATOR(Unary<Clamp>)

Var leaky_relu(const Operand& x, Number slope) { return unary<LeakyRelu>(x, {slope}); }
Var elu(const Operand& x, Number alpha) { return unary<Elu>(x, {alpha}); }
Var clamp(const Operand& x, Number low, Number high) {
    if (!(low <= high))
        fail(x.at(), {.what = "clamp: the limits are in the wrong order",
                      .got = text("low ", low, ", high ", high),
                      .expected = "low <= high, neither of them NaN"});
    return unary<Clamp>(x, {low, high});
}

namespace {

// What programs make of a slope that is multiplied at once: y = s(x) g
template <class Slope>
struct SlopeRule {
    static constexpr const char *name = "times_slope", *called = name, *listed = Slope::times_name;
    static constexpr bool compiled = true;
    bool operator==(const SlopeRule&) const = default;
    static Real value(Real x, Real g) { return Slope::value(x) * g; }
    static std::string in_c() { return spelled("(", Slope::in_c(), ") * y"); }
    Number flops(std::span<const View>, const Shape& y) const { return 2.0 * static_cast<Number>(y.size()); }
};
std::uint32_t Step::times() { return operator_number<Binary<SlopeRule<Step>>>(); }
std::uint32_t OneMinusSquare::times() { return operator_number<Binary<SlopeRule<OneMinusSquare>>>(); }
std::uint32_t LogisticSlope::times() { return operator_number<Binary<SlopeRule<LogisticSlope>>>(); }

}  // namespace

COSTATE_EVALUATOR(Binary<SlopeRule<Step>>)
COSTATE_EVALUATOR(Binary<SlopeRule<OneMinusSquare>>)
COSTATE_EVALUATOR(Binary<SlopeRule<LogisticSlope>>)

Var silu(const Operand& x) { return x * Operand(sigmoid(x), x.at()); }
Var gelu(const Operand& x) { return x * Operand(unary<NormalShare>(x), x.at()); }
Var gelu_tanh(const Operand& x) {
    constexpr Number root_two_over_pi = 0.7978845608028654;  // √(2/π)
    const CalledFrom caller(x.at());
    const Var near = clamp(x, -16, 16);  // from there on tanh is ±1 to the last bit; x³ need not overflow
    const Var inner = near * affine(square(near), 0.044715 * root_two_over_pi, root_two_over_pi);
    return x * affine(tanh(inner), 0.5, 0.5);
}

}  // namespace costate
