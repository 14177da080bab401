// autodiff/operators/unary_rules.hpp — the table of scalar functions: name, value, derivative
// Each row is a function y = f(x) of one number with its derivative dy/dx written in the Vars x and y. What can be said
// with y (tanh' = 1 − y²) is: x is then not needed again. A function without a derivative row returns a zero Var.
// The elementary functions are core/elementary/elementary.hpp's.
#pragma once
#include "autodiff/operators/elementwise.hpp"  // brings: Var, affine
#include "core/elementary/elementary.hpp"      // brings: elementary::exp, ...
#include "core/kernels/map.hpp"                // brings: map

namespace costate::inline COSTATE_PRECISION {

// y = f(x), entry by entry, for one row of the table below.
template <class Rule>
struct Unary : Rule {
    bool operator==(const Unary&) const = default;

    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { this->apply(x, y); }
    Var jvp(Var x, Var y, Var dx) const { return dx * this->slope(x, y); }
    Var vjp(Var x, Var y, Var gy, Needs) const { return gy * this->slope(x, y); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

template <class Rule>
Var unary(const Operand& x, Rule rule = {}) {
    return record(Unary<Rule>{rule}, x);
}

inline constexpr double two_over_root_pi = 1.1283791670955126;      // 2/√π
inline constexpr double one_over_root_two_pi = 0.3989422804014327;  // 1/√(2π)
inline constexpr double root_half = 0.7071067811865476;             // √½

// One row: `f` is an expression in x, `slope_` one in the Vars x and y.
#define COSTATE_UNARY(Rule, name_, f, slope_)                                               \
    struct Rule {                                                                           \
        static constexpr const char* name = name_;                                          \
        bool operator==(const Rule&) const = default;                                       \
        static void apply(const View& in, const MutableView& out) {                         \
            map([](Real x) -> Real { return f; }, out, in);                                 \
        }                                                                                   \
        static Var slope([[maybe_unused]] Var x, [[maybe_unused]] Var y) { return slope_; } \
    };

COSTATE_UNARY(Sqrt, "sqrt", std::sqrt(x), affine(reciprocal(y), 0.5, 0))
COSTATE_UNARY(Square, "square", x* x, affine(x, 2, 0))
COSTATE_UNARY(Reciprocal, "reciprocal", 1 / x, -square(y))
COSTATE_UNARY(ReciprocalOrZero, "reciprocal_or_zero", x == 0 ? Real(0) : 1 / x, -square(y))
COSTATE_UNARY(SafeSqrt, "safe_sqrt", std::sqrt(x), affine(unary<ReciprocalOrZero>(y), 0.5, 0))
COSTATE_UNARY(Exp, "exp", elementary::exp(x), y)
COSTATE_UNARY(Expm1, "expm1", elementary::expm1(x), affine(y, 1, 1))
COSTATE_UNARY(Log, "log", elementary::log(x), reciprocal(x))
COSTATE_UNARY(Log1p, "log1p", elementary::log1p(x), reciprocal(affine(x, 1, 1)))

COSTATE_UNARY(Atan, "atan", elementary::atan(x), reciprocal(affine(square(x), 1, 1)))
COSTATE_UNARY(Erf, "erf", elementary::erf(x), affine(exp(-square(x)), two_over_root_pi, 0))
COSTATE_UNARY(NormalShare, "normal_share", Real(0.5) * (1 + elementary::erf(x * static_cast<Real>(root_half))),
              affine(exp(affine(square(x), -0.5, 0)), one_over_root_two_pi, 0))

COSTATE_UNARY(OneMinusSquare, "one_minus_square", 1 - x * x, affine(x, -2, 0))
COSTATE_UNARY(Tanh, "tanh", elementary::tanh(x), unary<OneMinusSquare>(y))
COSTATE_UNARY(LogisticSlope, "logistic_slope", x*(1 - x), affine(x, -2, 1))
COSTATE_UNARY(Sigmoid, "sigmoid", elementary::sigmoid(x), unary<LogisticSlope>(y))
COSTATE_UNARY(Softplus, "softplus", elementary::softplus(x), sigmoid(x))

COSTATE_UNARY(Step, "step", x > 0 ? Real(1) : Real(0), Var{})
COSTATE_UNARY(Relu, "relu", x > 0 || x != x ? x : Real(0), unary<Step>(x))
COSTATE_UNARY(Sign, "sign", x > 0 ? Real(1) : (x < 0 ? Real(-1) : Real(0)), Var{})
// sin, cos and tan of large arguments are patched after the loop, so they work on whole spans.
struct Sin {
    static constexpr const char* name = "sin";
    bool operator==(const Sin&) const = default;
    static void apply(const View& x, const MutableView& y) { elementary::sin(x.data, y.data, x.size()); }
    static Var slope(Var x, Var) { return cos(x); }
};
struct Cos {
    static constexpr const char* name = "cos";
    bool operator==(const Cos&) const = default;
    static void apply(const View& x, const MutableView& y) { elementary::cos(x.data, y.data, x.size()); }
    static Var slope(Var x, Var) { return -sin(x); }
};
struct Tan {
    static constexpr const char* name = "tan";
    bool operator==(const Tan&) const = default;
    static void apply(const View& x, const MutableView& y) { elementary::tan(x.data, y.data, x.size()); }
    static Var slope(Var, Var y) { return affine(square(y), 1, 1); }
};
struct LeakyRelu {
    Number leak;
    static constexpr const char* name = "leaky_relu";
    bool operator==(const LeakyRelu&) const = default;
    void apply(const View& in, const MutableView& out) const {
        map([a = static_cast<Real>(leak)](Real x) { return x > 0 ? x : a * x; }, out, in);
    }
    Var slope(Var x, Var) const { return affine(unary<Step>(x), 1 - leak, leak); }
};
struct Elu {
    Number alpha;
    static constexpr const char* name = "elu";
    bool operator==(const Elu&) const = default;
    void apply(const View& in, const MutableView& out) const {
        map([a = static_cast<Real>(alpha)](Real x) { return x > 0 ? x : a * elementary::expm1(x); }, out, in);
    }
    Var slope(Var x, Var y) const {
        const Var one = unary<Step>(x);
        return where(one, one, affine(y, 1, alpha));
    }
};
struct Clamp {
    Number low, high;
    static constexpr const char* name = "clamp";
    bool operator==(const Clamp&) const = default;
    void apply(const View& in, const MutableView& out) const {
        const Real a = static_cast<Real>(low), b = static_cast<Real>(high);
        map([a, b](Real x) { return x < a ? a : (x > b ? b : x); }, out, in);
    }
    Var slope(Var x, Var y) const { return equal(x, y); }  // 1 where the value passed unchanged, its ends included
};

COSTATE_UNARY(Abs, "abs", std::abs(x), unary<Sign>(x))

#undef COSTATE_UNARY

}  // namespace costate
