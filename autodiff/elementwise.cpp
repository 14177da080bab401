#include "autodiff/elementwise.hpp"

#include <cmath>

#include "autodiff/shaping.hpp"      // brings: sum_to, broadcast_to
#include "autodiff/unary_rules.hpp"  // brings: Unary and its table

namespace costate {
inline namespace COSTATE_PRECISION {

namespace {

Var like(Var g, Var x) { return sum_to(g, x.shape()); }          // a cotangent in the shape of its operand
Var spread(Var d, Var y) { return broadcast_to(d, y.shape()); }  // a tangent in the shape of the result

// What all operators of two broadcast operands share.
struct Binary {
    static Shape joined(const char* what, const Shape& a, const Shape& b, Where at) {
        return broadcast_shapes(what, a, b, at);
    }
    Rows rows(std::span<RowOperand> in, const Shape& c) const { return elementwise_rows(in, c); }
    bool operator==(const Binary&) const = default;
};

struct Add : Binary {
    static constexpr const char* name = "add";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return x + y; }, c, a, b);
    }
    Var jvp(Var, Var, Var c, Var da, Var db) const { return spread(da, c) + spread(db, c); }
    std::array<Var, 2> vjp(Var a, Var b, Var, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(gc, a) : Var{}, needs(wanted, 1) ? like(gc, b) : Var{}};
    }
};

struct Sub : Binary {
    static constexpr const char* name = "sub";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return x - y; }, c, a, b);
    }
    Var jvp(Var, Var, Var c, Var da, Var db) const { return spread(da, c) - spread(db, c); }
    std::array<Var, 2> vjp(Var a, Var b, Var, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(gc, a) : Var{}, needs(wanted, 1) ? -like(gc, b) : Var{}};
    }
};

struct Mul : Binary {
    static constexpr const char* name = "mul";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return x * y; }, c, a, b);
    }
    Var jvp(Var a, Var b, Var, Var da, Var db) const { return da * b + a * db; }
    std::array<Var, 2> vjp(Var a, Var b, Var, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(gc * b, a) : Var{}, needs(wanted, 1) ? like(a * gc, b) : Var{}};
    }
};

struct Div : Binary {
    static constexpr const char* name = "div";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return x / y; }, c, a, b);
    }
    Var jvp(Var, Var b, Var c, Var da, Var db) const { return (da - c * db) / b; }
    std::array<Var, 2> vjp(Var a, Var b, Var c, Var gc, Needs wanted) const {
        const Var ga = gc / b;
        return {needs(wanted, 0) ? like(ga, a) : Var{}, needs(wanted, 1) ? like(-(c * ga), b) : Var{}};
    }
};

struct Pow : Binary {
    static constexpr const char* name = "pow";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return elementary::pow(x, y); }, c, a, b);
    }
    // b a^(b−1); 0 where a = b = 0, so that a polynomial's higher derivatives end in 0 at 0 and not in 0 · ∞
    static Var slope_a(Var a, Var b) {
        const Var both_zero = equal(a, affine(a, 0, 0)) * equal(b, affine(b, 0, 0));
        return b * pow(where(both_zero, both_zero, a), affine(b, 1, -1));  // 1 in place of such a 0
    }
    // c ln a; at a = 0 the limit 0 for b > 0
    static Var slope_b(Var a, Var c) {
        const Var zero = equal(a, affine(a, 0, 0));
        return c * log(where(zero, zero, a));
    }
    Var jvp(Var a, Var b, Var c, Var da, Var db) const {
        return (da.is_zero() ? da : slope_a(a, b) * da) + (db.is_zero() ? db : slope_b(a, c) * db);
    }
    std::array<Var, 2> vjp(Var a, Var b, Var c, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(gc * slope_a(a, b), a) : Var{},
                needs(wanted, 1) ? like(gc * slope_b(a, c), b) : Var{}};
    }
};

// Comparisons: 1 or 0, constant almost everywhere.
template <class Rule>
struct Comparison : Binary {
    static constexpr const char* name = Rule::name;
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return Rule::holds(x, y) ? Real(1) : Real(0); }, c, a, b);
    }
    Var jvp(Var, Var, Var, Var, Var) const { return {}; }
    std::array<Var, 2> vjp(Var, Var, Var, Var, Needs) const { return {}; }
};
struct Less {
    static constexpr const char* name = "less";
    static bool holds(Real x, Real y) { return x < y; }
};
struct LessEqual {
    static constexpr const char* name = "less_equal";
    static bool holds(Real x, Real y) { return x <= y; }
};
struct Equal {
    static constexpr const char* name = "equal";
    static bool holds(Real x, Real y) { return x == y; }
};
// Is it a that max (or min) takes? Of equals, yes; and a nan is taken whoever holds it, as any comparison with it is 0.
struct FirstIsMax {
    static constexpr const char* name = "first_is_max";
    static bool holds(Real x, Real y) { return (x >= y) | (x != x); }
};
struct FirstIsMin {
    static constexpr const char* name = "first_is_min";
    static bool holds(Real x, Real y) { return (x <= y) | (x != x); }
};

// y = c ? x : 0 (keep) or c ? 0 : x: the halves of a where, and its transpose.
struct Mask : Binary {
    bool keep = true;
    static constexpr const char* name = "mask";
    bool operator==(const Mask&) const = default;
    Shape shape(const Shape& c, const Shape& x, Where at) const { return joined(name, c, x, at); }
    void eval(const View& c, const View& x, const MutableView& y) const {
        map([k = keep](Real condition, Real v) { return (condition != 0) == k ? v : Real(0); }, y, c, x);
    }
    Var jvp(Var c, Var, Var, Var, Var dx) const { return dx.is_zero() ? dx : record(*this, c, dx); }
    std::array<Var, 2> vjp(Var c, Var x, Var, Var gy, Needs wanted) const {
        return {Var{}, needs(wanted, 1) ? like(record(*this, c, gy), x) : Var{}};
    }
};

Var masked(Var condition, Var x, bool keep) { return x.is_zero() ? x : record(Mask{{}, keep}, condition, x); }

struct Select {  // where(c, a, b)
    static constexpr const char* name = "where";
    bool operator==(const Select&) const = default;
    Shape shape(const Shape& c, const Shape& a, const Shape& b, Where at) const {
        return broadcast_shapes(name, c, broadcast_shapes(name, a, b, at), at);
    }
    void eval(const View& c, const View& a, const View& b, const MutableView& y) const {
        map([](Real condition, Real u, Real v) { return condition != 0 ? u : v; }, y, c, a, b);
    }
    Var jvp(Var c, Var, Var, Var y, Var, Var da, Var db) const {
        return spread(masked(c, da, true), y) + spread(masked(c, db, false), y);
    }
    std::array<Var, 3> vjp(Var c, Var a, Var b, Var, Var gy, Needs wanted) const {
        return {Var{}, needs(wanted, 1) ? like(masked(c, gy, true), a) : Var{},
                needs(wanted, 2) ? like(masked(c, gy, false), b) : Var{}};
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

// y = a x + b with numbers that belong to the operator. Its derivative is an affine map of the tangent. Without a shift
// the sign of a zero is that of a x: what is added is then −0, for 0 + −0 is 0, and −x at 0 would be 0.
struct Affine {
    Number scale = 1, shift = 0;
    static constexpr const char* name = "affine";
    bool operator==(const Affine&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        const Real a = static_cast<Real>(scale), b = shift.value == 0 ? -Real(0) : static_cast<Real>(shift);
        map([a, b](Real v) { return a * v + b; }, y, x);
    }
    Var jvp(Var, Var, Var dx) const { return affine(dx, scale, 0); }
    Var vjp(Var, Var, Var gy, Needs) const { return affine(gy, scale, 0); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

struct SumOf {  // y = x₀ + x₁ + ..., in order
    static constexpr const char* name = "sum_of";
    static constexpr bool general = true;
    bool operator==(const SumOf&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        map([](Real a, Real b) { return a + b; }, out[0], in[0], in[1]);
        for (std::size_t i = 2; i < in.size(); ++i) map([](Real a, Real b) { return a + b; }, out[0], out[0], in[i]);
    }
    void jvp(std::span<const Var>, std::span<const Var>, std::span<const Var> d_in, std::span<Var> d_out) const {
        d_out[0] = sum_of(d_in);
    }
    void vjp(std::span<const Var>, std::span<const Var>, std::span<const Var> g_out, Needs, std::span<Var> g_in) const {
        for (Var& g : g_in) g = g_out[0];
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

template <class Number>  // a zero Var has no tape for it to stand on: an error
Var lift(const Var& beside, const Number& number) {
    return innermost_tape(std::span(&beside, 1), "a number beside a zero Var").constant(number);
}

}  // namespace

Var operator+(Var a, Var b) { return a.is_zero() ? b : b.is_zero() ? a : record(Add{}, a, b); }
Var operator-(Var a, Var b) { return a.is_zero() ? -b : b.is_zero() ? a : record(Sub{}, a, b); }
// A factor that was broadcast multiplies just as well before the broadcast: tangents that all rows share stay one row.
Var operator*(Var a, Var b) {
    if (a.is_zero() || b.is_zero()) return {};
    if (&a.tape() == &b.tape()) {
        if (can_broadcast(without_broadcast(a).shape(), b.shape()) && a.shape() == b.shape()) a = without_broadcast(a);
        if (can_broadcast(without_broadcast(b).shape(), a.shape()) && a.shape() == b.shape()) b = without_broadcast(b);
    }
    return record(Mul{}, a, b);
}
Var operator/(Var a, Var b) { return a.is_zero() ? Var{} : record(Div{}, a, b); }
Var operator-(Var x) { return affine(x, -1, 0); }

// A zero Var absorbs a factor or a divisor, and nothing else.
#define COSTATE_WITH_NUMBERS(op, Number)                                                                               \
    Var operator op(Var a, Number b) { return (#op[0] == '*' || #op[0] == '/') && a.is_zero() ? a : a op lift(a, b); } \
    Var operator op(Number a, Var b) { return #op[0] == '*' && b.is_zero() ? b : lift(b, a) op b; }
COSTATE_WITH_NUMBERS(+, double)
COSTATE_WITH_NUMBERS(-, double)
COSTATE_WITH_NUMBERS(*, double)
COSTATE_WITH_NUMBERS(/, double)
COSTATE_WITH_NUMBERS(+, const Tensor&)
COSTATE_WITH_NUMBERS(-, const Tensor&)
COSTATE_WITH_NUMBERS(*, const Tensor&)
COSTATE_WITH_NUMBERS(/, const Tensor&)
#undef COSTATE_WITH_NUMBERS

Var pow(Var a, Var b) { return record(Pow{}, a, b); }
Var pow(Var a, double b) { return record(Pow{}, a, lift(a, b)); }
Var min(Var a, Var b) { return where(record(Comparison<FirstIsMin>{}, a, b), a, b); }
Var max(Var a, Var b) { return where(record(Comparison<FirstIsMax>{}, a, b), a, b); }
Var clamp(Var x, double low, double high, Where at) {
    if (!(low <= high))
        fail({.what = "clamp: the limits are in the wrong order",
              .got = "low " + number_text(low) + ", high " + number_text(high),
              .expected = "low <= high, neither of them NaN"},
             at);
    return unary<Clamp>(x, {low, high});
}

Var affine(Var x, double s, double shift) { return x.is_zero() && shift == 0 ? x : record(Affine{s, shift}, x); }
Var exp(Var x) { return unary<Exp>(x); }
Var expm1(Var x) { return unary<Expm1>(x); }
Var log(Var x) { return unary<Log>(x); }
Var log1p(Var x) { return unary<Log1p>(x); }
Var sqrt(Var x) { return unary<Sqrt>(x); }
Var square(Var x) { return unary<Square>(x); }
Var reciprocal(Var x) { return unary<Reciprocal>(x); }
Var sin(Var x) { return unary<Sin>(x); }
Var cos(Var x) { return unary<Cos>(x); }
Var tanh(Var x) { return unary<Tanh>(x); }
Var sigmoid(Var x) { return unary<Sigmoid>(x); }
Var softplus(Var x) { return unary<Softplus>(x); }
Var silu(Var x) { return x * sigmoid(x); }
Var relu(Var x) { return unary<Relu>(x); }
Var leaky_relu(Var x, double slope) { return unary<LeakyRelu>(x, {slope}); }
Var elu(Var x, double alpha) { return unary<Elu>(x, {alpha}); }
Var abs(Var x) { return unary<Abs>(x); }

Var less(Var a, Var b) { return record(Comparison<Less>{}, a, b); }
Var less_equal(Var a, Var b) { return record(Comparison<LessEqual>{}, a, b); }
Var equal(Var a, Var b) { return record(Comparison<Equal>{}, a, b); }
Var less(Var a, double b) { return less(a, lift(a, b)); }
Var greater(Var a, double b) { return less(lift(a, b), a); }
Var where(Var condition, Var a, Var b) { return record(Select{}, condition, a, b); }

Var sum_of(std::span<const Var> terms, Where at) {
    std::size_t count = 0;
    Var first;
    for (const Var& t : terms)
        if (!t.is_zero() && count++ == 0) first = t;
    if (count < 2) return first;
    Tape& tape = innermost_tape(terms, SumOf::name, at);
    const std::span<Var> present = tape.list(count);
    std::size_t n = 0;
    const Shape shape = first.shape();
    for (const Var& t : terms) {
        if (t.is_zero()) continue;
        if (t.shape() != shape)
            fail({.what = "sum_of: the shapes differ",
                  .got = to_text(shape) + " and " + to_text(t.shape()),
                  .expected = "terms of one shape",
                  .fix = "a + b broadcasts"},
                 at);
        present[n++] = t;
    }
    return record_general(tape, SumOf{}, present, std::span(&shape, 1))[0];
}

}  // namespace COSTATE_PRECISION
}  // namespace costate
