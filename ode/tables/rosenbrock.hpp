// ode/tables/rosenbrock.hpp — a Rosenbrock method is a table, too: implicit, but its stages are linear equations
//   (I − hγJ) k_i = f(t + α_i h, y + h Σ_{j<i} α_ij k_j) + hJ Σ_{j<i} γ_ij k_j + γ_i h ∂f/∂t                        (a)
//   y⁺ = y + h Σ b_i k_i       γ_i = γ + Σ_{j<i} γ_ij       J, ∂f/∂t: of f at (t, y), new in every step; none is iterated
// It is one Newton step for each stage of an implicit method, and the order conditions know of it: those of the rooted trees,
// ode/tables/trees.hpp, where an edge from a node with one child counts β_ij = α_ij + γ_ij (γ_ii = γ), from others α_ij.  (b)
// A product with J is not taken: with v = Σ_{j<i} γ_ij k_j / γ,   (I − hγJ)(k_i + v) = f(...) + v + γ_i h ∂f/∂t             (c)
// Published are the numbers of u = Γk:   a = αΓ⁻¹,   c = diag(1/γ) − Γ⁻¹,   m = bΓ⁻¹ and those of the error and dense output
//   y(t + θh) ≈ y + h Σ m_i(θ) u_i      m_i(θ) = θ m_i + θ (1 − θ)(d_i + θ d'_i)                                           (d)
// Of M y' = f it is   (M − hγJ)(k_i + v) = f(...) + M v + γ_i h ∂f/∂t,   also where M is singular: k is like y', not like f.
// As a Method it has a stage before its own, f(t, y), and one behind them, f(t + h, y⁺): which is the next step's first.
// source   Hairer & Wanner II, 2nd ed., §IV.7
// see      partly (1) · ode/tables/rodas.hpp · ode/steps/equations.hpp (on numbers) · ode/batch/row_rosenbrock.hpp (in batches)
#pragma once
#include "ode/tables/tableau.hpp"  // brings: magnitude, Tree

namespace costate::ode {

template <int S>
struct Rosenbrock {
    const char* name;
    const char* source;
    int order, embedded_order, dense_order;
    double gamma;
    double a[S][S], c[S][S];
    double m[S], error[S];  // of y⁺; of y⁺ − ŷ
    double d[S], d_dash[S];
    double alpha[S], gammas[S];  // what (a)'s α_i and γ_i are said to be
    double between[S] = {};      // of y⁺ − ỹ, which sees what a stiff step misses between its ends

    static constexpr int stages = S;
};

// (a) from the published numbers, and as a Method reads it: with a stage before and one behind.
template <int S, class T = double>
struct RosenbrockArrays {
    static constexpr int all = S + 2;
    T c[all] = {}, a[all * all] = {}, b[all] = {}, error[all] = {}, second_error[all] = {}, dense[all * 3] = {};
    T gamma[all * all] = {}, gammas[all] = {};

    constexpr explicit RosenbrockArrays(const Rosenbrock<S>& t) {
        double Gamma[S][S] = {};  // the inverse of diag(1/γ) − c
        for (int j = 0; j < S; ++j)
            for (int i = j; i < S; ++i) {
                double sum = i == j;
                for (int k = j; k < i; ++k) sum += t.c[i][k] * Gamma[k][j];
                Gamma[i][j] = t.gamma * sum;
            }
        const auto at = [](int i, int j) { return (i + 1) * all + j + 1; };
        for (int i = 0; i < S; ++i)
            for (int j = 0; j <= i; ++j) {
                gamma[at(i, j)] = Gamma[i][j];
                gammas[i + 1] += Gamma[i][j];
                for (int k = j; k < i; ++k) a[at(i, j)] += t.a[i][k] * Gamma[k][j];
                c[i + 1] += a[at(i, j)];
                b[j + 1] += t.m[i] * Gamma[i][j];
                error[j + 1] += t.error[i] * Gamma[i][j];
                second_error[j + 1] += t.between[i] * Gamma[i][j];
                const double m[] = {t.m[i] + t.d[i], t.d_dash[i] - t.d[i], -t.d_dash[i]};  // of θ, θ², θ³
                for (int p = 0; p < 3; ++p) dense[(j + 1) * 3 + p] += m[p] * Gamma[i][j];
            }
        for (int i = 0; i < S; ++i) {
            a[at(i, i)] = t.gamma;  // not a part of Z_i: what makes it an equation
            a[at(S, i)] = b[i + 1];
            c[i + 1] = t.alpha[i];
            gammas[i + 1] = t.gammas[i];
        }
        c[S + 1] = 1;
    }
};

// α_Sj + γ_Sj = b_j: y⁺ is what the last stage makes of its equation, also where that has no derivative.
template <int S>
constexpr bool is_stiffly_accurate(const RosenbrockArrays<S>& m) {
    constexpr int all = RosenbrockArrays<S>::all;
    for (int j = 1; j <= S; ++j)
        if (magnitude((j < S ? m.a[S * all + j] : 0) + m.gamma[S * all + j] - m.b[j]) > 1e-12) return false;
    return true;
}

// (b): Σ_i w_i Φ_i of a tree
template <int S>
constexpr double weighed(const RosenbrockArrays<S>& m, const Tree& tree, const double* w, int step) {
    constexpr int all = RosenbrockArrays<S>::all;
    int children[Tree::most_nodes] = {};
    for (int node = 1; node < tree.nodes; ++node) ++children[tree.parent[node]];
    double u[Tree::most_nodes][all] = {};
    for (auto& of_node : u)
        for (double& x : of_node) x = 1;
    for (int node = tree.nodes; --node > 0;)
        for (int i = 1; i <= S; ++i) {
            double sum = 0;
            for (int j = 1; j <= i; ++j)
                sum +=
                    ((j < i ? m.a[i * all + j] : 0) + (children[tree.parent[node]] == 1 ? m.gamma[i * all + j] : 0)) *
                    u[node][j];
            u[tree.parent[node]][i] *= sum;
        }
    double sum = 0;
    for (int i = 1; i <= S; ++i) sum += w[i * step] * u[0][i];
    return sum;
}

// The conditions of y⁺, of ŷ, of ỹ (as many as of y⁺) and of dense output; the sums of α and γ. To what the digits allow.
template <int S>
constexpr bool rosenbrock_holds(const Rosenbrock<S>& table) {
    const RosenbrockArrays<S> m(table);
    constexpr int all = S + 2;
    const auto near = [](double x, double y) { return magnitude(x - y) < 1e-12; };
    for (int i = 1; i <= S; ++i) {
        double alpha = 0, gamma = 0;
        for (int j = 1; j < i; ++j) alpha += m.a[i * all + j];
        for (int j = 1; j <= i; ++j) gamma += m.gamma[i * all + j];
        if (!near(alpha, m.c[i]) || !near(gamma, m.gammas[i])) return false;
    }
    for (int nodes = 1; nodes <= table.order; ++nodes) {
        Tree tree = Tree::chain(nodes);
        do {
            if (!near(weighed(m, tree, m.b, 1), 1 / tree.gamma())) return false;
            if (nodes <= table.embedded_order && !near(weighed(m, tree, m.error, 1), 0)) return false;
            if (!near(weighed(m, tree, m.second_error, 1), 0)) return false;
            for (int p = 0; nodes <= table.dense_order && p < 3; ++p)
                if (!near(weighed(m, tree, m.dense + p, 3), p + 1 == nodes ? 1 / tree.gamma() : 0)) return false;
        } while (tree.advance());
    }
    return true;
}

}  // namespace costate::ode
