// core/gmres.hpp — a linear system of which only the product A v is known: GMRES
//   A x = b      x_k = V_k y,  y least ‖β e_1 − H_k y‖,  A V_k = V_{k+1} H_k,  V_k orthonormal, of b, Ab, ..., A^{k−1}b
//   Gmres gmres;   gmres.solve(n, apply, x, {.tolerance = 1e-6})            apply(v, out): out = A v;   x: b, then the solution
// The residual falls with every k, is known without forming x, and restarts from x after `basis` vectors. For the matrices
// I − hγJ of implicit steps few vectors do: their eigenvalues lie around 1 but for the stiff ones.
// returns  whether ‖b − A x‖ ≤ tolerance ‖b‖, or ≤ goal if that is more, was reached; x is the best there is in any case
// memory   (basis + 1) n numbers, kept from call to call
// source   Saad & Schultz 1986, "GMRES", SIAM J. Sci. Stat. Comput. 7; Saad, Iterative Methods, 2nd ed., §6.5
// see      tests/core/gmres_test.cpp · ode/batch/row_jacobians.cpp (who asks)
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/elementary/atan.hpp"  // brings: hypot
#include "core/real.hpp"             // brings: Real, Index

namespace costate::inline COSTATE_PRECISION {

struct GmresOptions {
    Number tolerance = 1e-6, goal = 0;
    int most = 500;  // products
};

class Gmres {
public:
    static constexpr int basis = 40;

    template <class Apply>
    bool solve(Index n, Apply&& apply, Real* x, const GmresOptions& options) {
        const std::size_t count = n;
        V_.resize((basis + 1) * count);
        b_.assign(x, x + n);
        std::fill_n(x, n, Real(0));
        const Number goal = std::max(options.goal, options.tolerance * norm(n, b_.data()));
        std::copy_n(b_.data(), n, v(0, n));
        for (int products = 0;;) {  // a cycle from the residual, which lies in v(0)
            const Number beta = norm(n, v(0, n));
            if (!(beta > goal)) return beta <= goal;
            scale(n, v(0, n), 1 / beta);
            const int k = cycle(n, apply, beta, goal, options.most - products);
            add_combination(n, k, x);
            if ((products += k) >= options.most || k == 0) return false;
            apply(static_cast<const Real*>(x), v(0, n));
            for (Index j = 0; j < n; ++j) v(0, n)[j] = b_[j] - v(0, n)[j];
            ++products;
        }
    }

private:
    Real* v(int k, Index n) { return V_.data() + k * n; }
    Number& h(int i, int k) { return H_[i + k * (basis + 1)]; }
    static Number dot(Index n, const Real* x, const Real* y) {
        Number sum = 0;
        for (Index j = 0; j < n; ++j) sum += Number(x[j]) * Number(y[j]);
        return sum;
    }
    static Number norm(Index n, const Real* x) { return std::sqrt(dot(n, x, x)); }
    static void scale(Index n, Real* x, Number by) {
        for (Index j = 0; j < n; ++j) x[j] *= static_cast<Real>(by);
    }

    // Vectors until the residual is small: how many.
    template <class Apply>
    int cycle(Index n, Apply&& apply, Number beta, Number goal, int most) {
        std::fill_n(g_, basis + 1, 0.0);
        g_[0] = beta;
        int k = 0;
        for (; k < std::min(basis, most) && std::abs(g_[k]) > goal; ++k) {
            Real* next = v(k + 1, n);
            apply(static_cast<const Real*>(v(k, n)), next);
            for (int i = 0; i <= k; ++i) {  // modified Gram–Schmidt
                h(i, k) = dot(n, v(i, n), next);
                for (Index j = 0; j < n; ++j) next[j] -= static_cast<Real>(h(i, k)) * v(i, n)[j];
            }
            const Number length = norm(n, next);
            if (!std::isfinite(length)) return k;
            rotate(k, length);
            if (length > 0) scale(n, next, 1 / length);
        }
        return k;
    }
    void rotate(int k, Number length) {  // column k of H becomes one of R
        for (int i = 0; i < k; ++i) {
            const Number above = h(i, k);
            h(i, k) = c_[i] * above + s_[i] * h(i + 1, k);
            h(i + 1, k) = -s_[i] * above + c_[i] * h(i + 1, k);
        }
        const Number radius = elementary::hypot(h(k, k), length);
        c_[k] = radius > 0 ? h(k, k) / radius : 1;
        s_[k] = radius > 0 ? length / radius : 0;
        h(k, k) = radius;
        g_[k + 1] = -s_[k] * g_[k];
        g_[k] *= c_[k];
    }
    void add_combination(Index n, int k, Real* x) {  // x += V y,  R y = g
        Number y[basis];
        for (int i = k; i-- > 0;) {
            y[i] = g_[i];
            for (int j = i + 1; j < k; ++j) y[i] -= h(i, j) * y[j];
            y[i] = h(i, i) != 0 ? y[i] / h(i, i) : 0;
        }
        for (int i = 0; i < k; ++i)
            for (Index j = 0; j < n; ++j) x[j] += static_cast<Real>(y[i]) * v(i, n)[j];
    }

    std::vector<Real> V_, b_;
    Number H_[(basis + 1) * basis], g_[basis + 1], c_[basis], s_[basis];
};

}  // namespace costate::inline COSTATE_PRECISION
