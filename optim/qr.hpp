// optim/qr.hpp — a tall matrix as an orthogonal one times a triangle, in double
//   A = Q R:  Qᵀ is a product of reflections, I − 2 w wᵀ / wᵀw, each of which makes zeros below one diagonal entry
// Applied to further columns as well: [A b] becomes [R Qᵀb], which is all that least squares |A x + b| needs:
//   R x = −(Qᵀb)₁,   and the rest of Qᵀb is what remains.   Never AᵀA: that would lose half of the digits.
// shapes   column by column: entry (i, j) of m rows stands at i + j m.   source   Golub & Van Loan, 4th ed., §5.2
#pragma once
#include <cmath>
#include <span>

#include "core/real.hpp"  // brings: Index

namespace costate::optim {

// In place: the first `columns` of `all` columns become R (zeros below it), the others Qᵀ times them.
inline void triangulate(std::span<Number> A, Index rows, Index columns, Index all) {
    const auto column = [&](Index j) { return A.data() + j * rows; };
    for (Index k = 0; k < columns && k < rows; ++k) {
        Number* w = column(k);
        Number square = 0;
        for (Index i = k; i < rows; ++i) square += w[i] * w[i];
        if (square == 0) continue;
        const Number diagonal = -std::copysign(std::sqrt(square), w[k]);
        w[k] -= diagonal;                      // w = a − diagonal · e; no digits cancel
        const Number half = -diagonal * w[k];  // wᵀw / 2
        for (Index j = k + 1; j < all; ++j) {
            Number* b = column(j);
            Number product = 0;
            for (Index i = k; i < rows; ++i) product += w[i] * b[i];
            for (Index i = k; i < rows; ++i) b[i] -= product / half * w[i];
        }
        w[k] = diagonal;
        for (Index i = k + 1; i < rows; ++i) w[i] = 0;
    }
}

// x of R x = b in place of b, n entries; the triangle is the top of columns of `rows` rows. Where a diagonal entry is 0, x is.
inline void solve_upper(std::span<const Number> R, Index rows, std::span<Number> b) {
    for (Index i = std::ssize(b) - 1; i >= 0; --i) {
        Number& x = b[i];
        for (Index j = i + 1; j < std::ssize(b); ++j) x -= R[i + j * rows] * b[j];
        const Number diagonal = R[i + i * rows];
        x = diagonal == 0 ? 0 : x / diagonal;
    }
}

// x of Rᵀ x = b.
inline void solve_transposed(std::span<const Number> R, Index rows, std::span<Number> b) {
    for (Index i = 0; i < std::ssize(b); ++i) {
        Number& x = b[i];
        for (Index j = 0; j < i; ++j) x -= R[j + i * rows] * b[j];
        const Number diagonal = R[i + i * rows];
        x = diagonal == 0 ? 0 : x / diagonal;
    }
}

}  // namespace costate::optim
