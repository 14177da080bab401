// ode/tables/dense_output.hpp — a dense output for tables that have none, or one of an order too low
//   H(θ)  = y + h Σ b^H_i(θ) k_i      b^H_i(θ) = b_i (3θ² − 2θ³) + [i first](θ − 2θ² + θ³) + [i last](θ³ − θ²)      (a)
//   P₃    = H        P_d(θ) = H(θ) + h Σ_l φ_l(θ) (k_l − H'(c_l))       k_l = f(t + c_l h, P_{d−1}(c_l))            (b)
//   φ_l'(θ) ∝ θ (1 − θ) (s − θ) Π_{m≠l} (θ − c_m)                      φ_l'(c_l) = 1, and s such that φ_l(1) = 0   (c)
// (a) is cubic Hermite interpolation between both ends and both slopes. It errs by O(h⁴), which is enough for order 4.
// Beyond that it is pulled up by its own bootstraps: f at d − 3 places along a polynomial that errs by O(h^d) are slopes so
// good that the next one, of degree d with these slopes, errs by O(h^{d+1}). A method of order p stops at d = p − 1, where the
// error between two steps is of the order of that at their ends. A table's own dense output of order q stands for P_q.
// It wants f(t_{n+1}, y_{n+1}), the next step's first stage, and 1, 3, 6, 10 stages more for p = 5, 6, 7, 8 (7 for dopri8, of
// whose dense output q = 5). Nobody pays for them but who looks into a step, and it is less than landing on that time would
// be: a step more, and shorter ones.
// An implicit method asks nothing more: f at a place between, where a stiff field is steep, would make much of a small error.
// It has (a), or from its own stages a fourth order,
//   P₄(θ) = H(θ) + h θ² (1 − θ)² Σ β_i k_i      Σ β_i u_i = 1/γ for trees of 4 nodes, 0 for smaller ones                 (d)
// as H misses just θ² (1 − θ)² of θ⁴. β is the shortest that does.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.6, "Hermite interpolation" and "Continuous Runge–Kutta methods" · Enright,
//          Jackson, Nørsett & Thomsen, ACM TOMS 12 (1986) 193–218, "bootstrapping". The places c_l are ours: among multiples
//          of 1/20 nearly those with the smallest Σ |φ_l|.
#pragma once
#include <algorithm>

#include "ode/tables/tableau.hpp"  // brings: Tableau, last_of, stages_of

namespace costate::ode {

constexpr int bootstrap_stages(int from, int to) {  // from P_from to P_to
    int stages = 0;
    for (int degree = from + 1; degree <= to; ++degree) stages += degree - 3;
    return stages;
}

// φ_l of (c) for the n places of P_{n+3}; `at` has the coefficients of θ, θ², ..., θ^{n+3}.
struct Bump {
    static constexpr int most = 4;  // places
    static constexpr double places[most][most] = {
        {1. / 5}, {1. / 5, 4. / 5}, {1. / 10, 1. / 4, 17. / 20}, {1. / 10, 1. / 4, 3. / 4, 9. / 10}};
    double at[most + 3] = {};

    constexpr Bump(int n, int l) {
        const double* c = places[n - 1];
        double slope[most + 3] = {0, 1, -1};  // θ (1 − θ) Π (θ − c_m)
        for (int m = 0; m < n; ++m)
            if (m != l) multiply(slope, -c[m], 1);
        double area = 0, moment = 0;  // of it, and times θ
        for (int p = 0; p < most + 3; ++p) area += slope[p] / (p + 1), moment += slope[p] / (p + 2);
        multiply(slope, moment, -area);
        double here = 0;
        for (int p = most + 3; p-- > 0;) here = here * c[l] + slope[p];
        for (int p = 0; p < most + 3; ++p) at[p] = slope[p] / (here * (p + 1));
    }

private:
    static constexpr void multiply(double (&x)[most + 3], double constant, double factor) {
        for (int p = most + 3; p-- > 0;) x[p] = x[p] * constant + (p > 0 ? x[p - 1] * factor : 0);
    }
};

// P_d from P_{d−1}: rows for its stages from `first` on, and its weights. `hermite`: the weights of H.
template <int S, int D>
constexpr void pull_up(Tableau<S, D>& table, const double (&hermite)[S][3], int degree, int first) {
    const int n = degree - 3;
    for (int l = 0; l < n; ++l) {
        auto& row = table.rows[first + l];
        row.c = Bump::places[n - 1][l];
        const Column<S> b = weights_at(table, row.c);
        for (int j = 0; j < first; ++j) row.a[j] = b[j];
    }
    for (int i = 0; i < S; ++i)
        for (int p = 0; p < D; ++p) table.dense[i][p] = p < 3 ? hermite[i][p] : 0;
    for (int l = 0; l < n; ++l) {
        const Bump bump(n, l);
        const double c = Bump::places[n - 1][l];
        for (int i = 0; i < S; ++i) {
            const double slope = hermite[i][0] + c * (2 * hermite[i][1] + c * 3 * hermite[i][2]);
            for (int p = 0; p < degree; ++p) table.dense[i][p] += bump.at[p] * ((i == first + l) - slope);
        }
    }
}

// The tableau with the stages that this takes behind its own, from P_from on.
template <int Stages, int D, int S, int D0>
constexpr Tableau<Stages, D> bootstrapped(const Tableau<S, D0>& table, int from, int to) {
    Tableau<Stages, D> made{.name = table.name,
                            .source = table.source,
                            .order = table.order,
                            .embedded_order = table.embedded_order,
                            .tilde_order = table.tilde_order,
                            .dense_order = table.order < to ? table.order : to,
                            .rows = {},
                            .b = {}};
    const int last = last_of(table) < 0 ? S : last_of(table);
    made.rows[last].c = 1;
    for (int j = 0; j < S; ++j) {
        made.b[j] = made.rows[last].a[j] = table.b[j];
        made.b_hat[j] = table.b_hat[j];
        made.b_tilde[j] = table.b_tilde[j];
    }
    for (int i = 0; i < S; ++i) {
        made.rows[i].c = table.rows[i].c;
        for (int j = 0; j < S; ++j) made.rows[i].a[j] = table.rows[i].a[j];
        for (int p = 0; p < D0; ++p) made.dense[i][p] = table.dense[i][p];
    }
    double hermite[Stages][3] = {};
    for (int i = 0; i < Stages; ++i) {  // (a)
        const double first = i == 0, at_end = i == last;
        hermite[i][0] = first;
        hermite[i][1] = 3 * made.b[i] - 2 * first - at_end;
        hermite[i][2] = -2 * made.b[i] + first + at_end;
        for (int p = 0; p < 3 && table.dense_order == 0; ++p) made.dense[i][p] = hermite[i][p];
    }
    for (int i = 0; i < S && from == 3; ++i) {
        const double bump[] = {0, 1, -2, 1};  // (d)
        for (int p = 1; p < std::min(4, D); ++p) made.dense[i][p] += table.lift[i] * bump[p];
    }
    for (int degree = from + 1, next = last < S ? S : S + 1; degree <= to; next += degree++ - 3)
        pull_up(made, hermite, degree, next);
    return made;
}

template <int S, int D>
constexpr bool is_lifted(const Tableau<S, D>& table) {
    bool lifted = false;
    for (const double beta : table.lift) lifted = lifted || beta != 0;
    return lifted;
}

// The tableau, complete.
template <const auto& table>
inline constexpr auto with_dense_output = [] {
    constexpr bool none = table.dense_order == 0, lifted = is_lifted(table), implicit = coupled_of(table) > 0;
    constexpr int from = none ? 3 : table.dense_order, to = table.order < 5 || implicit ? 3 : table.order - 1;
    if constexpr (!none && to <= from) {
        return table;
    } else {
        constexpr int stages = table.stages + (last_of(table) < 0) + bootstrap_stages(from, to);
        constexpr int degree = table.degree > to ? table.degree : to + lifted;
        auto made = bootstrapped<stages, degree>(table, from, to);
        if (lifted) made.dense_order = 4;
        return made;
    }
}();

}  // namespace costate::ode
