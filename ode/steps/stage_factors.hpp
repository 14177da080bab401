// ode/steps/stage_factors.hpp — the factors that a step's stages are solved by, in memory that the caller provides
//   (M − hA ⊗ J) Δ = r     of all stages from i on that are one system, or M − hγJ of one                         stiff (3)
// Where the stages have one J, they are taken apart (ode/tables/decoupling.hpp); by a J for each they are one dense system.
// shapes   J: [m, n, n] for m stages at once, row after row; the dense factors [mn, mn]
// see      ode/steps/equations.hpp (who asks); of a batch's rows ode/batch/row_jacobians.hpp
#pragma once
#include <utility>

#include "ode/method.hpp"              // brings: Method
#include "ode/steps/stage_matrix.hpp"  // brings: stage_matrix, factor_apart, solve_apart

namespace costate::ode::plain {

constexpr Index work_for_factors(int stages, Index n) {
    const Index m = stages * n;
    return m * m + m;
}

template <class T>
class StageFactors {
public:
    StageFactors(const Method& method, Index n, Mass M, T*& work) : method_(method), n_(n), M_(M) {
        const Index m = method.coupled * n;
        const auto next = [&work](Index count) { return std::exchange(work, work + count); };
        lu_ = next(m * m);
        pivots_ = next(m);
    }

    // For whoever needs some while J is found: n² numbers and mn, which are old then.
    T* room() const { return lu_; }
    T* more_room() const { return pivots_; }
    void forget() { of_ = 0; }
    long count() const { return count_; }

    // By one J or by one of each stage: false where the matrix is singular.
    bool factor(int i, Number h, const T* J, bool each_its_own) {
        const Number of = h * method_.a[i * method_.dense_stages + i];
        if (of_ == of) return true;
        m_ = method_.end_of_block(i) - i;
        apart_ = m_ > 1 && method_.decoupling && !each_its_own;
        ++count_;
        const bool regular =
            apart_ ? factor_apart(
                         *method_.decoupling, h, n_, [&](Index j, Index l) { return J[j * n_ + l]; }, M_, lu_, pivots_)
                   : factor_dense(i, h, J, each_its_own);
        of_ = regular ? of : 0;
        return regular;
    }
    void solve(T* x) const {
        if (apart_)
            solve_apart(*method_.decoupling, n_, lu_, pivots_, x);
        else
            lu::solve(lu_, m_ * n_, pivots_, x);
    }

private:
    bool factor_dense(int i, Number h, const T* J, bool each_its_own) {
        stage_matrix(
            lu_, m_, n_,
            [&](int p, int q) { return static_cast<T>(h * method_.a[(i + p) * method_.dense_stages + i + q]); },
            [&](int p) { return J + (each_its_own ? p : 0) * n_ * n_; }, M_);
        return lu::factor(lu_, m_ * n_, pivots_);
    }

    const Method& method_;
    const Index n_;
    const Mass M_;
    T *lu_, *pivots_;
    int m_ = 1;           // stages of the factors
    bool apart_ = false;  // are they taken apart?
    Number of_ = 0;       // their h a_ii; 0: there are none
    long count_ = 0;
};

}  // namespace costate::ode::plain
