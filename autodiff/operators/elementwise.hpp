// autodiff/operators/elementwise.hpp — operators that work entry by entry, with broadcasting
//   unary    y = f(x)       jvp  ẏ = f'(x) ẋ                   vjp  x̄ = f'(x) ȳ          f' written in Vars of x and y
//   add      c = a + b      jvp  ċ = ȧ + ḃ                     vjp  ā = c̄,  b̄ = c̄
//   mul      c = a b        jvp  ċ = ȧ b + a ḃ                 vjp  ā = c̄ b,  b̄ = a c̄
//   div      c = a / b      jvp  ċ = (ȧ − c ḃ) / b             vjp  ā = c̄ / b,  b̄ = −c c̄ / b
//   pow      c = a^b        jvp  ċ = b a^(b−1) ȧ + c ln a ḃ    vjp  the same factors times c̄
//   hypot    c = √(a² + b²) jvp  ċ = (a/c) ȧ + (b/c) ḃ         vjp  the same factors times c̄;   0 at the origin
//   atan2    c: the angle of the point (b, a), r = hypot(a, b)      ċ = (b/r²) ȧ − (a/r²) ḃ;     0 at the origin
//   where    y = c ? a : b  vjp  ā = c ? ȳ : 0,  b̄ = c ? 0 : ȳ   (the branch not taken gets 0, be it NaN): operators (5)
// That 0 then goes through the branch: where(greater(x, 0), log(x), 0) has 0 · 1/0 = nan for a derivative at 0. Keep the bad
// number out of the function as well: Var safe = where(greater(x, 0), x, 1);  where(greater(x, 0), log(safe), 0).
// A cotangent of an operand that was broadcast is summed over the repeated axes (sum_to, autodiff/operators/shaping.hpp).
// At a kink, operators (4): relu'(0) = 0, |x|' at 0 is 0, min and max of equals belong to the first.
// nan      An operand that is nan makes the result nan, of min, max and clamp as well. But: comparisons with it are 0; to
//          where it is a condition that is not 0; and by IEEE 754 pow(x, 0) = pow(1, x) = 1 and hypot(∞, x) = ∞ for every x.
// Comparisons give 1 or 0 and have no derivative: where(less(t, T), f, g) knows none by the switch time T. That takes a
// solve up to T, a Var among the times, and another from T on. Plain numbers become constants of the tape: replays bind
// them anew.
// source   Griewank & Walther, Evaluating Derivatives, 2nd ed., chapter 3 (forward and reverse mode)
#pragma once
#include "autodiff/tape/tape.hpp"  // brings: Tape, Var, record

namespace costate::inline COSTATE_PRECISION {

Var operator+(const Operand& a, const Operand& b);
Var operator-(const Operand& a, const Operand& b);
Var operator*(const Operand& a, const Operand& b);
Var operator/(const Operand& a, const Operand& b);
Var operator-(const Operand& x);
inline Var operator+(const Var& x) { return x; }
inline Var& operator+=(Var& a, const Operand& b) { return a = Operand(a, b.at()) + b; }
inline Var& operator-=(Var& a, const Operand& b) { return a = Operand(a, b.at()) - b; }
inline Var& operator*=(Var& a, const Operand& b) { return a = Operand(a, b.at()) * b; }
inline Var& operator/=(Var& a, const Operand& b) { return a = Operand(a, b.at()) / b; }

Var pow(const Operand& a, const Operand& b);
Var hypot(const Operand& a, const Operand& b);
Var atan2(const Operand& y, const Operand& x);
Var min(const Operand& a,
        const Operand& b);  // entry by entry; the largest of an axis: autodiff/operators/reductions.hpp
Var max(const Operand& a, const Operand& b);
// Without these two, std::min and std::max would be the better match for two Vars where both namespaces are used.
inline Var min(const Var& a, const Var& b, Where at = {}) { return min(Operand(a, at), Operand(b, at)); }
inline Var max(const Var& a, const Var& b, Where at = {}) { return max(Operand(a, at), Operand(b, at)); }
Var clamp(const Operand& x, Number low, Number high);  // outside [low, high] the derivative is 0; low > high: an error

Var exp(const Operand& x);
Var expm1(const Operand& x);
Var log(const Operand& x);
Var log1p(const Operand& x);
Var sqrt(const Operand& x);
Var safe_sqrt(const Operand& x);  // with derivatives 0 at 0, where those of sqrt are infinite
Var square(const Operand& x);
Var reciprocal(const Operand& x);
Var sin(const Operand& x);
Var cos(const Operand& x);
Var tan(const Operand& x);
Var atan(const Operand& x);
Var erf(const Operand& x);
Var tanh(const Operand& x);
Var sigmoid(const Operand& x);    // 1 / (1 + e^−x)
Var softplus(const Operand& x);   // ln(1 + e^x)
Var silu(const Operand& x);       // x sigmoid(x)
Var gelu(const Operand& x);       // x Φ(x), Φ(x) = (1 + erf(x/√2)) / 2: the normal distribution's share below x
Var gelu_tanh(const Operand& x);  // nearly that: x (1 + tanh(√(2/π) (x + .044715 x³))) / 2
Var relu(const Operand& x);
Var leaky_relu(const Operand& x, Number slope = 0.01);
Var elu(const Operand& x, Number alpha = 1.0);  // x ≥ 0: x;  x < 0: α (e^x − 1)
Var abs(const Operand& x);

Var less(const Operand& a, const Operand& b);  // 1 where a < b, else 0;  costate::less under using namespace std
Var less_equal(const Operand& a, const Operand& b);
Var equal(const Operand& a, const Operand& b);
inline Var greater(const Operand& a, const Operand& b) { return less(b, a); }
inline Var greater_equal(const Operand& a, const Operand& b) { return less_equal(b, a); }
Var where(const Operand& condition, const Operand& a, const Operand& b);  // a where the condition is not 0, else b

// What compilers print of a comparison that is written as one of numbers. A loop or a stop may ask for the number: x.item().
bool operator<(const Operand&, const Operand&) = delete;  // on the tape: where(less(a, b), x, y); a number: a.item()
bool operator>(const Operand&, const Operand&) = delete;  // on the tape: where(greater(a, b), x, y); a number: a.item()
bool operator<=(const Operand&, const Operand&) = delete;  // on the tape: less_equal(a, b); a number: a.item()
bool operator>=(const Operand&, const Operand&) = delete;  // on the tape: greater_equal(a, b); a number: a.item()
bool operator==(const Operand&, const Operand&) = delete;  // on the tape: where(equal(a, b), x, y); a number: a.item()

// x, of which no derivative is taken: to grad, vjp and jvp the result is a constant.
Var detach(const Operand& x);

// a x + b with a and b as attributes: for rules, whose numbers are part of the operator and not of the data.
Var affine(const Operand& x, Number scale, Number shift);
// The sum of several Vars of one shape in one operation; zero Vars drop out.
Var sum_of(std::span<const Var> terms, Where at = {});

}  // namespace costate
