// core/complex_lu.hpp — a small dense linear system of complex numbers, in real arithmetic
//   P A = L U      lu::factor_complex(a, n, pivots)        as core/lu.hpp; U's diagonal holds its inverses
//   A x = b        lu::solve_complex(a, n, pivots, re, im)   x in the place of b
// shapes   a: [n, 2, n], row after row: a row's real parts, then its imaginary ones; pivots, re, im: [n]
// why      2 n³ complex products and sums are 8 n³ / 3 flops, those of the real system (Re −Im; Im Re) 16 n³ / 3. By hand, as
//          std::complex asks after each product whether it became no number. A pivot is the largest |re| + |im|.
// source   Hairer & Wanner, Solving Ordinary Differential Equations II, 2nd ed., §IV.8, their DECC and SOLC
// see      tests/core/complex_lu_test.cpp · ode/steps/stage_matrix.hpp (what it is for)
#pragma once
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/real.hpp"  // brings: Index

namespace costate::lu {

// x ← 1/x, without overflow on the way
template <class T>
void invert_complex(T& re, T& im) {
    const T size = std::abs(re) + std::abs(im), x = re / size, y = im / size, square = (x * x + y * y) * size;
    re = x / square;
    im = -y / square;
}

template <class T>
bool factor_complex(T* a, Index n, T* pivots) {
    const auto row = [&](Index i) { return a + i * 2 * n; };
    const auto size = [&](Index i, Index j) { return std::abs(row(i)[j]) + std::abs(row(i)[n + j]); };
    for (Index k = 0; k < n; ++k) {
        Index pivot = k;
        for (Index i = k + 1; i < n; ++i)
            if (size(i, k) > size(pivot, k)) pivot = i;
        pivots[k] = static_cast<T>(pivot);
        const T largest = size(pivot, k);
        if (!(std::isfinite(static_cast<Number>(largest)) && largest != 0)) return false;
        if (pivot != k) std::swap_ranges(row(k), row(k) + 2 * n, row(pivot));
        const T *u = row(k), *v = u + n;
        invert_complex(row(k)[k], row(k)[n + k]);
        for (Index i = k + 1; i < n; ++i) {
            T *x = row(i), *y = x + n;
            const T re = x[k] * u[k] - y[k] * v[k], im = x[k] * v[k] + y[k] * u[k];
            x[k] = re;
            y[k] = im;
            if (re == 0 && im == 0) continue;
            for (Index j = k + 1; j < n; ++j) {
                const T to_x = re * u[j] - im * v[j], to_y = re * v[j] + im * u[j];
                x[j] -= to_x;
                y[j] -= to_y;
            }
        }
    }
    return true;
}

template <class T>
void solve_complex(const T* a, Index n, const T* pivots, T* re, T* im) {
    const auto subtract = [&](Index i, Index from, Index end) {
        const T *x = a + i * 2 * n, *y = x + n;
        for (Index j = from; j < end; ++j) {
            re[i] -= x[j] * re[j] - y[j] * im[j];
            im[i] -= x[j] * im[j] + y[j] * re[j];
        }
    };
    for (Index k = 0; k < n; ++k)
        for (T* x : {re, im}) std::swap(x[k], x[static_cast<Index>(pivots[k])]);
    for (Index i = 1; i < n; ++i) subtract(i, 0, i);  // L y = P b
    for (Index i = n; i-- > 0;) {                     // U x = y
        subtract(i, i + 1, n);
        const T x = a[i * 2 * n + i], y = a[i * 2 * n + n + i], was = re[i];
        re[i] = x * was - y * im[i];
        im[i] = x * im[i] + y * was;
    }
}

}  // namespace costate::lu
