// ode/exact_orders.hpp — a value of which so many derivatives are right: one more is an error (internal to ode/)
//   y = x,   ẏ = ẋ,   x̄ = ȳ                                  of = what was found by an iteration, and differentiated by a few
// Steps of Newton's method that are recorded from where it ended have one order of derivatives right for each of them. What
// comes after looks like a derivative and is none. So each derivative by what `of` depends on is such a value again, of one
// order less: it is in a tangent as ẋ's, in a pullback as a cotangent 0 of `of`.
// see      ode/steady_state.cpp (who asks) · tests/ode/steady_state_test.cpp
#pragma once
#include <algorithm>
#include <array>

#include "autodiff/operators/shaping.hpp"  // brings: or_zeros, reshape
#include "autodiff/tape/operator.hpp"      // brings: record, Needs, needs, Var, View

namespace costate::ode::inline COSTATE_PRECISION {

struct ExactOrders {
    int orders, left;
    Where where;
    static constexpr const char* name = "exact_orders";
    bool operator==(const ExactOrders& o) const { return orders == o.orders && left == o.left; }

    Shape shape(const Shape& x, const Shape&, Where) const { return x; }
    void eval(const View& x, const View&, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var of, Var y, Var dx, Var dof) const {
        return dof.is_zero() ? record(*this, dx, of) : record(one_less(), or_zeros(dx, y), of);
    }
    std::array<Var, 2> vjp(Var, Var of, Var, Var gy, Needs wanted) const {
        return {needs(wanted, 0) ? record(*this, gy, of) : Var{},
                needs(wanted, 1) ? record(one_less(), or_zeros(Var{}, of), of) : Var{}};
    }

private:
    ExactOrders one_less() const {
        if (left == 0)
            fail(where, {.what = "steady_state: a derivative of an order that is not exact",
                         .got = text("one of order ", orders + 1, ", .derivatives = ", orders),
                         .expected = "as many orders as were asked for: each records a step of Newton's method more",
                         .fix = text("{.derivatives = ", orders + 1, "}")});
        return {orders, left - 1, where};
    }
};

}  // namespace costate::ode
