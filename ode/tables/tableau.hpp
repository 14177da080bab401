// ode/tables/tableau.hpp — a Runge–Kutta method is a table
//   k_i     = f(t + c_i h, y + h Σ_{j≤i} a_ij k_j)                                                 ode (1)
//   y_{n+1} = y + h Σ b_i k_i          ŷ_{n+1} = y + h Σ b̂_i k_i          e = h Σ (b_i − b̂_i) k_i   ode (2), (3)
//   ỹ_{n+1} = y + h Σ b̃_i k_i          ẽ = h Σ (b_i − b̃_i) k_i                                            (a)
//   y(t + θh) ≈ y + h Σ b_i(θ) k_i     b_i(θ) = Σ_{p=1..D} dense[i][p-1] θ^p,  0 ≤ θ ≤ 1           ode (6)
// One order condition belongs to each rooted tree of at most p nodes, ode/tables/trees.hpp (c), and one for dense output to
// each of them, where 1 becomes θ to the number of its nodes. They are checked while compiling: a mistyped coefficient does not
// build.
// A stage with a_ii = 0 is explicit. One with another a_ii is implicit: an equation for k_i, solved by ode/steps/newton.hpp.
// Where A has entries above its diagonal, too, all implicit stages are one system: those behind the first, one after the other.
// The first stage of every table is explicit, f(t, y): where a method has no such stage, it has one that b does not read.
// A table's rows are stages in the order in which they are evaluated. First those that b or an error estimate reads. Among
// or behind them is the one at y_{n+1} itself (c = 1, a = b), which a dense output of the table's own must have; what lies
// behind all of these serves dense output alone. So nothing is said twice: stages_of and last_of find it out.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.1, §II.4, §II.6
// see      ode/methods.hpp (the tables) · tests/ode/tableau_test.cpp (no coefficient may be off by 1e-9)
#pragma once
#include "ode/tables/trees.hpp"  // brings: Tree

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
    int tilde_order = 0;     // of ỹ, a second estimate; 0: there is none
    int dense_order = 0;     // of ode (6); 0: there is none
    Row rows[S];
    double b[S];
    double b_hat[S] = {};
    double b_tilde[S] = {};
    double dense[S][D] = {};
    double lift[S] = {};  // β of a dense output of fourth order, ode/tables/dense_output.hpp (d)

    static constexpr int stages = S, degree = D;
};

template <int S>
struct Column {  // one number for each stage
    double at[S] = {};
    constexpr double& operator[](int i) { return at[i]; }
    constexpr double operator[](int i) const { return at[i]; }
};

template <int S, int D>
constexpr Column<S> weights_at(const Tableau<S, D>& table, double theta) {  // b_i(θ), by Horner's rule
    Column<S> b;
    for (int i = 0; i < S; ++i) {
        for (int p = D; p-- > 0;) b[i] = (b[i] + table.dense[i][p]) * theta;
    }
    return b;
}

// Do two numbers agree but for rounding, where `size` is the sum that x is, had all its terms one sign? Each factor in a
// term is a coefficient, rounded when it was written down, and a term of a tree of 8 nodes has 8 of them.
constexpr bool same(double x, double y, double size) {
    const double rounding = 8 * 2.2e-16 * size;
    return x - y <= rounding && y - x <= rounding;
}
constexpr double magnitude(double x) { return x < 0 ? -x : x; }

template <int S>
constexpr Column<S> column(const double (&x)[S]) {
    Column<S> copy;
    for (int i = 0; i < S; ++i) copy[i] = x[i];
    return copy;
}

// How many stages are solved at once: 0 where all are explicit, 1 where each implicit one is an equation of its own, or those
// from the second to the last one that a stage before it reads.
template <int S, int D>
constexpr int coupled_of(const Tableau<S, D>& table) {
    int coupled = 0;
    for (int i = 0; i < S; ++i)
        for (int j = i; j < S; ++j)
            if (table.rows[i].a[j] != 0) coupled = j > i ? (j > coupled ? j : coupled) : (coupled > 1 ? coupled : 1);
    return coupled;
}

template <int S>
struct Sums {  // ode/tables/trees.hpp (a) of every stage, and the same with all terms of one sign
    Column<S> u, size;
};

// Of the first `stages`. A node's u is ready when its children's are.
template <int S, int D>
constexpr Sums<S> sums_of(const Tableau<S, D>& table, const Tree& tree, int stages = S) {
    Sums<S> of[Tree::most_nodes];
    const bool implicit = coupled_of(table) > 0;
    for (int node = 0; node < tree.nodes; ++node)
        for (int i = 0; i < S; ++i) of[node].u.at[i] = of[node].size.at[i] = 1;
    for (int node = tree.nodes; --node > 0;) {
        Sums<S>& parent = of[tree.parent[node]];
        for (int i = 0; i < stages; ++i) {
            double sum = 0, size = 0;
            for (int j = 0; j < (implicit ? stages : i); ++j) {
                const double a = table.rows[i].a[j];
                if (a == 0) continue;
                sum += a * of[node].u.at[j];
                size += magnitude(a) * of[node].size.at[j];
            }
            parent.u.at[i] *= sum;
            parent.size.at[i] *= size;
        }
    }
    return of[0];
}

// Is Σ b_i u_i what it should be?
template <int S>
constexpr bool sums_to(const Column<S>& b, const Sums<S>& sums, double value) {
    double sum = 0, size = 0;
    for (int i = 0; i < S; ++i) {
        sum += b.at[i] * sums.u.at[i];
        size += magnitude(b.at[i]) * sums.size.at[i];
    }
    return same(sum, value, size);
}

// holds(tree, sums) for every tree of so many nodes at most
template <int S, int D, class Condition>
constexpr bool for_every_tree(const Tableau<S, D>& table, int most, int stages, const Condition& holds) {
    for (int nodes = 1; nodes <= most; ++nodes) {
        Tree tree = Tree::chain(nodes);
        do {
            if (!holds(tree, sums_of(table, tree, stages))) return false;
        } while (tree.advance());
    }
    return true;
}

// ode/tables/trees.hpp (c) up to `order` for the weights b, which reach θ.
template <int S, int D>
constexpr bool reaches_order(const Tableau<S, D>& table, int order, const Column<S>& b, double theta = 1) {
    return for_every_tree(table, order, S, [&](const Tree& tree, const Sums<S>& sums) {
        double power = theta;
        for (int node = 1; node < tree.nodes; ++node) power *= theta;
        return sums_to(b, sums, power / tree.gamma());
    });
}

template <int S, int D>
constexpr bool first_is_explicit(const Tableau<S, D>& table) {
    for (int j = 0; j < S; ++j)
        if (table.rows[0].a[j] != 0) return false;
    return true;
}

// Are the stages that one system ties together those behind the first, and the others explicit; does every row of A sum to its
// c, and do b, b̂ and b̃ sum to 1?
template <int S, int D>
constexpr bool consistent(const Tableau<S, D>& table) {
    const int coupled = coupled_of(table);
    for (int i = 0; i < S; ++i) {
        double sum = 0, size = 0;
        for (int j = 0; j < S; ++j) {
            const bool solved = i > 0 && (coupled > 1 ? i <= coupled && j <= coupled : j == i);
            if (j >= i && !solved && table.rows[i].a[j] != 0) return false;
            sum += table.rows[i].a[j];
            size += magnitude(table.rows[i].a[j]);
        }
        if (!same(sum, table.rows[i].c, size)) return false;
    }
    return reaches_order(table, 1, column(table.b)) &&
           (table.embedded_order == 0 || reaches_order(table, 1, column(table.b_hat))) &&
           (table.tilde_order == 0 || reaches_order(table, 1, column(table.b_tilde)));
}

// The stages of a step without dense output: those that b, b̂ or b̃ reads, and what lies before them.
template <int S, int D>
constexpr int stages_of(const Tableau<S, D>& table) {
    int stages = S;
    while (stages > 1 && table.b[stages - 1] == 0 && table.b_hat[stages - 1] == 0 && table.b_tilde[stages - 1] == 0)
        --stages;
    return stages;
}

template <int S, int D>
constexpr bool order_conditions_hold(const Tableau<S, D>& table) {
    const int orders[] = {table.order, table.embedded_order, table.tilde_order};
    const Column<S> weights[] = {column(table.b), column(table.b_hat), column(table.b_tilde)};
    int most = 1;
    for (const int order : orders) most = order > most ? order : most;
    if (table.order < 1 || table.embedded_order < 0 || table.tilde_order < 0 || most > Tree::most_nodes) return false;
    return for_every_tree(table, most, stages_of(table), [&](const Tree& tree, const Sums<S>& sums) {
        for (int i = 0; i < 3; ++i)
            if (tree.nodes <= orders[i] && !sums_to(weights[i], sums, 1 / tree.gamma())) return false;
        return true;
    });
}

// The stage that is f(t_{n+1}, y_{n+1}), and so the next step's first one; −1: there is none.
template <int S, int D>
constexpr int last_of(const Tableau<S, D>& table) {
    for (int i = S; i-- > 0;) {
        bool at_end = table.rows[i].c == 1;
        for (int j = 0; j < S; ++j) at_end = at_end && table.rows[i].a[j] == table.b[j];
        if (at_end) return i;
    }
    return -1;
}

// "First same as last": a step takes that stage anyway.
template <int S, int D>
constexpr bool first_same_as_last(const Tableau<S, D>& table) {
    return last_of(table) >= 0 && last_of(table) < stages_of(table);
}

// Does ode (6) reach its order everywhere, end in y_{n+1}, leave with the slope k_1 and arrive with f(t_{n+1}, y_{n+1})?
// A tree's condition is that of two polynomials in θ: their coefficients are compared.
template <int S, int D>
constexpr bool dense_output_holds(const Tableau<S, D>& table) {
    const int last = last_of(table);
    if (table.dense_order < 1 || table.dense_order > D || last < 0) return false;
    for (int i = 0; i < S; ++i) {
        double end = 0, slope = 0, size = 0;  // b_i(1), b_i'(1)
        for (int p = 0; p < D; ++p) {
            end += table.dense[i][p];
            slope += (p + 1) * table.dense[i][p];
            size += (p + 1) * magnitude(table.dense[i][p]);
        }
        if (!same(end, table.b[i], size) || table.dense[i][0] != (i == 0) || !same(slope, i == last, size))
            return false;
    }
    return for_every_tree(table, table.dense_order, S, [&](const Tree& tree, const Sums<S>& sums) {
        for (int p = 0; p < D; ++p) {
            Column<S> power;
            for (int i = 0; i < S; ++i) power.at[i] = table.dense[i][p];
            if (!sums_to(power, sums, p + 1 == tree.nodes ? 1 / tree.gamma() : 0)) return false;
        }
        return true;
    });
}

}  // namespace costate::ode
