// autodiff/operators/choices.cpp — comparisons, where, min and max (declared in autodiff/operators/elementwise.hpp)
#include "autodiff/operators/binary.hpp"  // brings: Binary, like, spread

namespace costate::inline COSTATE_PRECISION {

// 1 or 0, constant almost everywhere. Is it a that max (or min) takes? Of equals, yes; and a nan is taken whoever holds it,
// as any comparison with it is 0.
#define COSTATE_COMPARISON(Rule, name, called, holds) \
    COSTATE_BINARY(Rule, name, called, (holds) ? Real(1) : Real(0), Var{}, Var{}, Var{})
COSTATE_COMPARISON(Less, "less", "less", x < y)
COSTATE_COMPARISON(LessEqual, "less_equal", "less_equal", x <= y)
COSTATE_COMPARISON(Equal, "equal", "equal", x == y)
COSTATE_COMPARISON(FirstIsMax, "first_is_max", "max", (x >= y) | (x != x))
COSTATE_COMPARISON(FirstIsMin, "first_is_min", "min", (x <= y) | (x != x))
#undef COSTATE_COMPARISON

Var less(const Operand& a, const Operand& b) { return record(Binary<Less>{}, a, b); }
Var less_equal(const Operand& a, const Operand& b) { return record(Binary<LessEqual>{}, a, b); }
Var equal(const Operand& a, const Operand& b) { return record(Binary<Equal>{}, a, b); }

namespace {

// y = c ? x : 0 (keep) or c ? 0 : x: the halves of a where, and its transpose.
struct Mask {
    bool keep = true;
    static constexpr const char* name = "mask";
    static constexpr std::uint32_t number = number_of("mask");
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Mask&) const = default;
    Shape shape(const Shape& c, const Shape& x, Where at) const { return broadcast_shapes(name, c, x, at); }
    auto function() const {
        return [k = keep](Real condition, Real v) { return (condition != 0) == k ? v : Real(0); };
    }
    void eval(const View& c, const View& x, const MutableView& y) const { map(function(), y, c, x); }
    bool bind(const View& c, const View& x, const MutableView& y, Kernel& k) const {
        return bind_map<Mask>(y, k, c, x);
    }
    void print(CCode& c) const { c.map(keep ? "a != 0 ? b : (real)0" : "a != 0 ? (real)0 : b"); }
    Var jvp(Var c, Var, Var, Var, Var dx) const { return dx.is_zero() ? dx : record(*this, c, dx); }
    std::array<Var, 2> vjp(Var c, Var x, Var, Var gy, Needs wanted) const {
        return {Var{}, needs(wanted, 1) ? like(record(*this, c, gy), x) : Var{}};
    }
};

Var masked(Var condition, Var x, bool keep) { return x.is_zero() ? x : record(Mask{keep}, condition, x); }

struct Select {  // where(c, a, b)
    static constexpr const char* name = "where";
    static constexpr std::uint32_t number = number_of("where");
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Select&) const = default;
    Shape shape(const Shape& c, const Shape& a, const Shape& b, Where at) const {
        return broadcast_shapes(name, c, broadcast_shapes(name, a, b, at), at);
    }
    static auto function() {
        return [](Real condition, Real u, Real v) { return condition != 0 ? u : v; };
    }
    void eval(const View& c, const View& a, const View& b, const MutableView& y) const { map(function(), y, c, a, b); }
    bool bind(const View& c, const View& a, const View& b, const MutableView& y, Kernel& k) const {
        return bind_map<Select>(y, k, c, a, b);
    }
    void print(CCode& c) const { c.map("a != 0 ? b : c"); }
    Var jvp(Var c, Var, Var, Var y, Var, Var da, Var db) const {
        return spread(masked(c, da, true), y) + spread(masked(c, db, false), y);
    }
    std::array<Var, 3> vjp(Var c, Var a, Var b, Var, Var gy, Needs wanted) const {
        return {Var{}, needs(wanted, 1) ? like(masked(c, gy, true), a) : Var{},
                needs(wanted, 2) ? like(masked(c, gy, false), b) : Var{}};
    }
};

// The one of two that Rule says: numbers and parameters among them become Vars once.
template <class Rule>
Var chosen(const Operand& a, const Operand& b) {
    const auto [u, v] = on_one_tape(Rule::called, a, b);
    const Operand x(u, a.at()), y(v, b.at());
    return where(Operand(record(Binary<Rule>{}, x, y), a.at()), x, y);
}

}  // namespace

Var where(const Operand& condition, const Operand& a, const Operand& b) { return record(Select{}, condition, a, b); }
Var min(const Operand& a, const Operand& b) { return chosen<FirstIsMin>(a, b); }
Var max(const Operand& a, const Operand& b) { return chosen<FirstIsMax>(a, b); }

COSTATE_EVALUATOR(Mask)
COSTATE_EVALUATOR(Select)

}  // namespace costate
