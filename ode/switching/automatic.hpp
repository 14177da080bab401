// ode/switching/automatic.hpp — explicit steps while they serve, implicit ones where stability limits them, and back
//   const auto s = ode::solve_automatic(f, y0, {0, 2000}, {.rtol = 1e-6});        tsit5 and kvaerno5; or a pair of yours
//   ode::Automatic stepper(f, y0, {0, 10});   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(θ); ... }
// with f: void(double t, std::span<const T> y, std::span<T> dydt) and what ode/plain.hpp says of it. options.method is the
// explicit one, `implicit` the other. When they change: ode/switching/switching.hpp.
// statistics  .switches, .implicit_steps, and stiff_at, of the first change
// gradient    None: these are numbers. With a tape: ode/switching/automatic_in_vars.hpp.
// memory      One block for the method that wants more, and n numbers. No step and no change allocates or throws.
// see         ode/stepper.hpp (who takes the steps) · tests/ode/automatic_test.cpp
#pragma once
#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/plain.hpp"                // brings: plain::kept, solve_by
#include "ode/stepper.hpp"              // brings: Stepper, SolveOptions, Outcome
#include "ode/switching/switching.hpp"  // brings: Switching, complaint_of_pair

namespace costate::ode {

template <class F, class State>
class Automatic {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    using Steps = Stepper<std::remove_reference_t<F>&, std::span<T, N>, std::span<T>>;

public:
    Automatic(F f, State z, const Times& times, const SolveOptions& options = {}, const Method& implicit = kvaerno5)
        : f_(std::forward<F>(f)),
          z_(std::move(z)),
          times_(times),
          options_(options),
          at_fault_(options),
          implicit_(implicit),
          switching_(options) {
        work_.resize(static_cast<std::size_t>(std::max(work_size(options.method, n()), work_size(implicit, n()))));
        direction_.resize(z_.size());
        complaint_ = complaint_of_pair(options, implicit);
        if (!complaint_.option) complaint_ = first_plain_complaint(times, options, n());
        if (!complaint_.option) {  // does the other method take these, too?
            at_fault_.method = implicit;
            complaint_ = first_plain_complaint(times, at_fault_, n());
            if (!complaint_.option) at_fault_.method = options.method;
        }
        begin(times, options);
    }
    Automatic(const Automatic&) = delete;
    Automatic& operator=(const Automatic&) = delete;

    bool step() {
        if (status() != Status::ok) return false;
        if (!is_implicit())
            steps_->limit(switching_.look_ahead(t(), steps_->next_length(), [this](Number drawn) {
                return steps_->steepness(direction_.data(), drawn);
            }));
        if (switching_.is_due() && t() != times_.back()) change();
        if (!steps_->step()) return false;
        if (is_implicit())
            switching_.took_implicit(h(), norm_of_jacobian());
        else
            switching_.took_explicit(steps_->stiff_at());
        return true;
    }

    bool is_implicit() const { return switching_.is_implicit(); }  // is, and was the step taken last
    Status status() const { return complaint_.option ? Status::bad_option : steps_->status(); }
    Number t() const { return steps_->t(); }
    Number h() const { return steps_->h(); }
    std::span<const T, N> z() const { return steps_->z(); }
    const Interval& interval() const { return steps_->interval(); }
    std::span<const T, N> at(Number theta) { return steps_->at(theta); }
    bool at_time(Number t, T* out) { return steps_->at_time(t, out); }
    void cut(Number theta) { steps_->cut(theta); }
    void reset(std::span<const T, N> z) { steps_->reset(z); }
    void watch(const StepObserver& watcher) {  // whoever it is must outlive the steps
        watcher_ = &watcher;
        steps_->watch(watcher);
    }

    const SolveOptions& at_fault() const { return at_fault_; }  // by the method at fault: for the text of an outcome
    Outcome outcome() {
        Outcome o = steps_->outcome();
        Statistics all = before_;
        all.go_on(o.statistics);
        switching_.report(all);
        o.statistics = all;
        if (complaint_.option) o.status = Status::bad_option, o.complaint = complaint_;
        return o;
    }

private:
    Index n() const { return std::ssize(z_); }

    void begin(const Times& times, const SolveOptions& options) {
        steps_.emplace(f_, std::span<T, N>(z_.data(), z_.size()), times, options, std::span<T>(work_));
        if (!is_implicit()) steps_->look_for_stiffness();
        if (watcher_) steps_->watch(*watcher_);
    }
    void change() {
        const Outcome so_far = steps_->outcome();
        Statistics all = before_;
        all.go_on(so_far.statistics);
        const long left = options_.max_steps - all.accepted - all.rejected;
        if (left == 0) return;  // and the next step says so
        before_ = all;
        switching_.change();
        SolveOptions options = options_;
        if (is_implicit()) options.method = implicit_;
        at_fault_.method = options.method;
        options.first_step = so_far.statistics.next_step;
        options.max_steps = static_cast<int>(left);
        const Number now = t();
        std::copy_n(z().data(), z_.size(), z_.data());
        begin({now, times_.back()}, options);
    }
    Number norm_of_jacobian() const {
        return norm_in_units(steps_->jacobian(), n(),
                             [&](Index i) { return unit_of(z().data()[i], i, options_.rtol, options_.atol); });
    }

    F f_;
    State z_;
    const Times times_;
    const SolveOptions options_;
    SolveOptions at_fault_;
    const Method implicit_;
    Complaint complaint_;
    std::vector<T> work_, direction_;  // direction_: in which one looks ahead
    std::optional<Steps> steps_;
    const StepObserver* watcher_ = nullptr;
    Switching switching_;
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
    return plain::solve_by(stepper, y, times, stepper.at_fault(), asked_automatic, at);
}

}  // namespace costate::ode
