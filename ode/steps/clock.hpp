// ode/steps/clock.hpp — where a solve stands in time, and how far its next step goes
//   Clock clock(t0, t1, timing);
//   if (clock.wants_first_step()) { h0 = clock.guess(d0, d1); ...; clock.choose(h0, d1, d2); }     (step_control.hpp)
//   while (clock.next()) { ... a step along clock.step() ...; clock.judge(err); ...; clock.settle(); }
// Steps are equal, or those of a grid, or chosen by their errors. judge only decides; settle moves t to the step's end, and
// cut brings that end forward. false means that it has arrived, or status() says why it cannot.
// The last chosen step is stretched by up to 1 % rather than leave a crumb, unless that very end was just tried and rejected.
// A step cut short at an end says little about the next one: the length before the cut lives on (a solve in stretches).
// why      The loops over numbers, over a batch's tiles and over Vars differ in what a step is, not in when it is taken.
// units    t and every length in the field's unit of time; err: 1 is the tolerance.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "ode/solve_options.hpp"  // brings: SolveOptions
#include "ode/statistics.hpp"     // brings: Status
#include "ode/step_control.hpp"   // brings: Control, StepSize, first_guess, first_step

namespace costate::ode {

// A step from t to `end`. h = end − t: a stage lies at t + c h, the last one at the stored end.
struct Interval {
    double t = 0, end = 0, h = 0;
    double at(double c) const { return c == 1 ? end : t + c * h; }
};

struct Timing {
    Control control;
    int embedded_order;
    double first_step = 0;  // 0: chosen
    double max_step = std::numeric_limits<double>::infinity();
    long max_steps = 10'000;            // rejected ones included
    int steps = 0;                      // > 0: so many equal ones
    std::span<const double> grid = {};  // or these, whatever their errors
};

inline Timing timing_of(const SolveOptions& o) {
    return {o.control, o.method.embedded_order, o.first_step, o.max_step, o.max_steps, o.steps};
}

// A shorter step would be mostly rounding: 16 ε |t|; near t = 0, what is nothing beside the whole span even twice over.
inline double smallest_step(double t, double span) {
    constexpr double eps = std::numeric_limits<double>::epsilon();
    return std::max(16 * eps * std::max(std::abs(t), eps * span), std::numeric_limits<double>::min());
}

// The n-th of `steps` equal steps ends here. The last one ends at t1 itself.
inline double equal_step(double t0, double t1, int n, int steps) {
    return n == steps ? t1 : t0 + n * (t1 - t0) / steps;
}

class Clock {
public:
    Clock(double t0, double t1, const Timing& timing)
        : timing_(timing),
          size_(timing.control, timing.embedded_order),
          t_(t0),
          from_(t0),
          goal_(t1),
          span_(std::abs(t1 - t0)) {
        if (!timing.grid.empty()) timing_.steps = static_cast<int>(timing.grid.size()) - 1;
        if (t0 == t1) timing_.steps = 0;
        if (timing.first_step > 0) set_first_step(timing.first_step);
    }

    double t() const { return t_; }                 // where the step begins, until it is settled
    const Interval& step() const { return step_; }  // the one that was tried last
    bool kept() const { return kept_; }             // and that awaits its settling
    double goal() const { return goal_; }
    bool arrived() const { return t_ == goal_; }
    bool on_grid() const { return timing_.steps > 0; }
    Status status() const { return status_; }
    double length() const { return status_ == Status::not_finite ? step_.h : length_; }  // of the step that failed
    long accepted() const { return accepted_; }
    long rejected() const { return rejected_; }
    int rejected_in_a_row() const { return size_.rejected_in_a_row(); }
    double largest_error() const { return largest_error_; }  // of all attempts

    // The next stretch ends there; the length of chosen steps lives on.
    void aim(double goal, int steps = 0) {
        from_ = t_;
        goal_ = goal;
        timing_.steps = steps;
        n_ = 0;
        span_ = std::max(span_, std::abs(goal - t_));
        cut_short_ = false;
    }

    bool wants_first_step() const { return !on_grid() && length_ == 0; }
    double guess(double d0, double d1) const {  // a length h0: f is asked at ahead(h0) for d2
        return std::min(std::max(first_guess(d0, d1), smallest_step(t_, span_)), longest());
    }
    double ahead(double length) const { return length == left() ? goal_ : t_ + direction() * length; }
    double direction() const { return goal_ < t_ ? -1 : 1; }
    void choose(double h0, double d1, double d2) {
        set_first_step(first_step(h0, d1, d2, timing_.embedded_order + 1, longest()));
    }

    bool next() {
        if (on_grid()) return n_ < timing_.steps && begin(end_of(n_ + 1));
        return !arrived() && begin_chosen();
    }

    // Is the step kept?
    bool judge(double error) {
        if (on_grid()) {
            if (!std::isfinite(error)) return stop(Status::not_finite);
            kept_ = true;
        } else {
            kept_ = size_.accept(error);
            const double next = std::abs(step_.h) * size_.factor();
            length_ = kept_ && cut_short_ ? std::max(next, length_) : next;
            largest_error_ = error <= largest_error_ ? largest_error_ : std::isfinite(error) ? error : HUGE_VAL;
        }
        ++(kept_ ? accepted_ : rejected_);
        return kept_;
    }

    void cut(double t) {  // the kept step ends there, and the next one begins
        cut_short_ = whole_ = false;
        step_.end = t;
    }

    bool settle() {  // t is the end of the step, if it was kept
        if (!kept_) return false;
        t_ = step_.end;
        if (whole_) ++n_;
        kept_ = false;
        return true;
    }

    bool stop(Status status) {  // a step that was kept is not
        status_ = status;
        accepted_ -= kept_;
        return kept_ = false;
    }

private:
    double left() const { return std::abs(goal_ - t_); }
    double longest() const { return std::min(left(), timing_.max_step); }
    void set_first_step(double length) { length_ = std::max(std::min(length, longest()), smallest_step(t_, span_)); }

    double end_of(int n) const {
        return timing_.grid.empty() ? equal_step(from_, goal_, n, timing_.steps)
                                    : timing_.grid[static_cast<std::size_t>(n)];
    }

    bool begin(double end) {
        step_ = {t_, end, end - t_};
        return whole_ = true;
    }

    bool begin_chosen() {
        if (accepted_ + rejected_ == timing_.max_steps) return stop(Status::too_many_steps);
        double length = std::min(length_, timing_.max_step);
        const bool rejected = size_.rejected_in_a_row() > 0 && cut_short_;
        if (left() <= length * (rejected ? 1 : 1.01)) length = left() <= timing_.max_step ? left() : left() / 2;
        if (length < smallest_step(t_, span_) && length < left()) return stop(Status::step_underflow);
        cut_short_ = length == left();
        return begin(ahead(length));
    }

    Timing timing_;
    StepSize size_;
    double t_, from_, goal_, span_, length_ = 0, largest_error_ = 0;
    Interval step_;
    int n_ = 0;                         // known steps that are done
    bool kept_ = false, whole_ = true;  // not settled yet; not cut
    bool cut_short_ = false;            // the last step that was tried ended, or would have ended, at the goal
    long accepted_ = 0, rejected_ = 0;
    Status status_ = Status::ok;
};

}  // namespace costate::ode
