// ode/steps/corrector.hpp — what a multistep step adds to its prediction: the root of an equation for one state
//   e ← e + δ,   (I − hγJ) δ = γ (h f(t_n, y) − z_1) − e,   y = p_{n−1}(t_n) + e,   γ = 1/Λ'(0)        multistep (5)
// of BDF; of Adams with J = 0. By the test of ode/steps/newton.hpp it is far enough when what is left is 1/25 of the error
// that a step may make, 1/10 by Adams. What an old J leaves is the same in every step, and looks like an error: with 1/10 by
// BDF, too, steps of Robertson's reaction stopped growing, and took three times the evaluations. J is kept until a step
// takes three iterations, or does not converge, and the factors as long as hγ.
// shapes   e, δ, y: [n]; J, LU: [n, n]
// see      ode/multistep/nordsieck.hpp (who asks) · ode/steps/equations.hpp (the same for stages)
#pragma once
#include <span>
#include <utility>

#include "core/lu.hpp"                    // brings: lu::factor, lu::solve
#include "ode/statistics.hpp"             // brings: Statistics
#include "ode/steps/colours.hpp"          // brings: find_differences_of
#include "ode/steps/measure.hpp"          // brings: Measure
#include "ode/steps/newton.hpp"           // brings: Newton
#include "ode/steps/nordsieck_array.hpp"  // brings: NordsieckArray, Interval
#include "ode/steps/stage_matrix.hpp"     // brings: stage_matrix

namespace costate::ode::plain {

// A field that solves the equation by itself: that of a batch, whose rows may be apart (ode/batch/batch_in_numbers.hpp).
template <class F, class T>
concept SolvesItself = requires(F f, Number t, T* y) {
    f.linearize(t, y);
    f.factor(t);
    f.solve(y);
};

// A batch, for who keeps it as another keeps a field (ode/steps/any_field.hpp).
template <class F>
struct KeptBatch {
    using ForSteps = std::remove_reference_t<F>;
    F f;
    ForSteps& for_steps = f;
};

template <class T, std::size_t N, class F>
class Corrector {
public:
    static constexpr Index work_size(bool stiff, Index n) { return 4 * n + (stiff ? 2 * n * n + n : 0); }
    Corrector(F& f, Index n, bool stiff, const SolveOptions& options, T* work)
        : f_(f), n_(n), stiff_(stiff), rtol_(options.rtol), atol_(options.atol) {
        const auto next = [&work](Index count) { return std::exchange(work, work + count); };
        e_ = next(n);
        y_ = next(n);
        delta_ = next(n);
        rate_ = next(n);
        if (!stiff || SolvesItself<F, T>) return;
        jacobian_ = next(n * n);
        lu_ = next(n * n);
        pivots_ = next(n);
    }

    bool has_jacobian() const { return stiff_; }
    const T* e() const { return e_; }
    T* trial() { return y_; }
    T* rate() { return rate_; }
    void evaluate(Number t, const T* y) {  // rate()
        const auto size = static_cast<std::size_t>(n_);
        f_(t, std::span<const T, N>(y, size), std::span<T, N>(rate_, size));
        ++evaluations_;
    }

    bool solve(const Interval& s, const NordsieckArray<T>& p, Measure<T>& measure) {
        for (bool again = false;; again = true) {
            if (stiff_ && (!known_ || (again && !fresh_))) find_jacobian(s, p);
            if ((!stiff_ || factor(s.h / p.leading())) && iterate(s, p, measure)) return true;
            if (again || !stiff_ || fresh_) return known_ = false;  // J was of a place too far away
        }
    }
    // Of Adams, where no step is shorter and every error is kept: what the iterations have come to.
    bool will_do(bool is_shortest) const { return !stiff_ && is_shortest && are_finite(n_, e_); }
    void hand_on() {  // the step is kept
        if (took_ >= 3 && !fresh_) known_ = false;
        fresh_ = false;
    }
    void forget() { known_ = false; }
    void report(Statistics& s) const {
        s.evaluations = evaluations_;
        s.jacobians = jacobians_;
        s.factorizations = factorizations_;
        s.newton_iterations = stiff_ ? iterations_ : 0;
    }

private:
    bool iterate(const Interval& s, const NordsieckArray<T>& p, Measure<T>& measure) {
        const T gamma = static_cast<T>(1 / p.leading()), h = static_cast<T>(s.h);
        const T *predicted = p.next(0), *z1 = p.next(1);
        const Number in_error = p.error_by_change() * Newton::enough / (stiff_ ? 0.04 : 0.1);  // of a change of e
        std::fill_n(e_, n_, T(0));
        newton_.begin(false);
        took_ = 0;
        for (Newton::Verdict verdict = Newton::Verdict::go_on; verdict == Newton::Verdict::go_on;) {
            for (Index i = 0; i < n_; ++i) y_[i] = predicted[i] + e_[i];
            evaluate(s.final, y_);
            ++iterations_, ++took_;
            for (Index i = 0; i < n_; ++i) delta_[i] = gamma * (h * rate_[i] - z1[i]) - e_[i];
            if (stiff_) solve_linear();
            for (Index i = 0; i < n_; ++i) e_[i] += delta_[i];
            verdict = newton_.judge(in_error * measure.norm(n_, delta_, p.state(), predicted));
            if (verdict == Newton::Verdict::diverged) return false;
        }
        return true;
    }

    bool factor(Number h_gamma) {
        if (factored_ == h_gamma) return true;
        if constexpr (SolvesItself<F, T>) {
            factored_ = f_.factor(h_gamma) ? h_gamma : 0;
        } else {
            stage_matrix_of_one(lu_, n_, h_gamma, jacobian_);
            factored_ = lu::factor(lu_, n_, pivots_) ? h_gamma : 0;
        }
        ++factorizations_;
        return factored_ != 0;
    }
    void solve_linear() {
        if constexpr (SolvesItself<F, T>)
            f_.solve(delta_);
        else
            lu::solve(lu_, n_, pivots_, delta_);
    }
    void find_jacobian(const Interval& s, const NordsieckArray<T>& p) {
        const auto size = static_cast<std::size_t>(n_);
        std::copy_n(p.next(0), n_, y_);
        if constexpr (SolvesItself<F, T>) {
            f_.linearize(s.final, y_);
        } else if (f_.gives_jacobian()) {
            f_.jacobian(s.final, std::span<const T, N>(y_, size), std::span<T>(jacobian_, size * size));
        } else {  // here: e's memory; there: that of the factors, which are old
            const auto call = [&](const T* y, T* rate) {
                f_(s.final, std::span<const T, N>(y, size), std::span<T, N>(rate, size));
                ++evaluations_;
            };
            for (Index i = 0; i < n_; ++i) rate_[i] = p.next(1)[i] / static_cast<T>(s.h);
            find_differences_of(f_, n_, y_, rate_, s.h, rtol_, atol_, call, e_, lu_, pivots_, jacobian_);
        }
        known_ = fresh_ = true;
        factored_ = 0;
        newton_.forget();
        ++jacobians_;
    }

    F& f_;
    const Index n_;
    const bool stiff_;
    const Tolerance rtol_, atol_;
    T *e_, *y_, *delta_, *rate_, *jacobian_ = nullptr, *lu_ = nullptr, *pivots_ = nullptr;
    Newton newton_;
    int took_ = 0;                        // iterations, by this very step
    Number factored_ = 0;                 // hγ of lu_; 0: none
    bool known_ = false, fresh_ = false;  // J; that of this very step
    long evaluations_ = 0, jacobians_ = 0, factorizations_ = 0, iterations_ = 0;
};

}  // namespace costate::ode::plain
