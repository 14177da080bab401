// ode/steps/driver.hpp — how a solve of numbers is driven by hand, whatever its steps are (internal to ode/)
//   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(theta); stepper.reset(after_the_jump); }
// What it says is in ode/stepper.hpp, which is one: its steps are those of a Walk over Numbers. ode/multistep/nordsieck.hpp
// is another. Steps: the loop (loop.hpp), with attempt(), and make_dense() where at(θ) reads more than the step itself. X: the
// state that the loop knows, and beside that
//   begin(z, t), n(), state(), next(), trial()    the start, of n numbers; at the step's start and end; memory for one more
//   interpolate(s, θ, out), polynomial(q), degree()     within the step             cut(s, θ)    it ends there
//   explain(outcome, culprit), report(statistics)       what is at fault; culprit: values that are not finite, or null
#pragma once
#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "ode/steps/outcome.hpp"  // brings: Outcome, Clock, Complaint, Times, SolveOptions

namespace costate::ode::plain {

// What a stepper keeps for its driver: a field, and memory for so many numbers, if there is to be had. A vector grows, an array
// and a span are what they are.
template <class Field, class Work>
struct Held {
    template <class F>
    Held(F&& f, Work&& memory, Index size) : field{std::forward<F>(f)}, work(std::move(memory)) {
        if constexpr (requires { work.resize(1); }) work.resize(static_cast<std::size_t>(size));
        has_room = std::ssize(work) >= size;
    }

    Field field;
    Work work;
    bool has_room;
};

template <class X, class Steps, class T, std::size_t N>
class Driver {
public:
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    void watch(const StepObserver& watcher) { steps_.watch(watcher); }  // whoever it is must outlive the steps

    bool step() {
        if (!started_ && !start()) return false;
        while (steps_.attempt())
            if (clock_.kept()) return true;
        return started_ = false;
    }

    const Interval& interval() const { return clock_.step(); }
    Status status() const { return clock_.status(); }
    Number t() const { return clock_.kept() ? clock_.step().end : clock_.t(); }
    Number h() const { return t() - clock_.t(); }
    std::span<const T, N> z() const { return view(present()); }

    std::span<const T, N> at(Number theta) {  // there until the next call
        interpolate(theta, x_.trial());
        return view(x_.trial());
    }
    // The same at a time, for whoever has memory for it. Is it finite? If not, the solve ends before this step.
    bool at_time(Number t, T* out) {
        if (t == this->t())
            std::copy_n(present(), x_.n(), out);
        else
            interpolate((t - clock_.step().t) / clock_.step().h, out);
        return require_finite(out);
    }
    // And all of it, as a polynomial: y(t + θh) = y(t) + h Σ_p θ^p q_p. q: [degree(), n]. As finite as above?
    int degree() const { return x_.degree(); }
    bool polynomial(T* q) {
        steps_.make_dense();
        x_.polynomial(q);
        for (int p = 0; p < degree(); ++p)
            if (!require_finite(q + p * x_.n())) return false;
        return true;
    }
    void cut(Number theta) {  // for good: at(θ) is asked before
        if (theta == 1) return;
        steps_.make_dense();
        x_.cut(clock_.step(), theta);
        clock_.cut(clock_.step().t + theta * clock_.step().h);
        steps_.set_last(false);
    }
    void reset(std::span<const T, N> z) {
        std::copy_n(z.data(), z.size(), clock_.kept() ? x_.next() : x_.state());
        steps_.set_last(false);
        x_.forget_first();
    }

    // Goes on to another last time, with the rate that it knows and steps of the length that it would take next. Equal steps
    // are as many again.
    void continue_to(Number t) {
        if (status() != Status::ok) return;
        steps_.settle();
        if (std::isfinite(t)) return clock_.aim(t, equal_steps_);
        complaint_ = {"continue_to", t, "a finite time"};
        clock_.stop(Status::bad_option);
    }

    Outcome outcome() {
        Outcome o = outcome_of(clock_);
        o.complaint = complaint_;
        x_.report(o.statistics);
        x_.explain(o, culprit_);
        return o;
    }

protected:
    // has_room: is the memory as large as it must be? x: what X is made from
    template <class... Parts>
    Driver(const Times& times, const SolveOptions& options, bool as_float, const Complaint& complaint, bool has_room,
           const T* z, Parts&&... x)
        : stops_(options.step_t),
          jumps_(options.jump_t),
          times_(times),
          equal_steps_(options.steps),
          complaint_(complaint),
          x_(std::forward<Parts>(x)...),
          clock_(complaint.option ? 0 : times.front(), complaint.option ? 0 : times.back(), timing(options, as_float)),
          steps_(x_, clock_) {
        if (complaint.option)
            clock_.stop(Status::bad_option);
        else if (!has_room)
            clock_.stop(Status::bad_memory);
        else if (!x_.begin(z, times.front()))
            clock_.stop(Status::bad_start);
    }
    bool start() { return started_ = status() == Status::ok && (clock_.arrived() || steps_.start()); }

private:
    Timing timing(const SolveOptions& options, bool as_float) const {  // with lists that outlive the clock
        Timing timing = timing_of(options);
        timing.stops = &stops_;
        timing.jumps = &jumps_;
        timing.observed = ListOfTimes::of(times_);
        timing.as_float = as_float;
        return timing;
    }
    std::span<const T, N> view(const T* x) const { return std::span<const T, N>(x, static_cast<std::size_t>(x_.n())); }
    const T* present() const { return clock_.kept() ? x_.next() : x_.state(); }
    bool require_finite(const T* between) {
        if (x_.finite(between)) return true;
        culprit_ = between;
        return started_ = clock_.stop(Status::not_finite);
    }
    void interpolate(Number theta, T* out) {
        steps_.make_dense();
        x_.interpolate(clock_.step(), theta, out);
    }

    const TimeSet stops_, jumps_;
    const Times times_;
    const int equal_steps_;
    Complaint complaint_;
    const T* culprit_ = nullptr;

protected:
    X x_;
    Clock clock_;
    Steps steps_;
    bool started_ = false;
};

}  // namespace costate::ode::plain
