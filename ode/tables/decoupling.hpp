// ode/tables/decoupling.hpp — stages that are one system, taken apart: a real one and one of complex numbers
//   T⁻¹ A T = diag( γ, (α −β; β α) )         the eigenvalues γ, α ± iβ of A's block; of two stages the pair alone       (a)
//   (I − hA ⊗ J) Δ = r     ⇔     (I − hγJ) x = s,   (I − h(α + iβ) J)(y + iz) = p + iq,                                (b)
//   (s, p, q) = T⁻¹ r stage by stage,   Δ = T (x, y, z)
// The factors of three stages of n numbers are 10 n³/3 flops in the place of 18 n³, and 3 n² numbers in that of 9 n². Hairer &
// Wanner take A⁻¹ in the place of A, whose eigenvalues are the inverses, and T is the same.
// T is derived from the table: from any e, the columns ((A − α)² + β²) e and t = (A − γ) e, (A − α) t/β satisfy (a), as
// A is a root of its characteristic polynomial. Where A has no such pair, or more stages, there is none: one dense system.
// source   Hairer & Wanner II, 2nd ed., §IV.8, 8.7 to 8.12; Butcher 1976, Bickart 1977
// see      ode/steps/stage_matrix.hpp (who solves (b)) · tests/ode/decoupling_test.cpp
#pragma once
#include "ode/tables/tableau.hpp"  // brings: Tableau, coupled_of, magnitude

namespace costate::ode {

struct Decoupling {
    int stages = 0;  // 2 or 3; 0: there is none
    double gamma = 0, alpha = 0, beta = 0;
    double T[3][3] = {}, inverse[3][3] = {};

    constexpr int first() const { return stages - 2; }  // of the pair
    constexpr double entry(int i, int j) const {        // of (a)'s right side
        if (i < first() || j < first()) return i == j ? gamma : 0;
        return i == j ? alpha : i < j ? -beta : beta;
    }
};

namespace decoupling_parts {

struct Square {  // of `stages` rows
    double at[3][3] = {};
};
struct Vector {
    double at[3] = {};
};

constexpr double square_root(double x) {
    double root = x > 1 ? x : 1;
    for (int i = 0; i < 100; ++i) root = (root + x / root) / 2;
    return root;
}

// (A − shift) x / scale
constexpr Vector shifted(const Square& A, int m, double shift, const Vector& x, double scale = 1) {
    Vector y;
    for (int i = 0; i < m; ++i) {
        y.at[i] = -shift * x.at[i];
        for (int j = 0; j < m; ++j) y.at[i] += A.at[i][j] * x.at[j];
        y.at[i] /= scale;
    }
    return y;
}

// The real eigenvalue of three stages, λ³ − trace λ² + minors λ − det = 0, by halving.
constexpr double real_eigenvalue(double trace, double minors, double det) {
    double low = -1 - magnitude(trace) - magnitude(minors) - magnitude(det), high = -low;
    for (int i = 0; i < 100; ++i) {
        const double x = (low + high) / 2;
        (((x - trace) * x + minors) * x < det ? low : high) = x;
    }
    return (low + high) / 2;
}

constexpr void invert(const double (&T)[3][3], int m, double (&inverse)[3][3]) {  // Gauss and Jordan, largest pivots
    double a[3][6] = {};
    for (int i = 0; i < m; ++i) {
        for (int j = 0; j < m; ++j) a[i][j] = T[i][j];
        a[i][m + i] = 1;
    }
    for (int k = 0; k < m; ++k) {
        int pivot = k;
        for (int i = k + 1; i < m; ++i)
            if (magnitude(a[i][k]) > magnitude(a[pivot][k])) pivot = i;
        for (int j = 0; j < 2 * m; ++j) {
            const double x = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = x;
        }
        for (int j = 2 * m; j-- > k;) a[k][j] /= a[k][k];
        for (int i = 0; i < m; ++i)
            for (int j = 2 * m; i != k && j-- > k;) a[i][j] -= a[i][k] * a[k][j];
    }
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < m; ++j) inverse[i][j] = a[i][m + j];
}

}  // namespace decoupling_parts

// (a), to rounding.
template <int S, int D>
constexpr bool decouples(const Decoupling& d, const Tableau<S, D>& table) {
    for (int i = 0; i < d.stages; ++i)
        for (int j = 0; j < d.stages; ++j) {
            double sum = 0;
            for (int k = 0; k < d.stages; ++k)
                for (int l = 0; l < d.stages; ++l) sum += d.inverse[i][k] * table.rows[1 + k].a[1 + l] * d.T[l][j];
            if (magnitude(sum - d.entry(i, j)) > 1e-14) return false;
        }
    return d.stages > 0;
}

template <int S, int D>
constexpr Decoupling decoupling_of(const Tableau<S, D>& table) {
    using namespace decoupling_parts;
    const int m = coupled_of(table);
    if (m != 2 && m != 3) return {};
    Square A;
    double trace = 0, minors = 0;
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < m; ++j) A.at[i][j] = table.rows[1 + i].a[1 + j];
    for (int i = 0; i < m; ++i) {
        trace += A.at[i][i];
        for (int j = i + 1; j < m; ++j) minors += A.at[i][i] * A.at[j][j] - A.at[i][j] * A.at[j][i];
    }
    Decoupling d{.stages = m};
    double product = minors;  // of the pair
    if (m == 3) {
        double det = 0;
        for (int j = 0; j < 3; ++j)
            det += A.at[0][j] *
                   (A.at[1][(j + 1) % 3] * A.at[2][(j + 2) % 3] - A.at[1][(j + 2) % 3] * A.at[2][(j + 1) % 3]);
        d.gamma = real_eigenvalue(trace, minors, det);
        if (d.gamma == 0) return {};
        product = det / d.gamma;
    }
    d.alpha = (trace - d.gamma) / 2;
    if (!(product - d.alpha * d.alpha > 1e-6 * magnitude(product))) return {};
    d.beta = square_root(product - d.alpha * d.alpha);
    Vector e;
    e.at[m - 1] = 1;
    const Vector t = m == 2 ? e : shifted(A, m, d.gamma, e);
    const Vector aside = shifted(A, m, d.alpha, t, d.beta), twice = shifted(A, m, d.alpha, shifted(A, m, d.alpha, e));
    for (int i = 0; i < m; ++i) {
        if (m == 3) d.T[i][0] = twice.at[i] + d.beta * d.beta * e.at[i];
        d.T[i][d.first()] = t.at[i];
        d.T[i][d.first() + 1] = aside.at[i];
    }
    invert(d.T, m, d.inverse);
    return decouples(d, table) ? d : Decoupling{};
}

}  // namespace costate::ode
