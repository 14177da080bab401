// ode/steps/plain_steps.hpp — the loop of the plain solve: stages, decision, dense output
//   k_i = f(t + c_i h, y + h Σ_{j<i} a_ij k_j)        y⁺ = y + h Σ b_i k_i        e = h Σ (b_i − b̂_i) k_i
// A stage with c = 1 lies at the stored t_{n+1}, and so does the next step's first one: it is the same evaluation.
// h a_ij is formed in double and rounded once; sums run over j in order, starting from y (as in core/kernels/combine.hpp).
// shapes   y, next, trial: [n]; k: [dense_stages, n], all in memory that the caller provides
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4; the loop follows their dopri5 (the last step may stretch by 1 %)
// why      A class, not a function: what a step reads and writes has names. Nothing in it allocates or throws.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/real.hpp"          // brings: Index
#include "ode/steps/clock.hpp"    // brings: Clock, equal_step
#include "ode/steps/outcome.hpp"  // brings: Outcome, SolveOptions, Times, Status

namespace costate::ode {

// The numbers of type T that solve_to needs beside the state: every stage, the next state and a trial state.
constexpr Index work_size(const Method& method, Index n) { return (method.dense_stages + 2) * n; }

namespace plain {

// out_i = y_i + Σ_j (T)(h a_j) k_ji for `width` neighbours i, whose sums stay in registers.   y null: taken as 0
template <int width, class T>
inline void combine_block(T* out, const T* y, const T* k, Index n, const double* a, double h, int terms) {
    T sum[width] = {};
    if (y)
        for (int i = 0; i < width; ++i) sum[i] = y[i];
    for (int j = 0; j < terms; ++j) {
        if (a[j] == 0) continue;
        const T c = static_cast<T>(h * a[j]);
        for (int i = 0; i < width; ++i) sum[i] += c * k[j * n + i];
    }
    for (int i = 0; i < width; ++i) out[i] = sum[i];
}

template <class T, std::size_t N, class F, class Place>
class Solver {
    using State = std::span<T, N>;
    using Input = std::span<const T, N>;

public:
    // The states of the first `saves` of the times go where place(i) says.
    Solver(F& f, State y, T* work, const Times& times, const SolveOptions& options, std::size_t saves, Place& place)
        : f_(f),
          y_(y),
          times_(times),
          options_(options),
          method_(options.method),
          t0_(times.front()),
          t1_(times.back()),
          direction_(t1_ < t0_ ? -1 : 1),
          saves_(saves),
          place_(place) {
        k_ = work;
        next_ = k_ + method_.dense_stages * n();
        trial_ = next_ + n();
    }

    Outcome run() {
        outcome_.t = t0_;
        if (!finite(y_.data())) return fail_at(Status::bad_start, y_.data());
        save_reached(t0_, y_.data());
        if (t0_ == t1_) return outcome_;
        evaluate(t0_, y_.data(), k_);
        if (!finite(k_)) return fail_at(Status::bad_start, k_);
        outcome_.status = options_.steps > 0 ? fixed_steps() : chosen_steps();
        return outcome_;
    }

private:
    Index n() const { return static_cast<Index>(y_.size()); }

    void evaluate(double t, const T* y, T* slope) {
        ++outcome_.statistics.evaluations;
        f_(t, Input(y, y_.size()), State(slope, y_.size()));
    }

    void combine(T* out, const T* y, const double* a, double h, int terms) const {
        constexpr int width = N == 0 ? 1 : N < 8 ? static_cast<int>(N) : 8;
        constexpr int rest = N == std::dynamic_extent ? 1 : static_cast<int>(N % width);
        Index i = 0;
        for (; i + width <= n(); i += width) combine_block<width>(out + i, y ? y + i : y, k_ + i, n(), a, h, terms);
        if constexpr (rest > 0)
            for (; i < n(); i += rest) combine_block<rest>(out + i, y ? y + i : y, k_ + i, n(), a, h, terms);
    }

    // One step of the tableau from t to t_new: k_i = f(t + c_i h, y + h Σ a_ij k_j), then next = y + h Σ b_i k_i.
    void step(double t, double h, double t_new) {
        for (int i = 1; i < method_.stages; ++i) {
            T* state = method_.fsal && i == method_.stages - 1 ? next_ : trial_;
            combine(state, y_.data(), method_.a + i * method_.dense_stages, h, i);
            evaluate(method_.c[i] == 1 ? t_new : t + method_.c[i] * h, state, k_ + i * n());
        }
        if (!method_.fsal) combine(next_, y_.data(), method_.b, h, method_.stages);
    }

    // The step is kept: serve the times, move on to (t_new, next); the slope there is the next step's first stage. False where
    // a state in between is not finite: the solve ends before this step.
    bool move_on(double t, double h, double t_new) {
        const bool inside = saved_ < saves_ && direction_ * (t_new - times_[saved_]) > 0;
        T* slope = k_ + (method_.dense_stages - 1) * n();
        const bool wanted = inside || t_new != t1_;
        if (!method_.fsal && wanted) evaluate(t_new, next_, slope);
        for (; inside && saved_ < saves_; ++saved_) {
            const double at = times_[saved_];
            if (direction_ * (t_new - at) <= 0) break;
            const double theta = (at - t) / h;
            double b[most_stages];
            for (int i = 0; i < method_.dense_stages; ++i) b[i] = method_.weight(i, theta);
            combine(place_(saved_), y_.data(), b, h, method_.dense_stages);
            if (!finite(place_(saved_))) return fail_at(Status::not_finite, place_(saved_), h), false;
        }
        save_reached(t_new, next_);
        std::copy_n(next_, n(), y_.data());
        if (wanted) std::copy_n(slope, n(), k_);
        outcome_.t = t_new;
        ++outcome_.statistics.accepted;
        return true;
    }

    void save_reached(double t, const T* y) {  // those that are t itself: no interpolation
        for (; saved_ < saves_ && times_[saved_] == t; ++saved_) std::copy_n(y, n(), place_(saved_));
    }

    Status fixed_steps() {
        for (int s = 1; s <= options_.steps; ++s) {
            const double t = outcome_.t;
            const double t_new = equal_step(t0_, t1_, s, options_.steps);
            const double h = t_new - t;
            step(t, h, t_new);
            if (!finite(next_)) return fail_at(Status::not_finite, next_, h).status;
            if (options_.on_step) options_.on_step({t, h, 0, true});
            if (!move_on(t, h, t_new)) return Status::not_finite;
        }
        return Status::ok;
    }

    Status chosen_steps() {
        Clock clock(t0_, t1_, timing_of(options_));
        if (clock.wants_first_step()) choose_first_step(clock);
        while (clock.next()) {
            const double t = clock.t(), h = clock.h(), t_new = clock.end();
            step(t, h, t_new);
            const double error = scaled_error(h);
            const bool kept = clock.judge(error);
            if (options_.on_step) options_.on_step({t, h, error, kept});
            outcome_.rejected_in_a_row = clock.rejected_in_a_row();
            if (!kept) ++outcome_.statistics.rejected;
            if (kept && !move_on(t, h, t_new)) return Status::not_finite;
        }
        if (clock.status() == Status::ok) return Status::ok;
        if (clock.status() == Status::step_underflow)
            for (Index i = 0; i < n(); ++i) trial_[i] = static_cast<T>(double(trial_[i]) / scale(i, next_));
        return fail_at(clock.status(), trial_, clock.length()).status;
    }

    void choose_first_step(Clock& clock) {
        const T* y0 = y_.data();
        const double d0 = norm(y0, y0), d1 = norm(k_, y0), h0 = clock.guess(d0, d1);
        const double euler = 1, backwards[2] = {-1, 1};  // f1 − f0 as a combination of stages 0 and 1
        combine(next_, y0, &euler, direction_ * h0, 1);
        evaluate(clock.ahead(h0), next_, k_ + n());
        combine(trial_, nullptr, backwards, 1, 2);
        clock.choose(h0, d1, norm(trial_, y0) / h0);
    }

    double scaled_error(double h) {
        combine(trial_, nullptr, method_.error, h, method_.stages);
        return norm(trial_, next_);
    }

    // sqrt(mean (e_i / scale_i)²), not finite when y⁺ is not: 0 · ∞ and 0 · nan are not numbers.
    double norm(const T* e, const T* y_new) {
        double sum = 0;
        for (Index i = 0; i < n(); ++i) {
            const double ratio = double(e[i]) / scale(i, y_new);
            sum += ratio * ratio + 0 * double(y_new[i]);
        }
        return n() > 0 ? std::sqrt(sum / static_cast<double>(n())) : 0;
    }

    double scale(Index i, const T* y_new) {
        const double size = std::max(std::abs(double(y_[static_cast<std::size_t>(i)])), std::abs(double(y_new[i])));
        const double asked = options_.atol + options_.rtol * size;
        const double least =
            std::max(2 * double(std::numeric_limits<T>::epsilon()) * size, double(std::numeric_limits<T>::min()));
        outcome_.statistics.floor_acted |= least > asked;
        return std::max(asked, least);
    }

    bool finite(const T* x) const {
        T zero = 0;
        for (Index i = 0; i < n(); ++i) zero += 0 * x[i];
        return zero == 0;
    }

    // Names the largest of the values at fault, one that is no number before all others.
    Outcome& fail_at(Status status, const T* values, double h = 0) {
        outcome_.status = status;
        outcome_.h = h;
        for (Index i = 0; i < n() && !std::isnan(outcome_.error); ++i) {
            if (std::abs(double(values[i])) <= std::abs(outcome_.error)) continue;
            outcome_.error = double(values[i]);
            outcome_.worst = i;
        }
        if (status != Status::bad_start)
            for (Index i = 0; i < n(); ++i) outcome_.slope = std::max(outcome_.slope, std::abs(double(k_[i])));
        return outcome_;
    }

    F& f_;
    State y_;
    const Times& times_;
    const SolveOptions& options_;
    const Method method_;
    const double t0_, t1_, direction_;
    const std::size_t saves_;
    Place& place_;
    T *k_, *next_, *trial_;
    std::size_t saved_ = 0;
    Outcome outcome_ = {};
};

}  // namespace plain

}  // namespace costate::ode
