// ode/steps/mass.hpp — M y' = f(t, y), M constant and maybe singular (internal to ode/)
//   M k_i = f(t_i, Z_i),     (M − hA ⊗ J) Δ = f(Z) − M k                                  (a)
// A singular M leaves equations without a derivative. Where they can be solved for the numbers whose derivatives M has not
// (index 1), stages do that by themselves. A solve begins with k = y'(t0), of which f(t0, y0) says M k alone. By elimination,
// E M = (R; 0),
//   (E f)_r = 0                             of the rows below R: y0 must satisfy it, within its tolerance,
//   (E J)_r k = −(E ∂f/∂t)_r                and so does its derivative                                  (b)
// where (b) takes the place of those rows; J is ∂f/∂y. From then on k is that of the last stage.
// Behind a jump of f (jump_t) it is found anew, and z is not: an equation that jumps as well is an error, which says to solve
// on from a z that satisfies it.
// Of a Rosenbrock method k says how long the first step is; its stages read f(t0, y0) itself.
// source   Hairer & Wanner II, 2nd ed., §VI.1 (the ε-embedding), §VII.1 (the index)
// see      partly (4) · ode/steps/equations.hpp, ode/batch/row_jacobians.hpp, ode/gradients/direct_equations.hpp (who ask)
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "core/lu.hpp"  // brings: lu::factor, lu::solve, Index

namespace costate::ode {

using Mass = std::span<const Number>;  // [n, n], row after row; empty: I

template <class T>
T mass_entry(Mass M, Index n, Index i, Index j) {  // of M, or of I
    return M.empty() ? T(i == j) : static_cast<T>(M[static_cast<std::size_t>(i * n + j)]);
}
// x ← x + M k, or Mᵀ k; minus it by sign = −1
template <class T>
void add_product(Mass M, Index n, const T* k, T* x, T sign = 1, bool transposed = false) {
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j)
            x[i] += sign * static_cast<T>(M[static_cast<std::size_t>(transposed ? j * n + i : i * n + j)]) * k[j];
}
// x ← x − M k, or x − k where there is no M
template <class T>
void subtract_rate(Mass M, Index n, const T* k, T* x) {
    if (!M.empty()) return add_product(M, n, k, x, T(-1));
    for (Index i = 0; i < n; ++i) x[i] -= k[i];
}
// x ← M x, by room for n numbers
template <class T>
void multiply(Mass M, Index n, T* x, T* room) {
    std::fill_n(room, n, T(0));
    add_product(M, n, static_cast<const T*>(x), room);
    std::copy_n(room, n, x);
}

// How far beyond t f is asked for ∂f/∂t, of a solve that goes on to t + reach.
template <class T>
Number step_aside(Number t, Number reach) {
    const Number size = std::min(std::abs(reach), std::max<Number>(std::abs(t), 1));
    return std::copysign(std::sqrt(static_cast<Number>(std::numeric_limits<T>::epsilon())) * size, reach);
}

struct Inconsistency {  // of a start
    bool found = false;
    long component = -1;  // that has an equation, which leaves so much; −1: the equations have no rate
    Number left = 0;
};

// rate: f, then k.   f_t: f at t + aside.   tolerated(j): how far off y_j may be
// J, f_t, pivots and A, which is room for n² numbers, are used up.
template <class T, class Tolerated>
Inconsistency find_first_rate(Mass M, Index n, T* A, T* J, T* rate, T* f_t, Number aside, T* pivots,
                              Tolerated&& tolerated) {
    Number largest = 0;
    for (Index i = 0; i < n * n; ++i) {
        A[i] = static_cast<T>(M[static_cast<std::size_t>(i)]);
        largest = std::max(largest, std::abs(Number(A[i])));
    }
    for (Index i = 0; i < n; ++i) {
        pivots[i] = static_cast<T>(i);
        f_t[i] = static_cast<T>((Number(f_t[i]) - Number(rate[i])) / aside);
    }
    const Number none = 100 * Number(n) * static_cast<Number>(std::numeric_limits<T>::epsilon()) * largest;
    Index rank = 0;
    for (Index column = 0; column < n; ++column) {
        Index pivot = rank;
        for (Index i = rank; i < n; ++i)
            if (std::abs(A[i * n + column]) > std::abs(A[pivot * n + column])) pivot = i;
        if (rank == n || !(std::abs(Number(A[pivot * n + column])) > none)) continue;
        for (T* x : {rate, f_t, pivots}) std::swap(x[rank], x[pivot]);
        for (T* x : {A, J})
            if (pivot != rank) std::swap_ranges(x + rank * n, x + (rank + 1) * n, x + pivot * n);
        for (Index i = rank + 1; i < n; ++i) {
            const T factor = A[i * n + column] / A[rank * n + column];
            for (T* x : {rate, f_t}) x[i] -= factor * x[rank];
            for (T* x : {A, J})
                for (Index j = 0; j < n && factor != 0; ++j) x[i * n + j] -= factor * x[rank * n + j];
        }
        ++rank;
    }
    for (Index i = rank; i < n; ++i) {  // (b)
        Number most = 0;
        for (Index j = 0; j < n; ++j) most += std::abs(Number(J[i * n + j])) * tolerated(j);
        if (!(std::abs(Number(rate[i])) <= most)) return {true, static_cast<long>(pivots[i]), Number(rate[i])};
        std::copy_n(J + i * n, n, A + i * n);
        rate[i] = -f_t[i];
    }
    if (!lu::factor(A, n, pivots)) return {true};
    lu::solve(A, n, pivots, rate);
    return {};
}

// By the tolerances of a solve, and at least to rounding.
template <class T, class Tolerance>
Number tolerated_at_start(T y, Index i, const Tolerance& rtol, const Tolerance& atol) {
    const Number rounding = 100 * static_cast<Number>(std::numeric_limits<T>::epsilon());
    return atol.of(i) + std::max(rounding, rtol.of(i)) * std::abs(Number(y));
}

}  // namespace costate::ode
