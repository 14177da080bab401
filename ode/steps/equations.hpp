// ode/steps/equations.hpp — the equations of implicit stages, for a list of numbers in memory that the caller provides
//   k = f(t, Z),  Z = base + hγ k        by simplified Newton iterations, stiff (3), ode/steps/newton.hpp
// The Jacobian J is given, by a field that has jacobian(t, y, J); or found by differences, ode/steps/colours.hpp.
// An additive method's field has two halves, stiff(t, y, rate) and rest(t, y, rate), and the equations are those of the first.
// Stages that are one system (Radau IIA, Gauss) have I − hA ⊗ J in the place of I − hγJ, ode/steps/stage_factors.hpp.
//   k at t + c_i h is guessed from the step before: the slope of its cubic Hermite interpolant beyond its end,
//   ode/tables/dense_output.hpp (a). Where there is none, or that does not converge, it is k of the stage before.
// A mass matrix M, M k = f(t, Z), stands in the place of I (ode/steps/mass.hpp).
// Where a step cannot be made shorter and does not converge, it is tried again with a J for each stage, at every iterate.
// shapes   J: [m, n, n] for m stages at once, row after row; all others [n], [m, n]
// source   Hairer & Wanner II, 2nd ed., §IV.8: the starting values
#pragma once
#include <span>
#include <utility>

#include "ode/steps/clock.hpp"          // brings: Interval, SolveOptions, Statistics
#include "ode/steps/colours.hpp"        // brings: find_differences_of
#include "ode/steps/newton.hpp"         // brings: Newton
#include "ode/steps/stage_factors.hpp"  // brings: StageFactors, Mass, Index

namespace costate::ode::plain {

constexpr Index work_for_equations(int stages, Index n) {  // so many that are solved for at once
    const Index m = stages * n;
    return stages == 0 ? 0 : m * n + m + 2 * n + work_for_factors(stages, n) + (stages > 1 ? m : 0);
}

// What an array of n numbers has room for: one stage's equations for up to 16, those of three stages for up to 6.
constexpr Index room_for_equations(Index n) {
    return n <= 6 ? work_for_equations(3, n) : n <= 16 ? work_for_equations(1, n) : 0;
}

template <class T, std::size_t N, class F>
class Equations {
public:
    // y: where the step begins; k: the rates of all stages, one behind the other
    Equations(F& f, std::span<T, N> y, T* k, T* work, const SolveOptions& options)
        : f_(f),
          y_(y),
          k_(k),
          method_(options.method),
          rtol_(options.rtol),
          atol_(options.atol),
          known_steps_(options.known_steps()),
          min_step_(options.min_step),
          mass_(options.mass),
          factors_(method_, n(), M(), work) {
        const Index m = method_.coupled * n();
        const auto next = [&work](Index count) { return std::exchange(work, work + count); };
        jacobian_ = next(m * n());
        update_ = next(m);
        z_before_ = next(n());
        rate_before_ = next(n());
        if (method_.is_additive()) rest_ = next(method_.dense_stages * n());
        if (method_.coupled > 1) states_ = next(m);
    }

    void begin_attempt() { converged_ = true; }
    bool converged() const { return converged_; }
    long evaluations() const { return evaluations_; }
    const T* jacobian() const { return known_ ? jacobian_ : nullptr; }
    void report(Statistics& s) const {
        s.jacobians = jacobians_;
        s.factorizations = factors_.count();
        s.newton_iterations = iterations_;
    }

    // Z and k of stage i, whose known part form() puts into z; or of all that are one system with it, the last one's Z in next.
    // norm(x, at): x in units of the tolerance
    template <class Form, class Norm>
    void solve(int i, const Interval& s, T* z, T* next, Form&& form, Norm&& norm) {
        if (method_.is_linear()) return solve_linear(i, s, z);
        if (!converged_) return;
        h_ = s.h;
        if (i == 1 && rest_) call_rest(s.first, y_.data(), rest_);
        add_rest(i, z);
        for (bool again = false;; again = true) {  // with a new Jacobian, and a guess that goes out on no limb
            if (again) form(), add_rest(i, z);
            if (!known_ || (again && !fresh_)) find_jacobian(s.first, y_.data());
            if (factors_.factor(i, s.h, jacobian_, false) && iterate(i, s, z, again, norm)) break;
            if (again) return void(converged_ = false);
        }
        if (const int m = method_.coupled; m > 1 && method_.last == m) std::copy_n(states_ + (m - 1) * n(), n(), next);
        if (!rest_) return;
        call_rest(s.at(method_.c[i]), z, rest_ + i * n());
        for (Index j = 0; j < n(); ++j) k_[i * n() + j] += rest_[i * n() + j];
    }

    // The step is kept; with its rate at the end?
    void hand_on(bool with_rate) {
        fresh_ = false;
        known_ = known_ && !slow_ && !method_.is_linear();
        // Elsewhere who looks within a step would change the next; and of a long step the guess decides which solution is it.
        h_before_ = with_rate && method_.fsal && !known_steps_ ? h_ : 0;
        std::copy_n(y_.data(), n(), z_before_);
        std::copy_n(k_, n(), rate_before_);
    }
    void forget() { known_ = false, h_before_ = 0; }

    // M k = f(t, y): k_0 from f, which stands there, of a solve that goes on to t + reach
    bool has_mass() const { return !mass_.empty(); }
    const Inconsistency& inconsistency() const { return inconsistency_; }
    void find_first_rate(Number t, Number reach) {
        h_ = 0;
        find_jacobian(t, y_.data());
        call(t + step_aside<T>(t, reach), y_.data(), update_);
        const auto off = [&](Index j) { return tolerated_at_start(y_.data()[j], j, rtol_, atol_); };
        T* k = method_.is_linear() ? std::copy_n(k_, n(), rate_before_) - n() : k_;  // whose stages read f itself
        inconsistency_ = ode::find_first_rate(M(), n(), factors_.room(), jacobian_, k, update_, step_aside<T>(t, reach),
                                              factors_.more_room(), off);
        forget();
    }
    const T* start_rate() const { return method_.is_linear() && has_mass() ? rate_before_ : k_; }  // found last

private:
    using State = std::span<T, N>;
    using Input = std::span<const T, N>;

    Index n() const { return static_cast<Index>(y_.size()); }
    Mass M() const { return mass_.numbers(); }
    T a(int i, int j) const { return static_cast<T>(h_ * method_.a[i * method_.dense_stages + j]); }  // h a_ij
    void call(Number t, const T* y, T* rate) {  // of halves the stiff one
        ++evaluations_;
        if (rest_ && f_.has_halves()) return f_.stiff(t, Input(y, y_.size()), State(rate, y_.size()));
        f_(t, Input(y, y_.size()), State(rate, y_.size()));
    }
    void call_rest(Number t, const T* y, T* rate) {
        if (f_.has_halves())
            f_.rest(t, Input(y, y_.size()), State(rate, y_.size())), ++evaluations_;
        else
            std::fill_n(rate, n(), T(0));
    }
    void add_rest(int i, T* z) {  // ode/tables/additive.hpp (a)
        for (int l = 0; rest_ && l < i; ++l) {
            const T factor = static_cast<T>(h_ * method_.difference[i * method_.dense_stages + l]);
            for (Index j = 0; j < n() && factor != 0; ++j) z[j] += factor * rest_[l * n() + j];
        }
    }

    // Stage i of a Rosenbrock method, ode/tables/rosenbrock.hpp (c). Where others keep what a guess is made of, ∂f/∂t and v
    // lie.
    void solve_linear(int i, const Interval& s, const T* Z) {
        T *k = k_ + i * n(), *time_rate = z_before_, *v = rate_before_;
        const auto gamma = [this](int p, int q) { return static_cast<T>(method_.gamma[p * method_.dense_stages + q]); };
        h_ = s.h;
        if (i == 1) {
            if (!known_) find_jacobian(s.first, y_.data()), find_time_rate(s, time_rate);
            converged_ = factors_.factor(1, s.h, jacobian_, false);
            std::copy_n(k_, n(), k);
        }
        if (!converged_) return;
        if (i > 1) call(s.at(method_.c[i]), Z, k);
        for (Index j = 0; j < n(); ++j) {
            v[j] = 0;
            for (int l = 1; l < i; ++l) v[j] += gamma(i, l) / gamma(1, 1) * k_[l * n() + j];
            k[j] += (has_mass() ? T(0) : v[j]) + static_cast<T>(h_ * method_.gammas[i]) * time_rate[j];
        }
        if (has_mass()) add_product<T>(M(), n(), v, k);
        factors_.solve(k);
        for (Index j = 0; j < n(); ++j) k[j] -= v[j];
    }
    void find_time_rate(const Interval& s, T* rate) {  // where the step begins
        if (f_.gives_time_rate())
            f_.time_rate(s.first, Input(y_.data(), y_.size()), State(rate, y_.size()));
        else
            find_by_difference(
                n(), s, k_, [&](Number t, T* there) { call(t, y_.data(), there); }, rate);
    }

    template <class Norm>
    bool iterate(int i, const Interval& s, T* z, bool again, Norm&& norm) {  // stiff (3)
        const int m = method_.end_of_block(i) - i;
        T *Z = m > 1 ? states_ : z, *k = k_ + i * n();
        start(i, m, again ? 0 : h_before_, Z);
        const bool renews = again && (known_steps_ || std::abs(s.h) <= min_step_);  // it cannot be made shorter
        for (newton_.begin(known_steps_, renews);;) {
            if (renews) {
                for (int p = 0; p < m; ++p) find_jacobian(s.at(method_.c[i + p]), Z + p * n(), p);
                known_ = false;
                if (!factors_.factor(i, s.h, jacobian_, true)) return false;
            }
            for (int p = 0; p < m; ++p) call(s.at(method_.c[i + p]), Z + p * n(), update_ + p * n());
            ++iterations_;
            for (int p = 0; p < m; ++p) subtract_rate(M(), n(), k + p * n(), update_ + p * n());
            factors_.solve(update_);
            for (Index j = 0; j < m * n(); ++j) k[j] += update_[j];
            move(i, m, Z, update_);
            const Newton::Verdict verdict = known_steps_ ? judge_roundings(m, Z) : newton_.judge(size_of(m, Z, norm));
            if (verdict == Newton::Verdict::go_on) continue;
            slow_ = slow_ || newton_.is_slow();
            return verdict == Newton::Verdict::converged;
        }
    }
    // The guess: every k, and Z by them, whose known part is in z, or for many is made of the first stage here.
    void start(int i, int m, Number before, T* Z) {
        for (int p = 0; p < m; ++p) {
            T *k = k_ + (i + p) * n(), *to = update_ + p * n();
            const Number theta = 1 + (before == 0 ? 0 : method_.c[i + p] * h_ / before);
            for (Index j = 0; j < n(); ++j) {
                if (m > 1) Z[p * n() + j] = y_[static_cast<std::size_t>(j)] + a(i + p, 0) * k_[j];
                k[j] = before == 0 ? k_[(i - 1) * n() + j] - (rest_ ? rest_[(i - 1) * n() + j] : T(0))
                                   : static_cast<T>(hermite_slope(theta, Number(z_before_[j]),
                                                                  Number(y_[static_cast<std::size_t>(j)]),
                                                                  Number(rate_before_[j]), Number(k_[j]), before));
                to[j] = k[j];
            }
        }
        move(i, m, Z, update_);
    }
    // Z_p ← Z_p + x_p,  x_p = h Σ_q a_pq Δ_q in the place of Δ
    void move(int i, int m, T* Z, T* x) {
        T delta[most_stages];
        for (Index j = 0; j < n(); ++j) {
            for (int q = 0; q < m; ++q) delta[q] = std::exchange(x[q * n() + j], T(0));
            for (int p = 0; p < m; ++p) {
                for (int q = 0; q < m; ++q) x[p * n() + j] += a(i + p, i + q) * delta[q];
                Z[p * n() + j] += x[p * n() + j];
            }
        }
    }
    template <class Norm>
    Number size_of(int m, const T* Z, Norm&& norm) const {
        Number sum = 0;
        for (int p = 0; p < m; ++p) {
            const Number size = norm(update_ + p * n(), Z + p * n());
            sum += size * size;
        }
        return std::sqrt(sum / m);
    }
    Newton::Verdict judge_roundings(int m, const T* Z) {
        InRoundings size;
        for (int p = 0; p < m; ++p)
            for (Index j = 0; j < n(); ++j)
                size.add(update_[p * n() + j], y_[static_cast<std::size_t>(j)], Z[p * n() + j]);
        return newton_.judge(size.size(), size.negligible());
    }

    void find_jacobian(Number t, T* at, int p = 0) {
        const Input y(at, y_.size());
        const std::span<T> J(jacobian_ + p * n() * n(), y_.size() * y_.size());
        const Number h = has_mass() && method_.is_linear() ? 0 : h_;             // k is no rate
        if (f_.gives_jacobian() && (!f_.has_halves() || method_.is_additive()))  // of halves: the stiff one's
            f_.jacobian(t, y, J);
        else  // in the update's memory, and that of the factors, which are old
            find_differences_of(
                f_, n(), at, k_, h, rtol_, atol_, [&](const T* z, T* rate) { call(t, z, rate); }, update_,
                factors_.room(), factors_.more_room(), J.data());
        known_ = fresh_ = true;
        slow_ = false;
        factors_.forget();
        newton_.forget();
        ++jacobians_;
    }

    F& f_;
    State y_;
    T* k_;
    const Method method_;
    const Tolerance rtol_, atol_;
    const bool known_steps_;  // no tolerance says how far to go
    const Number min_step_;
    const MassNumbers mass_;
    Inconsistency inconsistency_;
    StageFactors<T> factors_;
    T *jacobian_, *update_, *z_before_, *rate_before_;
    T* rest_ = nullptr;    // of an additive method: the rates of f_n at all stages
    T* states_ = nullptr;  // of stages that are one system
    Newton newton_;
    Number h_ = 0, h_before_ = 0;                        // of the step tried last; of the step before, 0: none
    bool known_ = false, fresh_ = false, slow_ = false;  // J; that of this very step; one that no longer serves
    bool converged_ = true;
    long evaluations_ = 0, jacobians_ = 0, iterations_ = 0;
};

}  // namespace costate::ode::plain
