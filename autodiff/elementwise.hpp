// autodiff/elementwise.hpp — operators that work entry by entry, with broadcasting
//   unary    y = f(x)       jvp  ẏ = f'(x) ẋ                   vjp  x̄ = f'(x) ȳ          f' written in Vars of x and y
//   add      c = a + b      jvp  ċ = ȧ + ḃ                     vjp  ā = c̄,  b̄ = c̄
//   mul      c = a b        jvp  ċ = ȧ b + a ḃ                 vjp  ā = c̄ b,  b̄ = a c̄
//   div      c = a / b      jvp  ċ = (ȧ − c ḃ) / b             vjp  ā = c̄ / b,  b̄ = −c c̄ / b
//   pow      c = a^b        jvp  ċ = b a^(b−1) ȧ + c ln a ḃ    vjp  the same factors times c̄
//   where    y = c ? a : b  vjp  ā = c ? ȳ : 0,  b̄ = c ? 0 : ȳ   (the branch not taken gets 0, be it NaN or not)
// That 0 then goes through the branch: where(x > 0, log(x), 0) has 0 · 1/0 = nan for a derivative at 0. Keep the bad number
// out of the function as well (a double where): where(x > 0, log(where(x > 0, x, 1)), 0).
// A cotangent of an operand that was broadcast is summed over the repeated axes (sum_to, autodiff/shaping.hpp).
// At a kink the derivative is one-sided: relu'(0) = 0, |x|' at 0 is 0, min and max of equals belong to the first. A nan
// among the operands of any operator but a comparison is a nan in the result, of min and max as well.
// Comparisons give 1 or 0 and have no derivative: where(t < T, f, g) knows no derivative by the switch time T. That takes a
// solve up to T, a Var among the times, and another from T on. Plain numbers become constants of the tape: replays bind
// them anew.
// source   Griewank & Walther, Evaluating Derivatives, 2nd ed., chapter 3 (forward and reverse mode)
#pragma once
#include "autodiff/tape.hpp"  // brings: Tape, Var, record

namespace costate {
inline namespace COSTATE_PRECISION {

Var operator+(Var a, Var b);
Var operator-(Var a, Var b);
Var operator*(Var a, Var b);
Var operator/(Var a, Var b);
Var operator-(Var x);
inline Var operator+(Var x) { return x; }

Var operator+(Var a, double b);
Var operator-(Var a, double b);
Var operator*(Var a, double b);
Var operator/(Var a, double b);
Var operator+(double a, Var b);
Var operator-(double a, Var b);
Var operator*(double a, Var b);
Var operator/(double a, Var b);
Var operator+(Var a, const Tensor& b);
Var operator-(Var a, const Tensor& b);
Var operator*(Var a, const Tensor& b);
Var operator/(Var a, const Tensor& b);
Var operator+(const Tensor& a, Var b);
Var operator-(const Tensor& a, Var b);
Var operator*(const Tensor& a, Var b);
Var operator/(const Tensor& a, Var b);

Var pow(Var a, Var b);
Var pow(Var a, double b);
Var min(Var a, Var b);
Var max(Var a, Var b);
Var clamp(Var x, double low, double high,
          Where at = {});  // outside [low, high] the derivative is 0; low > high: an error

Var exp(Var x);
Var expm1(Var x);
Var log(Var x);
Var log1p(Var x);
Var sqrt(Var x);
Var square(Var x);
Var reciprocal(Var x);
Var sin(Var x);
Var cos(Var x);
Var tanh(Var x);
Var sigmoid(Var x);   // 1 / (1 + e^−x)
Var softplus(Var x);  // ln(1 + e^x)
Var silu(Var x);      // x sigmoid(x)
Var relu(Var x);
Var leaky_relu(Var x, double slope = 0.01);
Var elu(Var x, double alpha = 1.0);  // x ≥ 0: x;  x < 0: α (e^x − 1)
Var abs(Var x);

Var less(Var a, Var b);  // 1 where a < b, else 0
Var less_equal(Var a, Var b);
Var equal(Var a, Var b);
inline Var greater(Var a, Var b) { return less(b, a); }
inline Var greater_equal(Var a, Var b) { return less_equal(b, a); }
Var less(Var a, double b);
Var greater(Var a, double b);
Var where(Var condition, Var a, Var b);  // a where the condition is not 0, else b

// a x + b with a and b as attributes: for rules, whose numbers are part of the operator and not of the data.
Var affine(Var x, double scale, double shift);
// The sum of several Vars of one shape in one operation; zero Vars drop out.
Var sum_of(std::span<const Var> terms, Where at = {});

}  // namespace COSTATE_PRECISION
}  // namespace costate
