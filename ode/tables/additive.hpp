// ode/tables/additive.hpp — an additive method is two tables: f = f_s + f_n, of which f_s alone is stiff
//   Z_i = z + h Σ_{j≤i} a_ij f_s(t_j, Z_j) + h Σ_{j<i} â_ij f_n(t_j, Z_j)      z⁺ = z + h Σ b_i (f_s + f_n)(t_i, Z_i)
// partly (2), (3): each stage is an equation for f_s, as in an implicit method; f_n, which is not stiff or has no Jacobian
// worth having, takes no part in it. With k_j the sum of both rates and k^n_j that of f_n                                (a)
//   Z_i = z + h Σ_{j<i} a_ij k_j + h Σ_{j<i} (â_ij − a_ij) k^n_j + hγ f_s(t_i, Z_i)
// that is the implicit table's stage, put right by a second sum. Where only one field is given, it is f_s, and f_n is 0.
// Order p wants those of the rooted trees, ode/tables/trees.hpp (c), whose every edge may be one of a or of â.            (b)
// As a Method it has one stage more, f(t + h, z⁺): the next step's first, as z⁺ is no stage's state for both halves.
// source   Kennedy & Carpenter 2003, "Additive Runge–Kutta schemes for convection–diffusion–reaction equations", Appl. Numer.
//          Math. 44, 139–181
// see      ode/tables/kencarp.hpp · ode/batch/row_additive.hpp (in batches) · ode/steps/equations.hpp (on numbers)
#pragma once
#include "ode/tables/tableau.hpp"  // brings: Tableau, Tree, magnitude

namespace costate::ode {

template <int S>
struct AdditivePair {
    const char* name;
    const Tableau<S>& implicit;
    double explicit_a[S][S];
    int dense_order;
    double dense[S][3];  // of θ, θ², θ³, for both halves

    static constexpr int stages = S;
};

template <int S, class T = double>
struct AdditiveArrays {
    static constexpr int all = S + 1;
    T c[all] = {}, a[all * all] = {}, b[all] = {}, error[all] = {}, dense[all * 3] = {};
    T difference[all * all] = {};  // â − a below the diagonal

    constexpr explicit AdditiveArrays(const AdditivePair<S>& pair) {
        const Tableau<S>& table = pair.implicit;
        for (int i = 0; i < S; ++i) {
            c[i] = table.rows[i].c;
            a[S * all + i] = b[i] = table.b[i];
            error[i] = table.b[i] - table.b_hat[i];
            for (int j = 0; j <= i; ++j) a[i * all + j] = table.rows[i].a[j];
            for (int j = 0; j < i; ++j) difference[i * all + j] = pair.explicit_a[i][j] - table.rows[i].a[j];
            for (int p = 0; p < 3; ++p) dense[i * 3 + p] = pair.dense[i][p];
        }
        c[S] = 1;
    }
};

// Σ_i w_i u_i of a tree, where node m's edge to its parent is one of â if the m-th bit of `explicit_nodes` is set.
template <int S>
constexpr double colored(const AdditivePair<S>& pair, const Tree& tree, unsigned explicit_nodes, const double* w,
                         int step) {
    double u[Tree::most_nodes][S] = {};
    for (auto& of_node : u)
        for (double& x : of_node) x = 1;
    for (int node = tree.nodes; --node > 0;)
        for (int i = 0; i < S; ++i) {
            const double* a = explicit_nodes >> node & 1 ? pair.explicit_a[i] : pair.implicit.rows[i].a;
            double sum = 0;
            for (int j = 0; j <= i; ++j) sum += a[j] * u[node][j];
            u[tree.parent[node]][i] *= sum;
        }
    double sum = 0;
    for (int i = 0; i < S; ++i) sum += w[i * step] * u[0][i];
    return sum;
}

// (b) of z⁺, of ẑ and of dense output; and both halves have one c.
template <int S>
constexpr bool additive_holds(const AdditivePair<S>& pair) {
    const AdditiveArrays<S> m(pair);
    const auto near = [](double x, double y) { return magnitude(x - y) < 1e-12; };
    for (int i = 0; i < S; ++i) {
        double sum = 0;
        for (int j = 0; j < i; ++j) sum += pair.explicit_a[i][j];
        if (!near(sum, m.c[i])) return false;
    }
    for (int nodes = 1; nodes <= pair.implicit.order; ++nodes) {
        Tree tree = Tree::chain(nodes);
        do
            for (unsigned explicit_nodes = 0; explicit_nodes < 1u << nodes; explicit_nodes += 2) {
                if (!near(colored(pair, tree, explicit_nodes, m.b, 1), 1 / tree.gamma())) return false;
                if (nodes <= pair.implicit.embedded_order && !near(colored(pair, tree, explicit_nodes, m.error, 1), 0))
                    return false;
                for (int p = 0; nodes <= pair.dense_order && p < 3; ++p)
                    if (!near(colored(pair, tree, explicit_nodes, m.dense + p, 3),
                              p + 1 == nodes ? 1 / tree.gamma() : 0))
                        return false;
            }
        while (tree.advance());
    }
    return true;
}

}  // namespace costate::ode
