// autodiff/operators/binary.hpp — what a row of a table of functions of two numbers is made of (internal to autodiff/)
#pragma once
#include "autodiff/operators/elementwise.hpp"  // brings: Var, Operand, record
#include "autodiff/operators/mapped.hpp"       // brings: map, bind_map
#include "autodiff/operators/shaping.hpp"      // brings: sum_to, broadcast_to

namespace costate::inline COSTATE_PRECISION {

inline Var like(Var g, Var x) { return sum_to(g, x.shape()); }          // a cotangent in the shape of its operand
inline Var spread(Var d, Var y) { return broadcast_to(d, y.shape()); }  // a tangent in the shape of the result

// c = f(a, b), entry by entry with broadcasting, for one rule. A rule's cotangents may still have the shape of c.
template <class Rule>
struct Binary : Rule {
    static constexpr std::uint32_t number = number_of(Rule::listed);
    static constexpr auto rows = elementwise_rows;
    bool operator==(const Binary&) const = default;

    Shape shape(const Shape& a, const Shape& b, Where at) const { return broadcast_shapes(Rule::called, a, b, at); }
    static auto function() {
        return [](Real x, Real y) -> Real { return Rule::value(x, y); };
    }
    void eval(const View& a, const View& b, const MutableView& c) const { map(function(), c, a, b); }
    bool bind(const View& a, const View& b, const MutableView& c, Kernel& k) const {
        return bind_map<Binary>(c, k, a, b);
    }
    void print(CCode& c) const { c.map(c.in_c(Rule::in_c(), {{"v", "a"}, {"x", "a"}, {"y", "b"}})); }
    Var jvp(Var a, Var b, Var c, Var da, Var db) const { return spread(Rule::tangent(a, b, c, da, db), c); }
    std::array<Var, 2> vjp(Var a, Var b, Var c, Var gc, Needs wanted) const {
        return {needs(wanted, 0) ? like(Rule::cotangent_a(a, b, c, gc), a) : Var{},
                needs(wanted, 1) ? like(Rule::cotangent_b(a, b, c, gc), b) : Var{}};
    }
};

template <class... T>
void unused(const T&...) {}

// One rule, as expressions in the numbers x and y; in a, b, c and the tangents da, db; and in the cotangent g of c. Where
// nothing surrounds it but the library's namespace.
#define COSTATE_BINARY(Rule_, name_, called_, f, dot, bar_a, bar_b)                                      \
    namespace {                                                                                          \
    struct Rule_ {                                                                                       \
        static constexpr const char *name = name_, *called = called_, *listed = name_;                   \
        bool operator==(const Rule_&) const = default;                                                   \
        static Real value(Real x, Real y) { return f; }                                                  \
        static std::string_view in_c() { return #f; }                                                    \
        static Var tangent(Var a, Var b, Var c, Var da, Var db) { return unused(a, b, c, da, db), dot; } \
        static Var cotangent_a(Var a, Var b, Var c, Var g) { return unused(a, b, c, g), bar_a; }         \
        static Var cotangent_b(Var a, Var b, Var c, Var g) { return unused(a, b, c, g), bar_b; }         \
    };                                                                                                   \
    }                                                                                                    \
    COSTATE_EVALUATOR(Binary<Rule_>)

// The same by the slopes ∂c/∂a and ∂c/∂b, of which none is recorded that is not needed.
#define COSTATE_BINARY_SLOPES(Rule_, name_, f, by_a, by_b)                                                      \
    COSTATE_BINARY(Rule_, name_, name_, f, ((da.is_zero() ? da : (by_a)*da) + (db.is_zero() ? db : (by_b)*db)), \
                   g*(by_a), g*(by_b))
// And with a function for users.
#define COSTATE_BINARY_FUNCTION(Rule_, function_, f, by_a, by_b) \
    COSTATE_BINARY_SLOPES(Rule_, #function_, f, by_a, by_b)      \
    Var function_(const Operand& a, const Operand& b) { return record(Binary<Rule_>{}, a, b); }

}  // namespace costate
