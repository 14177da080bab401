// ode/steps/stage_matrix.hpp — the matrix of the stages that are solved at once (internal to ode/)
//   I − h a_pq J_p             rows of blocks [n, n], p, q = 1 ... m: I − hA ⊗ J where J is the same in all; I − hγJ of one
//   stage_matrix(to, m, n, a, J, M)      a(p, q): h a_pq, rounded;  J(p): where J_p lies, row after row
// Where there is a mass matrix M it stands in the place of I.
// Stages that have one J may be taken apart, ode/tables/decoupling.hpp (b): M − hγJ, M − h(α + iβ)J, and what solves by both.
//   factor_apart(d, h, n, J, M, lu, pivots)      J(j, l): its entries          solve_apart(d, n, lu, pivots, x)      x in place
// shapes   lu: [n, n] of three stages, behind it [n, 2, n]; pivots, x: [m, n]
#pragma once
#include "core/complex_lu.hpp"        // brings: lu::factor_complex, lu::solve_complex
#include "ode/steps/mass.hpp"         // brings: Mass, mass_entry, Index, lu::factor, lu::solve
#include "ode/tables/decoupling.hpp"  // brings: Decoupling

namespace costate::ode {

template <class T, class Factor, class Jacobian>
void stage_matrix(T* to, int m, Index n, Factor&& a, Jacobian&& J, Mass M = {}) {
    const Index width = m * n;
    for (int p = 0; p < m; ++p)
        for (int q = 0; q < m; ++q) {
            const T factor = a(p, q);
            const T* from = J(p);
            for (Index j = 0; j < n; ++j)
                for (Index l = 0; l < n; ++l) {
                    const T mass = mass_entry<T>(M, n, j, l);
                    to[(p * n + j) * width + q * n + l] = (p == q ? mass : T(0)) - factor * from[j * n + l];
                }
        }
}

// I − hγJ, or M − hγJ
template <class T>
void stage_matrix_of_one(T* to, Index n, Number step, const T* J, Mass M = {}) {
    stage_matrix(
        to, 1, n, [&](int, int) { return static_cast<T>(step); }, [&](int) { return J; }, M);
}

template <class T, class Entry>
bool factor_apart(const Decoupling& d, Number h, Index n, Entry&& J, Mass M, T* lu, T* pivots) {
    const bool has_real = d.first() == 1;
    T* pair = lu + d.first() * n * n;
    const T real = static_cast<T>(h * d.gamma), re = static_cast<T>(h * d.alpha), im = static_cast<T>(h * d.beta);
    for (Index j = 0; j < n; ++j)
        for (Index l = 0; l < n; ++l) {
            const T mass = mass_entry<T>(M, n, j, l);
            const T slope = J(j, l);
            if (has_real) lu[j * n + l] = mass - real * slope;
            pair[2 * j * n + l] = mass - re * slope;
            pair[(2 * j + 1) * n + l] = -im * slope;
        }
    return (!has_real || lu::factor(lu, n, pivots)) && lu::factor_complex(pair, n, pivots + d.first() * n);
}

// x ← T x, stage by stage
template <int m, class T>
void transform(const double (&by)[3][3], Index n, T* x) {
    T factor[m][m];
    for (int p = 0; p < m; ++p)
        for (int q = 0; q < m; ++q) factor[p][q] = static_cast<T>(by[p][q]);
    for (Index j = 0; j < n; ++j) {
        T sum[m] = {};
        for (int p = 0; p < m; ++p)
            for (int q = 0; q < m; ++q) sum[p] += factor[p][q] * x[q * n + j];
        for (int p = 0; p < m; ++p) x[p * n + j] = sum[p];
    }
}

template <int m, class T>
void solve_apart(const Decoupling& d, Index n, const T* lu, const T* pivots, T* x) {
    transform<m>(d.inverse, n, x);
    if (m == 3) lu::solve(lu, n, pivots, x);
    T* pair = x + (m - 2) * n;
    lu::solve_complex(lu + (m - 2) * n * n, n, pivots + (m - 2) * n, pair, pair + n);
    transform<m>(d.T, n, x);
}
template <class T>
void solve_apart(const Decoupling& d, Index n, const T* lu, const T* pivots, T* x) {
    (d.stages == 3 ? solve_apart<3, T> : solve_apart<2, T>)(d, n, lu, pivots, x);
}

}  // namespace costate::ode
