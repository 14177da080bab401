#include "autodiff/operators/elementwise.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/operators/binary.hpp"       // brings: Binary, like, spread
#include "autodiff/operators/shaping.hpp"      // brings: without_broadcast
#include "autodiff/operators/unary_rules.hpp"  // brings: Unary and its table

namespace costate::inline COSTATE_PRECISION {

namespace {

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

struct Detach {
    static constexpr const char* name = "detach";
    static constexpr bool passive = true;
    bool operator==(const Detach&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
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

}  // namespace

Var operator+(const Operand& a, const Operand& b) {
    if (a.is_zero() && b.is_var()) return b.var();
    if (b.is_zero() && a.is_var()) return a.var();
    return record(Add{}, a, b);
}
Var operator-(const Operand& a, const Operand& b) {
    if (a.is_zero() && b.is_var()) return -b;
    if (b.is_zero() && a.is_var()) return a.var();
    return record(Sub{}, a, b);
}
// A factor that was broadcast multiplies just as well before the broadcast: tangents that all rows share stay one row.
Var operator*(const Operand& a, const Operand& b) {
    if (a.is_zero() || b.is_zero()) return {};
    if (!a.is_var() || !b.is_var() || &a.var().tape() != &b.var().tape()) return record(Mul{}, a, b);
    Var x = a.var(), y = b.var();
    if (x.shape(a.at()) == y.shape(b.at())) {
        if (can_broadcast(without_broadcast(x).shape(), y.shape())) x = without_broadcast(x);
        if (x.shape() == y.shape() && can_broadcast(without_broadcast(y).shape(), x.shape())) y = without_broadcast(y);
    }
    return record(Mul{}, Operand(x, a.at()), Operand(y, b.at()));
}
Var operator/(const Operand& a, const Operand& b) { return a.is_zero() ? Var{} : record(Div{}, a, b); }
Var operator-(const Operand& x) {
    require_var(x, "operator-");
    return affine(x, -1, 0);
}

Var pow(const Operand& a, const Operand& b) { return record(Pow{}, a, b); }
Var clamp(const Operand& x, double low, double high) {
    if (!(low <= high))
        fail(x.at(), {.what = "clamp: the limits are in the wrong order",
                      .got = "low " + number_text(low) + ", high " + number_text(high),
                      .expected = "low <= high, neither of them NaN"});
    return unary<Clamp>(x, {low, high});
}

Var affine(const Operand& x, double s, double shift) {
    return x.is_zero() && shift == 0 ? x.var() : record(Affine{s, shift}, x);
}
Var exp(const Operand& x) { return unary<Exp>(x); }
Var expm1(const Operand& x) { return unary<Expm1>(x); }
Var log(const Operand& x) { return unary<Log>(x); }
Var log1p(const Operand& x) { return unary<Log1p>(x); }
Var sqrt(const Operand& x) { return unary<Sqrt>(x); }
Var square(const Operand& x) { return unary<Square>(x); }
Var reciprocal(const Operand& x) { return unary<Reciprocal>(x); }
Var safe_sqrt(const Operand& x) { return unary<SafeSqrt>(x); }
Var sin(const Operand& x) { return unary<Sin>(x); }
Var cos(const Operand& x) { return unary<Cos>(x); }
Var tan(const Operand& x) { return unary<Tan>(x); }
Var atan(const Operand& x) { return unary<Atan>(x); }
Var erf(const Operand& x) { return unary<Erf>(x); }
Var tanh(const Operand& x) { return unary<Tanh>(x); }
Var sigmoid(const Operand& x) { return unary<Sigmoid>(x); }
Var softplus(const Operand& x) { return unary<Softplus>(x); }
Var silu(const Operand& x) { return x * Operand(sigmoid(x), x.at()); }
Var gelu(const Operand& x) { return x * Operand(unary<NormalShare>(x), x.at()); }
Var gelu_tanh(const Operand& x) {
    constexpr double root_two_over_pi = 0.7978845608028654;  // √(2/π)
    const CalledFrom caller(x.at());
    const Var inner = x * affine(square(x), 0.044715 * root_two_over_pi, root_two_over_pi);
    return x * affine(tanh(inner), 0.5, 0.5);
}
Var relu(const Operand& x) { return unary<Relu>(x); }
Var leaky_relu(const Operand& x, double slope) { return unary<LeakyRelu>(x, {slope}); }
Var elu(const Operand& x, double alpha) { return unary<Elu>(x, {alpha}); }
Var abs(const Operand& x) { return unary<Abs>(x); }
Var detach(const Operand& x) { return x.is_zero() ? x.var() : record(Detach{}, x); }

Var sum_of(std::span<const Var> terms, Where at) {
    std::size_t count = 0;
    Var first;
    for (const Var& t : terms)
        if (!t.is_zero() && count++ == 0) first = t;
    if (count < 2) return first;
    Tape& tape = innermost_tape(terms, SumOf::name, at);
    const std::span<Var> present = tape.list(count);
    std::size_t n = 0;
    const Shape shape = first.shape(at);
    for (const Var& t : terms) {
        if (t.is_zero()) continue;
        if (t.shape(at) != shape)
            fail(at, {.what = "sum_of: the shapes differ",
                      .got = to_text(shape) + " and " + to_text(t.shape()),
                      .expected = "terms of one shape",
                      .fix = "a + b broadcasts"});
        present[n++] = t;
    }
    return record_general(tape, SumOf{}, present, std::span(&shape, 1), at)[0];
}

}  // namespace costate
