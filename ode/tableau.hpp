// ode/tableau.hpp — a Runge–Kutta method is a table
//   k_i     = f(t + c_i h, y + h Σ_{j<i} a_ij k_j)                                                 ode (1)
//   y_{n+1} = y + h Σ b_i k_i          ŷ_{n+1} = y + h Σ b̂_i k_i          e = h Σ (b_i − b̂_i) k_i   ode (2), (3)
//   y(t + θh) ≈ y + h Σ b_i(θ) k_i     b_i(θ) = Σ_{p=1..D} dense[i][p-1] θ^p,  0 ≤ θ ≤ 1           ode (6)
// One order condition belongs to each rooted tree of at most p nodes, ode/trees.hpp (c), and one for dense output to each
// of them, where 1 becomes θ to the number of its nodes. They are checked while compiling: a mistyped coefficient does not
// build.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.1, §II.4, §II.6
// see      ode/methods.hpp (the tables) · tests/ode/tableau_test.cpp (no coefficient may be off by 1e-9)
#pragma once
#include "ode/trees.hpp"  // brings: Tree

namespace costate::ode {

// S stages, dense output of degree D in θ; a table without dense output of its own leaves D and `dense` alone.
template <int S, int D = 1>
struct Tableau {
    struct Row {
        double c;
        double a[S];
    };
    const char* name;
    const char* source;
    int order;               // of y
    int embedded_order = 0;  // of ŷ; 0: there is none
    int dense_order = 0;     // of ode (6); 0: there is none
    Row rows[S];
    double b[S];
    double b_hat[S] = {};
    double dense[S][D] = {};

    static constexpr int stages = S, degree = D;
};

template <int S>
struct Column {  // one number for each stage
    double at[S] = {};
    constexpr double& operator[](int i) { return at[i]; }
    constexpr double operator[](int i) const { return at[i]; }
    friend constexpr Column operator*(Column x, const Column& y) {  // entry by entry, as in b c² = Σ b_i c_i²
        for (int i = 0; i < S; ++i) x[i] *= y[i];
        return x;
    }
};

template <int S, int D>
constexpr Column<S> times(const Tableau<S, D>& table, const Column<S>& x) {  // A x
    Column<S> product;
    for (int i = 0; i < S; ++i)
        for (int j = 0; j < i; ++j) product[i] += table.rows[i].a[j] * x[j];
    return product;
}

template <int S, int D>
constexpr Column<S> weights_at(const Tableau<S, D>& table, double theta) {  // b_i(θ), by Horner's rule
    Column<S> b;
    for (int i = 0; i < S; ++i) {
        for (int p = D; p-- > 0;) b[i] = (b[i] + table.dense[i][p]) * theta;
    }
    return b;
}

// Do two numbers agree but for rounding? The largest sums here have terms of size 100.
constexpr bool same(double x, double y) { return x - y < 2e-14 && y - x < 2e-14; }

template <int S>
constexpr double dot(const Column<S>& b, const Column<S>& x) {
    double sum = 0;
    for (int i = 0; i < S; ++i) sum += b[i] * x[i];
    return sum;
}

template <int S>
constexpr Column<S> column(const double (&x)[S]) {
    Column<S> copy;
    for (int i = 0; i < S; ++i) copy[i] = x[i];
    return copy;
}

// ode/trees.hpp (c) of one tree for the weights b, which reach θ: a node's u is ready when its children's are.
template <int S, int D>
constexpr bool satisfies(const Tableau<S, D>& table, const Tree& tree, const Column<S>& b, double theta) {
    Column<S> u[Tree::most_nodes];
    for (int node = 0; node < tree.nodes; ++node)
        for (double& one : u[node].at) one = 1;
    double power = theta;
    for (int node = tree.nodes; --node > 0; power *= theta)
        u[tree.parent[node]] = u[tree.parent[node]] * times(table, u[node]);
    return same(dot(b, u[0]), power / tree.gamma());
}

// ode/trees.hpp (c) up to `order` for the weights b, which reach θ.
template <int S, int D>
constexpr bool reaches_order(const Tableau<S, D>& table, int order, const Column<S>& b, double theta = 1) {
    for (int nodes = 1; nodes <= order; ++nodes) {
        Tree tree = Tree::chain(nodes);
        do {
            if (!satisfies(table, tree, b, theta)) return false;
        } while (tree.advance());
    }
    return true;
}

// Is the method explicit, does every row of A sum to its c, and do b and b̂ sum to 1?
template <int S, int D>
constexpr bool consistent(const Tableau<S, D>& table) {
    for (int i = 0; i < S; ++i) {
        double sum = 0;
        for (int j = 0; j < S; ++j) {
            if (j >= i && table.rows[i].a[j] != 0) return false;
            sum += table.rows[i].a[j];
        }
        if (!same(sum, table.rows[i].c)) return false;
    }
    return reaches_order(table, 1, column(table.b)) &&
           (table.embedded_order == 0 || reaches_order(table, 1, column(table.b_hat)));
}

template <int S, int D>
constexpr bool order_conditions_hold(const Tableau<S, D>& table) {
    return 1 <= table.order && table.order <= Tree::most_nodes && 0 <= table.embedded_order &&
           table.embedded_order <= Tree::most_nodes && reaches_order(table, table.order, column(table.b)) &&
           reaches_order(table, table.embedded_order, column(table.b_hat));
}

// "First same as last": the last stage is f(t_{n+1}, y_{n+1}), so it is also the first one of the next step.
template <int S, int D>
constexpr bool first_same_as_last(const Tableau<S, D>& table) {
    for (int j = 0; j < S; ++j)
        if (table.rows[S - 1].a[j] != table.b[j]) return false;
    return table.rows[S - 1].c == 1 && table.b[S - 1] == 0;
}

// Does ode (6) reach its order everywhere, end in y_{n+1}, leave with the slope k_1 and arrive with f(t_{n+1}, y_{n+1})?
// Both sides are polynomials without a constant term, of degree D: equal at D places means equal.
template <int S, int D>
constexpr bool dense_output_holds(const Tableau<S, D>& table) {
    if (table.dense_order < 1 || table.dense_order > D || !first_same_as_last(table)) return false;
    for (int place = 1; place <= D; ++place) {
        const double theta = double(place) / D;
        if (!reaches_order(table, table.dense_order, weights_at(table, theta), theta)) return false;
    }
    for (int i = 0; i < S; ++i) {
        double slope = 0;  // b_i'(1)
        for (int p = 0; p < D; ++p) slope += (p + 1) * table.dense[i][p];
        if (!same(weights_at(table, 1)[i], table.b[i]) || !same(table.dense[i][0], i == 0) || !same(slope, i == S - 1))
            return false;
    }
    return true;
}

}  // namespace costate::ode
