// autodiff/operators/binary.cpp — the table of functions of two numbers: c, its tangent, the cotangents of a and b (declared
// in elementwise.hpp)
#include "autodiff/operators/binary.hpp"

#include "autodiff/operators/folding.hpp"       // brings: folded_factors
#include "autodiff/operators/product_then.hpp"  // brings: is_add, is_mul
#include "core/elementary/elementary.hpp"       // brings: elementary::pow, ...

namespace costate::inline COSTATE_PRECISION {

namespace {

Var quotient_or_zero(Var a, Var b);

// b a^(b−1); 0 where a = b = 0, so that a polynomial's higher derivatives end in 0 at 0 and not in 0 · ∞
Var slope_by_base(Var a, Var b) {
    const Var both_zero = equal(a, affine(a, 0, 0)) * equal(b, affine(b, 0, 0));
    return b * pow(where(both_zero, both_zero, a), affine(b, 1, -1));  // 1 in place of such a 0
}

// c ln a; at a = 0 the limit 0 for b > 0
Var slope_by_exponent(Var a, Var c) {
    const Var zero = equal(a, affine(a, 0, 0));
    return c * log(where(zero, zero, a));
}

// a / r², which may be out of range
Var over_square(Var a, Var r) { return quotient_or_zero(quotient_or_zero(a, r), r); }

}  // namespace

// clang-format off
//                           c                              ċ                  ā                     b̄
COSTATE_BINARY(Add, "add", "add", x + y,                    da + db,           g,                    g)
COSTATE_BINARY(Sub, "sub", "sub", x - y,                    da - db,           g,                    -like(g, b))
COSTATE_BINARY(Mul, "mul", "mul", x * y,                    da * b + a * db,   g * b,                a * g)
COSTATE_BINARY(Div, "div", "div", x / y,                    (da - c * db) / b, g / b,                -(c * (g / b)))
//                                                          ∂c/∂a                                    ∂c/∂b
COSTATE_BINARY_FUNCTION(Pow, pow, elementary::pow(x, y),    slope_by_base(a, b),  slope_by_exponent(a, c))
// No derivative at the origin, where 0 stands for it, and for all of its derivatives: one quotient takes care.
COSTATE_BINARY(QuotientOrZero, "quotient_or_zero", "quotient_or_zero", y == 0 ? Real(0) : x / y,
               quotient_or_zero(da - c * db, b), quotient_or_zero(g, b), -(c * quotient_or_zero(g, b)))
COSTATE_BINARY_FUNCTION(Hypot, hypot, elementary::hypot(x, y), quotient_or_zero(a, c), quotient_or_zero(b, c))
COSTATE_BINARY_FUNCTION(Atan2, atan2, elementary::atan2(x, y),
                      over_square(b, hypot(a, b)), -over_square(a, hypot(a, b)))
// clang-format on

namespace {

Var quotient_or_zero(Var a, Var b) { return a.is_zero() ? a : record(Binary<QuotientOrZero>{}, a, b); }

}  // namespace

Var operator+(const Operand& a, const Operand& b) {
    if (a.is_zero() && b.is_var()) return b.var();
    if (b.is_zero() && a.is_var()) return a.var();
    return record(Binary<Add>{}, a, b);
}
Var operator-(const Operand& a, const Operand& b) {
    if (a.is_zero() && b.is_var()) return -b;
    if (b.is_zero() && a.is_var()) return a.var();
    return record(Binary<Sub>{}, a, b);
}
Var operator*(const Operand& a, const Operand& b) {
    if (a.is_zero() || b.is_zero()) return {};
    if (!a.is_var() || !b.is_var() || &a.var().tape() != &b.var().tape()) return record(Binary<Mul>{}, a, b);
    const auto [x, y] = folded_factors(a, b);
    return record(Binary<Mul>{}, Operand(x, a.at()), Operand(y, b.at()));
}
Var operator/(const Operand& a, const Operand& b) { return a.is_zero() ? Var{} : record(Binary<Div>{}, a, b); }

bool is_add(std::uint32_t op) { return op == operator_number<Binary<Add>>(); }
bool is_mul(std::uint32_t op) { return op == operator_number<Binary<Mul>>(); }

}  // namespace costate
