// ode/steps/equations.hpp — the equations of implicit stages, for a list of numbers in memory that the caller provides
//   k = f(t, Z),  Z = base + hγ k        by simplified Newton iterations, ode/steps/newton.hpp (a)
// The Jacobian J is given, by a field that has jacobian(t, y, J); or found by differences, n + 1 evaluations:
//   J_·j = ( f(t, y + δ e_j) − f(t, y) ) / δ,     δ = √ε max( |y_j|, |h k_0j|, atol_j / rtol_j )                        (a)
// where the last is the size below which a number is taken as small.
//   k at t + c_i h is guessed from the step before: the slope of its cubic Hermite interpolant, ode/dense_output.hpp (a),
//   beyond its end. The first step has k of the stage before.
// The error estimate of a stiff problem is measured as (I − hγJ)⁻¹ e: what no error of y⁺ can be, since y⁺ damps it, does not
// shorten the step.
// shapes   J, LU: [n, n], row after row; all others [n]
// source   Hairer & Wanner II, 2nd ed., §IV.8: the starting values, and (8.19) for the error
// see      ode/steps/numbers.hpp (who asks) · core/lu.hpp
#pragma once
#include <limits>
#include <span>

#include "core/lu.hpp"           // brings: lu::factor, lu::solve, Index
#include "ode/steps/clock.hpp"   // brings: Interval, SolveOptions, Statistics
#include "ode/steps/newton.hpp"  // brings: Newton

namespace costate::ode::plain {

constexpr Index work_for_equations(Index n) { return 2 * n * n + 4 * n; }

template <class T, std::size_t N, class F>
class Equations {
public:
    // y: where the step begins; k: the rates of all stages, one behind the other
    Equations(F& f, std::span<T, N> y, T* k, T* work, const SolveOptions& options)
        : f_(f), y_(y), k_(k), method_(options.method), rtol_(options.rtol), atol_(options.atol) {
        jacobian_ = work;
        lu_ = jacobian_ + n() * n();
        pivots_ = lu_ + n() * n();
        update_ = pivots_ + n();
        z_before_ = update_ + n();
        rate_before_ = z_before_ + n();
    }

    void begin_attempt() { converged_ = true; }
    bool converged() const { return converged_; }
    long evaluations() const { return evaluations_; }
    void report(Statistics& s) const {
        s.jacobians = jacobians_;
        s.factorizations = factorizations_;
        s.newton_iterations = iterations_;
    }

    // Z of stage i, whose known part form() puts into z, and k_i. norm(x, z): x in units of the tolerance
    template <class Form, class Norm>
    void solve(int i, const Interval& s, T* z, Form&& form, Norm&& norm) {
        if (!converged_) return;
        h_ = s.h;
        for (bool again = false;; again = true) {
            if (again) form();
            if (again || !known_) find_jacobian(s);
            if (factor(s.h * method_.diagonal(i)) && iterate(i, s, z, norm)) return;
            if (fresh_) break;
        }
        converged_ = false;
    }
    void filter(T* error) const { lu::solve(lu_, n(), pivots_, error); }

    // The step is kept; with its rate at the end?
    void hand_on(bool with_rate) {
        fresh_ = false;
        known_ = known_ && !slow_;
        h_before_ = with_rate ? h_ : 0;
        std::copy_n(y_.data(), n(), z_before_);
        std::copy_n(k_, n(), rate_before_);
    }
    void forget() { known_ = false, h_before_ = 0; }

private:
    using State = std::span<T, N>;
    using Input = std::span<const T, N>;

    Index n() const { return static_cast<Index>(y_.size()); }
    void call(double t, const T* y, T* rate) {
        f_(t, Input(y, y_.size()), State(rate, y_.size()));
        ++evaluations_;
    }

    template <class Norm>
    bool iterate(int i, const Interval& s, T* z, Norm&& norm) {  // newton.hpp (a)
        const T step = static_cast<T>(s.h * method_.diagonal(i));
        T* k = k_ + i * n();
        guess(i, s.h, k);
        for (Index j = 0; j < n(); ++j) z[j] += step * k[j];
        for (newton_.begin();;) {
            call(s.at(method_.c[i]), z, update_);
            ++iterations_;
            for (Index j = 0; j < n(); ++j) update_[j] -= k[j];
            lu::solve(lu_, n(), pivots_, update_);
            for (Index j = 0; j < n(); ++j) {
                k[j] += update_[j];
                z[j] += update_[j] *= step;
            }
            const Newton::Verdict verdict = newton_.judge(norm(update_, z));
            if (verdict == Newton::Verdict::go_on) continue;
            slow_ = slow_ || newton_.is_slow();
            return verdict == Newton::Verdict::converged;
        }
    }
    void guess(int i, double h, T* k) const {
        if (h_before_ == 0) {
            std::copy_n(k - n(), n(), k);
            return;
        }
        const double theta = 1 + method_.c[i] * h / h_before_;
        for (Index j = 0; j < n(); ++j)
            k[j] = static_cast<T>(
                hermite_slope(theta, z_before_[j], y_[std::size_t(j)], rate_before_[j], k_[j], h_before_));
    }

    // I − hγJ, factored: false where that is singular.
    bool factor(double step) {
        if (factored_ == step) return true;
        for (Index i = 0; i < n() * n(); ++i) lu_[i] = static_cast<T>(-step) * jacobian_[i];
        for (Index i = 0; i < n(); ++i) lu_[i * n() + i] += 1;
        factored_ = lu::factor(lu_, n(), pivots_) ? step : 0;
        ++factorizations_;
        return factored_ != 0;
    }

    void find_jacobian(const Interval& s) {
        const Input y(y_.data(), y_.size());
        const std::span<T> J(jacobian_, y_.size() * y_.size());
        if constexpr (requires { f_.jacobian(s.first, y, J); })
            f_.jacobian(s.first, y, J);
        else
            find_differences(s);
        known_ = fresh_ = true;
        slow_ = false;
        factored_ = 0;
        newton_.forget();
        ++jacobians_;
    }
    void find_differences(const Interval& s) {  // (a)
        const T sqrt_eps = std::sqrt(std::numeric_limits<T>::epsilon());
        T *here = update_, *there = lu_;  // whose factors are old
        call(s.first, y_.data(), here);
        for (Index j = 0; j < n(); ++j) {
            T& y = y_[static_cast<std::size_t>(j)];
            const T before = y;
            const double small = rtol_.of(j) > 0 ? atol_.of(j) / rtol_.of(j) : 0;
            const double size = std::max({std::abs(double(y)), std::abs(s.h * double(k_[j])), small, 1e-30});
            y += sqrt_eps * static_cast<T>(size);
            const T distance = y - before;
            call(s.first, y_.data(), there);
            y = before;
            for (Index i = 0; i < n(); ++i) jacobian_[i * n() + j] = (there[i] - here[i]) / distance;
        }
    }

    F& f_;
    State y_;
    T* k_;
    const Method method_;
    const Tolerance rtol_, atol_;
    T *jacobian_, *lu_, *pivots_, *update_, *z_before_, *rate_before_;
    Newton newton_;
    double h_ = 0, factored_ = 0, h_before_ = 0;  // of the step tried last; hγ of lu_; of the step before: 0: none
    bool known_ = false, fresh_ = false, slow_ = false;  // J; that of this very step; one that no longer serves
    bool converged_ = true;
    long evaluations_ = 0, jacobians_ = 0, factorizations_ = 0, iterations_ = 0;
};

}  // namespace costate::ode::plain
