// autodiff/operators/angles.cpp — the length and the angle of a point: hypot and atan2 (see autodiff/operators/elementwise.hpp)
// Both have no derivative at the origin, where 0 stands for it, and for all of its derivatives: one quotient takes care.
#include "autodiff/operators/binary.hpp"   // brings: Binary, like, spread
#include "core/elementary/elementary.hpp"  // brings: elementary::hypot, atan2

namespace costate::inline COSTATE_PRECISION {

namespace {

Var quotient_or_zero(Var a, Var b);

struct QuotientOrZero : Binary {  // c = a / b, and 0 where b is 0
    static constexpr const char* name = "quotient_or_zero";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return y == 0 ? Real(0) : x / y; }, c, a, b);
    }
    Var jvp(Var, Var b, Var c, Var da, Var db) const { return quotient_or_zero(da - c * db, b); }
    std::array<Var, 2> vjp(Var a, Var b, Var c, Var gc, Needs wanted) const {
        const Var ga = quotient_or_zero(gc, b);
        return {needs(wanted, 0) ? like(ga, a) : Var{}, needs(wanted, 1) ? like(-(c * ga), b) : Var{}};
    }
};

Var quotient_or_zero(Var a, Var b) { return a.is_zero() ? a : record(QuotientOrZero{}, a, b); }

struct Hypot : Binary {
    static constexpr const char* name = "hypot";
    Shape shape(const Shape& a, const Shape& b, Where at) const { return joined(name, a, b, at); }
    void eval(const View& a, const View& b, const MutableView& c) const {
        map([](Real x, Real y) { return elementary::hypot(x, y); }, c, a, b);
    }
    Var jvp(Var a, Var b, Var c, Var da, Var db) const {
        return (da.is_zero() ? da : quotient_or_zero(a, c) * da) + (db.is_zero() ? db : quotient_or_zero(b, c) * db);
    }
    std::array<Var, 2> vjp(Var a, Var b, Var c, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(gc * quotient_or_zero(a, c), a) : Var{},
                needs(wanted, 1) ? like(gc * quotient_or_zero(b, c), b) : Var{}};
    }
};

struct Atan2 : Binary {  // of y and x
    static constexpr const char* name = "atan2";
    Shape shape(const Shape& y, const Shape& x, Where at) const { return joined(name, y, x, at); }
    void eval(const View& y, const View& x, const MutableView& angle) const {
        map([](Real a, Real b) { return elementary::atan2(a, b); }, angle, y, x);
    }
    static Var over_square(Var a, Var r) {
        return quotient_or_zero(quotient_or_zero(a, r), r);
    }  // r² may be out of range
    Var jvp(Var y, Var x, Var, Var dy, Var dx) const {
        const Var r = hypot(y, x);
        return (dy.is_zero() ? dy : over_square(x, r) * dy) - (dx.is_zero() ? dx : over_square(y, r) * dx);
    }
    std::array<Var, 2> vjp(Var y, Var x, Var, Var g, Needs wanted) const {
        const Var r = hypot(y, x);
        return {needs(wanted, 0) ? like(g * over_square(x, r), y) : Var{},
                needs(wanted, 1) ? -like(g * over_square(y, r), x) : Var{}};
    }
};

}  // namespace

Var hypot(const Operand& a, const Operand& b) { return record(Hypot{}, a, b); }
Var atan2(const Operand& y, const Operand& x) { return record(Atan2{}, y, x); }

}  // namespace costate
