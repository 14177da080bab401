// ode/steps/loop.hpp — one step after the other, whatever a step is: the loop of every solve that has one clock
//   while (loop.attempt(take, judge)) if (clock.kept()) ...       a step is tried; if it is kept, the state holds at its end
//   loop.settle()                                                  and the next step begins there
// take(step) tries it, and says how large its error is; judge(error) asks the clock whether that will do. What a step is made
// of they know: the stages of a method (walk.hpp), or the steps before it (ode/multistep/nordsieck_numbers.hpp). A state X has
//   evaluate_first(t, reach), consistent()     f at the start: is it finite? did z satisfy the equations of a mass matrix?
//   awaits_start()        is that to be done before the next step?       forget_first()   what was known of it
//   size(), rate_size(), euler(h, t)           of Hairer's first step: d0, d1, and h0 d2 by f at (t, z + h f)
//   converged()           did the step's equations?                      reject()   it is tried again
//   hand_on(rate)         the state at the step's end is the present one; rate: f is known there
#pragma once
#include <utility>

#include "ode/steps/clock.hpp"  // brings: Clock, Interval, Apart, Status

namespace costate::ode {

// Of a step that was judged: whoever watches sees it. False: it was the last; of equations without a solution, that is why.
// `row`: of a batch whose rows have clocks of their own (ode/batch/own_rows.hpp).
inline bool goes_on(Clock& clock, Number error, bool kept, bool converged, const StepObserver* watcher, long row = 0) {
    if (!kept && clock.status() != Status::ok) {
        if (!converged) clock.stop(Status::not_converged);
        return false;
    }
    if (watcher) (*watcher)({clock.step().t, clock.step().h, error, kept, row});
    return true;
}

template <class X>
class Loop {
public:
    Loop(X& x, Clock& clock) : x_(x), clock_(clock) {}
    void watch(const StepObserver& watcher) { watcher_ = watcher ? &watcher : nullptr; }  // it must outlive the steps

    // f at the start, and from it the first step's length. False: it is not finite.
    bool start() {
        if (!x_.evaluate_first(clock_.first(), clock_.goal() - clock_.t()))
            return clock_.stop(x_.consistent() ? Status::bad_start : Status::inconsistent);
        if (!clock_.wants_first_step()) return true;
        const Number d0 = x_.size(), d1 = x_.rate_size(), h0 = clock_.guess(d0, d1);
        clock_.choose(h0, d1, x_.euler(clock_.direction() * h0, clock_.ahead(h0)) / h0);
        return true;
    }

    // What comes before a step: the one before is settled, and beyond a jump of f it starts anew.
    bool begin() {
        settle();
        if (clock_.forgets() && !start_anew()) return false;
        return !x_.awaits_start() || clock_.arrived() || start();
    }

    void settle() {
        if (clock_.settle()) x_.hand_on(std::exchange(with_last_, false));
    }
    // Of a kept step: the rate at its end is known, or no longer.
    void set_last(bool known) { with_last_ = known; }

protected:
    // False: it has arrived, or the clock's status says why it cannot.
    template <class Take, class Judge>
    COSTATE_INLINE bool attempt(Take&& take, Judge&& judge) {
        if (!begin() || !clock_.next()) return false;
        const Number error = take(clock_.step());
        const bool kept = judge(error);
        if (!goes_on(clock_, error, kept, x_.converged(), watcher_)) return false;
        if (!kept) x_.reject();
        return true;
    }

    X& x_;
    Clock& clock_;
    bool with_last_ = false;  // of the step tried last: is its rate at the end known?

private:
    bool start_anew() {  // beyond a jump of f
        x_.forget_first();
        return clock_.arrived() || !clock_.wants_first_step() || start();
    }

    const StepObserver* watcher_ = nullptr;
};

}  // namespace costate::ode
