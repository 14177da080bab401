// tests/autodiff/curves.hpp — the part of the list of cases.hpp that goes through tables: interp and interp_rows
// Operands: x₀ is t, x₁ the table. The knots lie between the numbers that a point is drawn from, and t on both sides of all.
#pragma once
#include "autodiff/operators.hpp"
#include "tests/autodiff/operators.hpp"

namespace costate::test {

inline void add_curves(Cases& cases) {
    const Tensor five = tensor({-1.1235, -0.5, 0.3662, 0.9781, 1.37}), three = tensor({-0.78, 0.1738, 1.08}),
                 two = tensor({-0.78, 1.08}), one = tensor({0.1738});
    for (const Curve curve : {Curve::linear, Curve::cubic}) {
        const std::string name = curve == Curve::linear ? "interp, linear, " : "interp, cubic, ";
        const auto add = [&](const char* text, const Tensor& knots, Shape t, Shape table, unsigned rows = 0,
                             unsigned aligned = 0) {
            const auto build = [curve, knots](Vars x) { return interp(x[0], knots, x[1], curve) * 1.5; };
            cases.push_back({name + text, {t, table}, build, around_0, rows, false, aligned});
        };
        add("one time", five, {}, {5, 3});
        add("one time, numbers", five, {}, {5});
        add("three knots", three, {}, {3, 2});
        add("two knots", two, {4}, {2, 2});
        add("one knot", one, {4}, {1, 2});
        add("a list of times", five, {6}, {5, 2});
        add("a list of times, numbers", five, {6}, {5});
        add("no times", five, {0}, {5, 2});
        add("a time for each row", five, {5, 1}, {5, 3}, 1);
        add("a time for each row, numbers", five, {5, 1}, {5}, 1);
        add("a time for each row, matrices", five, {5, 1}, {5, 2, 2}, 1);
        cases.push_back({name + "a time for each row, beside the rows",
                         {{5, 1}, {5, 3}, {5, 3}},
                         [curve, five](Vars x) { return interp(x[0], five, x[1], curve) * x[2]; },
                         around_0,
                         4,
                         false,
                         1});

        const auto add_rows = [&](const char* text, bool own_knots, Shape t, Shape tables, unsigned rows,
                                  unsigned aligned = 0) {
            const auto build = [curve, three, own_knots](Vars x) {
                if (!own_knots) return interp_rows(x[0], three, x[1], curve) * 1.5;
                const Var knots = detach(sum(x[1], -1) * 0 + three);  // [B,3], as the rows go
                return interp_rows(x[0], knots, x[1], curve) * 1.5;
            };
            cases.push_back({name + text, {t, tables}, build, around_0, rows, false, aligned});
        };
        add_rows("tables of rows, one time", false, {}, {5, 3, 2}, 2);
        add_rows("tables and times of rows", false, {5, 1}, {5, 3, 2}, 3);
        add_rows("tables of rows, their times shared", false, {5, 1}, {5, 3, 2}, 2, 1);
        add_rows("times of rows, their tables shared", false, {5, 1}, {5, 3, 2}, 1, 2);
        add_rows("tables of matrices", false, {5, 1}, {5, 3, 2, 2}, 3);
        add_rows("tables with knots of their own", true, {5, 1}, {5, 3, 2}, 3);
        add_rows("no rows", false, {}, {0, 3, 2}, 0);
    }
}

}  // namespace costate::test
