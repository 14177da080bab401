// ode/automatic.hpp — explicit steps while they serve, implicit ones where stability limits them, and back
//   const auto s = ode::solve_automatic(f, y0, {0, 2000}, {.rtol = 1e-6});        tsit5 and kvaerno5; or a pair of yours
//   ode::Automatic stepper(f, y0, {0, 10});   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(θ); ... }
// with f: void(double t, std::span<const T> y, std::span<T> dydt) and what ode/plain.hpp says of it. options.method is the
// explicit one, `implicit` the other. Every explicit step is looked at: it is left when ode/steps/stiffness.hpp (a) is sure.
// An implicit step is one that the explicit method could take when it is as stable there, with room to spare:
//   h ‖J‖ < ½ bound,   ‖J‖ = max_i Σ_j |J_ij| w_j / w_i,   w = scale, ode/tolerance.hpp                             (a)
// J is the one that its equations keep; w are the solve's own units, without which one species' size would be another's rate.
// Ten such steps in a row lead back. Where that was in vain, the explicit steps but a hundred, twice as many are asked for
// the next time. A change costs one evaluation; the step's length is kept.
// statistics  .switches, .implicit_steps, and stiff_at, of the first change
// gradient    None: these are numbers. On a tape an implicit method serves wherever this one does, and costs more where nothing
//             is stiff.
// memory      One block for the method that wants more. Nothing is allocated by a step or a change, and nothing thrown.
// source      Petzold 1983, "Automatic selection of methods for solving stiff and nonstiff systems", for changing at all and
//             the norm; Hairer & Wanner II, §IV.2; the numbers are ours
// see         ode/stepper.hpp (who takes the steps) · tests/ode/automatic_test.cpp
#pragma once
#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/plain.hpp"    // brings: plain::kept, solve_by
#include "ode/stepper.hpp"  // brings: Stepper, SolveOptions, Outcome

namespace costate::ode {

template <class F, class State>
class Automatic {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    using Steps = Stepper<std::remove_reference_t<F>&, std::span<T, N>, std::span<T>>;

public:
    Automatic(F f, State z, const Times& times, const SolveOptions& options = {}, const Method& implicit = kvaerno5)
        : f_(std::forward<F>(f)), z_(std::move(z)), times_(times), options_(options), implicit_(implicit) {
        work_.resize(static_cast<std::size_t>(std::max(work_size(options.method, n()), work_size(implicit, n()))));
        complaint_ = complaint_of_pair();
        begin(times, options);
    }
    Automatic(const Automatic&) = delete;
    Automatic& operator=(const Automatic&) = delete;

    bool step() {
        if (status() != Status::ok) return false;
        if (changes_ && t() != times_.back()) change();
        if (!steps_->step()) return false;
        changes_ = is_implicit_ ? explicit_would_serve() : std::isfinite(steps_->stiff_at());
        implicit_steps_ += is_implicit_;
        return true;
    }

    bool is_implicit() const { return is_implicit_; }  // is, and was the step taken last
    Status status() const { return complaint_.option ? Status::bad_option : steps_->status(); }
    double t() const { return steps_->t(); }
    double h() const { return steps_->h(); }
    std::span<const T, N> z() const { return steps_->z(); }
    const Interval& interval() const { return steps_->interval(); }
    std::span<const T, N> at(double theta) { return steps_->at(theta); }
    bool at_time(double t, T* out) { return steps_->at_time(t, out); }
    void cut(double theta) { steps_->cut(theta); }
    void reset(std::span<const T, N> z) { steps_->reset(z); }
    void watch(const StepObserver& watcher) {  // whoever it is must outlive the steps
        watcher_ = &watcher;
        steps_->watch(watcher);
    }

    Outcome outcome() {
        Outcome o = steps_->outcome();
        Statistics all = before_;
        all.go_on(o.statistics);
        all.switches = switches_;
        all.implicit_steps = implicit_steps_;
        o.statistics = all;
        if (complaint_.option) o.status = Status::bad_option, o.complaint = complaint_;
        return o;
    }

private:
    Index n() const { return std::ssize(z_); }

    Complaint complaint_of_pair() const {
        if (options_.known_steps()) return {"steps", double(options_.steps), "0: the error chooses steps, and methods"};
        if (!Stiffness::can_be_seen(options_.method))
            return {"method", 0,
                    "an explicit one whose last two stages are at the step's end: ode::tsit5, ode::dopri5"};
        if (!implicit_.implicit() || !implicit_.adaptive())
            return {"implicit", 0, "an implicit method that chooses its steps: ode::kvaerno5, ode::radau5"};
        return {};
    }

    void begin(const Times& times, const SolveOptions& options) {
        steps_.emplace(f_, std::span<T, N>(z_.data(), z_.size()), times, options, std::span<T>(work_));
        if (!is_implicit_) steps_->look_for_stiffness();
        if (watcher_) steps_->watch(*watcher_);
    }
    void change() {
        const Outcome so_far = steps_->outcome();
        const long taken = so_far.statistics.accepted;
        before_.go_on(so_far.statistics);
        if (!is_implicit_ && switches_ > 0) patience_ = taken < 100 ? 2 * patience_ : 10;
        SolveOptions options = options_;
        is_implicit_ = !is_implicit_;
        if (is_implicit_) options.method = implicit_;
        options.first_step = so_far.statistics.next_step;
        options.max_steps = static_cast<int>(std::max(1L, options_.max_steps - before_.accepted - before_.rejected));
        const double now = t();
        std::copy_n(z().data(), z_.size(), z_.data());
        begin({now, times_.back()}, options);
        ++switches_;
        calm_ = 0;
    }
    bool explicit_would_serve() {  // (a)
        const T* J = steps_->jacobian();
        bool floor_acted = false;
        const auto w = [&](Index i) {
            const T y = z()[static_cast<std::size_t>(i)];
            return tolerated(y, y, options_.rtol.of(i), options_.atol.of(i), floor_acted);
        };
        double norm = J ? 0 : HUGE_VAL;
        for (Index i = 0; J && i < n(); ++i) {
            double sum = 0;
            for (Index j = 0; j < n(); ++j) sum += std::abs(double(J[i * n() + j])) * w(j);
            norm = std::max(norm, sum / w(i));
        }
        calm_ = std::abs(h()) * norm < Stiffness::bound(options_.method) / 2 ? calm_ + 1 : 0;
        return calm_ >= patience_;
    }

    F f_;
    State z_;
    const Times times_;
    const SolveOptions options_;
    const Method implicit_;
    Complaint complaint_;
    std::vector<T> work_;
    std::optional<Steps> steps_;
    const StepObserver* watcher_ = nullptr;
    bool is_implicit_ = false, changes_ = false;  // now; before the next step
    int switches_ = 0, implicit_steps_ = 0, calm_ = 0, patience_ = 10;
    Statistics before_;  // of all steppers but the last
};

template <class F, class State>
Automatic(F&&, State, const Times&, const SolveOptions& = {}, const Method& = kvaerno5) -> Automatic<F, State>;

template <class F, PlainState Range>
Solution<std::vector<plain::Kept<Range>>> solve_automatic(F&& f, const Range& y0, const Times& times,
                                                          const SolveOptions& options = {},
                                                          const Method& implicit = kvaerno5, Where at = {}) {
    using State = plain::Kept<Range>;
    const State y = plain::kept(y0);
    Automatic<F&, State> stepper(f, y, times, options, implicit);
    return plain::solve_by(stepper, y, times, options, {}, at);
}

}  // namespace costate::ode
