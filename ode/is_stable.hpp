// ode/is_stable.hpp — does what follows y' = J y die out, whatever it is?
//   C = (I − hJ)⁻¹ (I + hJ)            maps an eigenvalue λ of J to (1 + hλ)/(1 − hλ): |·| < 1 where Re λ < 0            (a)
//   C, C², C⁴, C⁸, ...                  → 0 where that holds for all of them, and nowhere else
// No eigenvalue is computed. What dies out more slowly than by 10⁻¹² of the fastest is taken for what stays.
// shapes   J: [n, n], row after row
// cost     some tens of products of n³
// source   Smith 1968, "Matrix equation XA + BX = C": squared powers of the Cayley transform
// see      ode/steady_state.cpp · tests/ode/steady_state_test.cpp
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/lu.hpp"  // brings: lu::factor, lu::solve

namespace costate::ode {

class Powers {  // of (a)
public:
    template <class T>
    Powers(const T* J, Index n) : n_(n), c_(size()), next_(size()) {
        for (std::size_t i = 0; i < size(); ++i) c_[i] = Number(J[i]);
        const Number h = 1 / std::max(norm(), std::numeric_limits<Number>::min());
        std::vector<Number> left(size()), pivots(static_cast<std::size_t>(n)), column(pivots);
        for (std::size_t i = 0; i < size(); ++i) left[i] = on_diagonal(i) - h * c_[i];
        is_known_ = lu::factor(left.data(), n, pivots.data());
        for (Index j = 0; j < n && is_known_; ++j) {
            for (Index i = 0; i < n; ++i) column[std::size_t(i)] = (i == j) + h * at(i, j);
            lu::solve(left.data(), n, pivots.data(), column.data());
            for (Index i = 0; i < n; ++i) next_[std::size_t(i * n + j)] = column[std::size_t(i)];
        }
        std::swap(c_, next_);
    }
    bool vanish() {
        for (int k = 0; k < 50 && is_known_; ++k) {
            const Number size = norm();
            if (size < 0.5) return true;
            if (!(size < 1e100)) return false;
            square();
        }
        return false;
    }

private:
    std::size_t size() const { return static_cast<std::size_t>(n_ * n_); }
    Number on_diagonal(std::size_t i) const { return i % static_cast<std::size_t>(n_ + 1) == 0; }
    Number at(Index i, Index j) const { return c_[static_cast<std::size_t>(i * n_ + j)]; }
    Number norm() const {  // the largest sum of a row
        Number most = 0;
        for (Index i = 0; i < n_; ++i) {
            Number sum = 0;
            for (Index j = 0; j < n_; ++j) sum += std::abs(at(i, j));
            most = sum <= most ? most : sum;
        }
        return most;
    }
    void square() {
        std::fill(next_.begin(), next_.end(), 0.0);
        for (Index i = 0; i < n_; ++i)
            for (Index k = 0; k < n_; ++k)
                for (Index j = 0; j < n_; ++j) next_[std::size_t(i * n_ + j)] += at(i, k) * at(k, j);
        std::swap(c_, next_);
    }

    Index n_;
    std::vector<Number> c_, next_;
    bool is_known_ = false;
};

template <class T>
bool is_stable(const T* J, Index n) {
    return Powers(J, n).vanish();
}

}  // namespace costate::ode
