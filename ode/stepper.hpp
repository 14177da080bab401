// ode/stepper.hpp — a solve of numbers, one step at a time
//   ode::Stepper stepper(f, std::array{1.0, 0.0}, {0, 10}, {.method = ode::dopri5});    f: void(double t, span y, span dydt)
//   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(theta); stepper.reset(after_the_jump); }
// After a step, t() is where it ended, h() its length with its sign, z() the state there.
//   at(θ)      the state within it, 0 ≤ θ ≤ 1, by dense output          cut(θ)     the step ends there: t() and z() follow
//   reset(z)   another state at t(): what jumps, jumps between steps        continue_to(t)     goes on from where it arrived
// step() takes the next step that is kept. It is false at the last time, and where the solve cannot go on: status() is then
// not ok, outcome() says where and why, and z() the last good state. Steps, rejections and bits are those of a solve, which is
// a Stepper and a loop (ode/plain.hpp).
// memory   It keeps the state and its stages: in arrays for an array, in vectors for a vector. With spans for z and work
//          (work_size(method, n) numbers) it is all the caller's. Nothing is allocated by a step, and nothing thrown. In an
//          array there is room for the equations of 16 numbers, of 6 for stages at once: others want a vector, or bad_memory.
// see      ode/steps/walk.hpp (the loop) · ode/steps/numbers.hpp (the stages) · tests/ode/stepper_test.cpp
#pragma once
#include <array>
#include <cmath>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/start.hpp"          // brings: SpanOf, PlainState, Times, SolveOptions
#include "ode/steps/numbers.hpp"  // brings: Numbers, Walk, work_size
#include "ode/steps/outcome.hpp"  // brings: Outcome, first_plain_complaint

namespace costate::ode {

namespace plain {

template <class State>
struct WorkFor {
    using type = std::vector<typename State::value_type>;
};
template <class T, std::size_t N>
struct WorkFor<std::array<T, N>> {
    using type = std::array<T, (most_stages + 2) * N + room_for_equations(N)>;
};

}  // namespace plain

template <class F, class State, class Work = typename plain::WorkFor<State>::type>
class Stepper {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    static_assert(plain::is_field<F, T, N>,
                  "a plain field is void(double t, std::span<const T> y, std::span<T> dydt), with T as in y0; "
                  "a field in Vars wants a Var or a Tensor for z0");

public:
    Stepper(F f, State z, const Times& times, const SolveOptions& options = {}, Work work = {})
        : field_{std::forward<F>(f)},
          z_(std::move(z)),
          work_(std::move(work)),
          numbers_(field_.for_steps, std::span<T, N>(z_.data(), z_.size()), room_for(options.method), options),
          complaint_(first_plain_complaint(times, options, numbers_.n())),
          stops_(options.step_t),
          jumps_(options.jump_t),
          times_(times),
          steps_(options.steps),
          clock_(complaint_.option ? 0 : times.front(), complaint_.option ? 0 : times.back(), timing(options)),
          walk_(numbers_, clock_) {
        if (complaint_.option)
            clock_.stop(Status::bad_option);
        else if (std::ssize(work_) < work_size(options.method, numbers_.n()))
            clock_.stop(Status::bad_memory);
        else if (!numbers_.finite(z_.data()))
            clock_.stop(Status::bad_start);
    }
    Stepper(const Stepper&) = delete;
    Stepper& operator=(const Stepper&) = delete;

    void watch(const StepObserver& watcher) { walk_.watch(watcher); }  // whoever it is must outlive the steps

    bool step() {
        if (!started_ && !start()) return false;
        while (walk_.attempt())
            if (clock_.kept()) return true;
        return started_ = false;
    }

    const Interval& interval() const { return clock_.step(); }
    Status status() const { return clock_.status(); }
    double t() const { return clock_.kept() ? clock_.step().end : clock_.t(); }
    double h() const { return t() - clock_.t(); }
    std::span<const T, N> z() const { return view(clock_.kept() ? numbers_.next() : z_.data()); }

    std::span<const T, N> at(double theta) {  // there until the next call
        interpolate(theta, numbers_.trial());
        return view(numbers_.trial());
    }
    // The same at a time, for whoever has memory for it. Is it finite? If not, the solve ends before this step.
    bool at_time(double t, T* out) {
        if (t == this->t())
            std::copy_n(z().data(), z_.size(), out);
        else
            interpolate((t - clock_.step().t) / clock_.step().h, out);
        return require_finite(out);
    }
    // And all of it, as a polynomial: y(t + θh) = y(t) + h Σ_p θ^p q_p. q: [method.degree, n]. As finite as above?
    bool polynomial(T* q) {
        walk_.make_dense();
        numbers_.polynomial(q);
        for (int p = 0; p < numbers_.method().degree; ++p)
            if (!require_finite(q + p * numbers_.n())) return false;
        return true;
    }
    void cut(double theta) {  // for good: at(θ) is asked before
        if (theta == 1) return;
        std::copy_n(at(theta).data(), z_.size(), numbers_.next());
        clock_.cut(clock_.step().t + theta * clock_.step().h);
        walk_.set_last(false);
    }
    void reset(std::span<const T, N> z) {
        std::copy_n(z.data(), z_.size(), clock_.kept() ? numbers_.next() : z_.data());
        walk_.set_last(false);
        numbers_.forget_first();
    }

    // Who changes between methods asks: where was an explicit one seen to be limited by stability? The Jacobian, [n, n],
    // that an implicit one keeps; null: it has none.
    void look_for_stiffness() { clock_.always_look_for_stiffness(); }
    double stiff_at() const { return clock_.stiff_at(); }
    // And before a step: how long will it be (0: there is none), and how steep is it along this direction? of n numbers
    double next_length() {
        return (started_ || start()) && walk_.begin() && !clock_.arrived() ? clock_.next_length() : 0;
    }
    ahead::Steepness steepness(T* direction, double drawn) { return walk_.steepness(direction, drawn); }
    void limit(double length) { clock_.limit(length); }  // of the next step
    const T* jacobian() const { return numbers_.jacobian(); }

    // Goes on to another last time, with the rate that it knows and steps of the length that it would take next. Equal steps
    // are as many again.
    void continue_to(double t) {
        if (status() != Status::ok) return;
        walk_.settle();
        if (std::isfinite(t)) return clock_.aim(t, steps_);
        complaint_ = {"continue_to", t, "a finite time"};
        clock_.stop(Status::bad_option);
    }

    Outcome outcome() {
        Outcome o = outcome_of(clock_);
        o.complaint = complaint_;
        if (o.status != Status::ok) o.tell(z_.data(), numbers_.n());
        o.statistics.floor_acted = numbers_.floor_acted();
        numbers_.report(o.statistics);
        if (o.status == Status::bad_start) numbers_.blame(o, numbers_.finite(z_.data()) ? numbers_.rate(0) : z_.data());
        if (o.status == Status::inconsistent) o.tell(numbers_.inconsistency());
        if (o.status == Status::not_finite) numbers_.blame(o, culprit_ ? culprit_ : numbers_.next());
        if (o.status == Status::step_underflow && numbers_.converged()) numbers_.blame(o, numbers_.scaled_error());
        return o;
    }

private:
    Timing timing(const SolveOptions& options) const {  // with lists that outlive the clock
        Timing timing = timing_of(options);
        timing.stops = &stops_;
        timing.jumps = &jumps_;
        timing.observed = ListOfTimes::of(times_);
        if constexpr (requires { std::remove_reference_t<F>::time_is_float; })
            timing.as_float = std::remove_reference_t<F>::time_is_float;
        return timing;
    }
    bool start() { return started_ = status() == Status::ok && (clock_.arrived() || walk_.start()); }
    std::span<const T, N> view(const T* x) const { return std::span<const T, N>(x, z_.size()); }
    T* room_for(const Method& method) {
        if constexpr (requires { work_.resize(1); })
            work_.resize(static_cast<std::size_t>(work_size(method, std::ssize(z_))));
        return work_.data();
    }
    bool require_finite(const T* between) {
        if (numbers_.finite(between)) return true;
        culprit_ = between;
        return started_ = clock_.stop(Status::not_finite);
    }
    void interpolate(double theta, T* out) {
        walk_.make_dense();
        numbers_.interpolate(clock_.step(), theta, out);
    }

    using Field = plain::KeptField<T, N, F>;
    using Numbers = plain::Numbers<T, N, typename Field::ForSteps>;

    Field field_;
    State z_;
    Work work_;
    Numbers numbers_;
    Complaint complaint_;
    const TimeSet stops_, jumps_;
    const Times times_;
    const int steps_;
    Clock clock_;
    Walk<Numbers> walk_;
    bool started_ = false;
    const T* culprit_ = nullptr;
};

namespace plain {

template <class T>
using NumbersOfAny = Numbers<T, std::dynamic_extent, const AnyField<T>>;  // compiled once: ode/stepper.cpp
extern template class Numbers<float, std::dynamic_extent, const AnyField<float>>;
extern template class Numbers<double, std::dynamic_extent, const AnyField<double>>;

}  // namespace plain

extern template class Walk<plain::NumbersOfAny<float>>;
extern template class Walk<plain::NumbersOfAny<double>>;

template <class F, class State>
Stepper(F&&, State, const Times&, const SolveOptions& = {}) -> Stepper<F, State>;
template <class F, class State, class Work>
Stepper(F&&, State, const Times&, const SolveOptions&, Work) -> Stepper<F, State, Work>;

}  // namespace costate::ode
