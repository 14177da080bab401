// core/lu.hpp — a small dense linear system: LU factors with partial pivoting, and what solves by them
//   P A = L U      lu::factor(a, n, pivots)          in place: U on and above the diagonal, L below it, whose diagonal is 1
//   A x = b        lu::solve(a, n, pivots, b)        Aᵀ x = b    lu::solve_transposed(a, n, pivots, b)    x in b's place
//   X = A⁻¹        lu::invert(a, n, pivots, X)
// shapes   a: [n, n], row after row; pivots, b: [n]. A pivot is the row that its column was exchanged with, kept as a T, so
//          that whoever hands over memory hands over one kind.
// errors   factor is false where a column has no pivot that is finite and not 0: the matrix is singular, or no number.
// cost     2 n³ / 3 flops to factor, 2 n² to solve. For the Jacobians of implicit methods: n is a handful, or some hundreds.
// source   Golub & Van Loan, Matrix Computations, 4th ed., §3.4 (outer products, row by row)
// see      tests/core/lu_test.cpp
#pragma once
#include <cmath>
#include <utility>
#include <vector>

#include "core/real.hpp"  // brings: Index

namespace costate::lu {

template <class T>
bool factor(T* a, Index n, T* pivots) {
    for (Index k = 0; k < n; ++k) {
        Index pivot = k;
        for (Index i = k + 1; i < n; ++i)
            if (std::abs(a[i * n + k]) > std::abs(a[pivot * n + k])) pivot = i;
        pivots[k] = static_cast<T>(pivot);
        const T largest = a[pivot * n + k];
        if (!(std::isfinite(static_cast<Number>(largest)) && largest != 0)) return false;
        if (pivot != k)
            for (Index j = 0; j < n; ++j) std::swap(a[k * n + j], a[pivot * n + j]);
        for (Index i = k + 1; i < n; ++i) {
            const T factor = a[i * n + k] /= largest;
            if (factor == 0) continue;
            for (Index j = k + 1; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
        }
    }
    return true;
}

template <class T>
void solve(const T* a, Index n, const T* pivots, T* x) {
    for (Index k = 0; k < n; ++k) std::swap(x[k], x[static_cast<Index>(pivots[k])]);
    for (Index i = 1; i < n; ++i)  // L y = P b
        for (Index j = 0; j < i; ++j) x[i] -= a[i * n + j] * x[j];
    for (Index i = n; i-- > 0;) {  // U x = y
        for (Index j = i + 1; j < n; ++j) x[i] -= a[i * n + j] * x[j];
        x[i] /= a[i * n + i];
    }
}

template <class T>
void solve_transposed(const T* a, Index n, const T* pivots, T* x) {
    for (Index i = 0; i < n; ++i) {  // Uᵀ y = b
        x[i] /= a[i * n + i];
        for (Index j = i + 1; j < n; ++j) x[j] -= a[i * n + j] * x[i];
    }
    for (Index i = n; i-- > 0;)  // Lᵀ z = y
        for (Index j = 0; j < i; ++j) x[j] -= a[i * n + j] * x[i];
    for (Index k = n; k-- > 0;) std::swap(x[k], x[static_cast<Index>(pivots[k])]);
}

template <class T>
void invert(const T* a, Index n, const T* pivots, T* X) {  // [n, n], column by column
    std::vector<T> column;
    for (Index j = 0; j < n; ++j) {
        column.assign(static_cast<std::size_t>(n), T(0));
        column[static_cast<std::size_t>(j)] = 1;
        solve(a, n, pivots, column.data());
        for (Index i = 0; i < n; ++i) X[i * n + j] = column[static_cast<std::size_t>(i)];
    }
}

}  // namespace costate::lu
