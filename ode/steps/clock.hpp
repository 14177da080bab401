// ode/steps/clock.hpp — where an adaptive solve stands in time, and how far its next step goes
//   Clock clock(t0, t1, timing);
//   if (clock.wants_first_step()) { h0 = clock.guess(d0, d1); ...; clock.choose(h0, d1, d2); }     (step_control.hpp)
//   while (clock.next()) { ... a step from clock.t() to clock.end() ...; clock.judge(err); }       status() says how it ended
// The last step is stretched by up to 1 % rather than leave a crumb, unless that very end was just tried and rejected. A
// step cut short at an end says little about the next one: the length before the cut lives on (a solve in stretches).
// why      The loops over numbers, over a batch's tiles and over Vars differ in what a step is, not in when it is taken.
// units    t and every length in the field's unit of time; err: 1 is the tolerance.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ode/solve_options.hpp"  // brings: SolveOptions
#include "ode/statistics.hpp"     // brings: Status
#include "ode/step_control.hpp"   // brings: Control, StepSize, first_guess, first_step

namespace costate::ode {

struct Timing {
    Control control;
    int embedded_order;
    double first_step = 0;  // 0: chosen
    double max_step = std::numeric_limits<double>::infinity();
    long max_steps = 10'000;  // rejected ones included
};

inline Timing timing_of(const SolveOptions& o) {
    return {o.control, o.method.embedded_order, o.first_step, o.max_step, o.max_steps};
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

inline void equal_grid(std::vector<double>& grid, double t0, double t1, int steps) {
    grid.resize(static_cast<std::size_t>(steps) + 1);
    for (int n = 0; n <= steps; ++n) grid[static_cast<std::size_t>(n)] = equal_step(t0, t1, n, steps);
}

class Clock {
public:
    Clock(double t0, double t1, const Timing& timing)
        : timing_(timing), size_(timing.control, timing.embedded_order), t_(t0), goal_(t1), span_(std::abs(t1 - t0)) {
        if (timing.first_step > 0) set_first_step(timing.first_step);
    }

    double t() const { return t_; }
    double end() const { return end_; }
    double h() const { return end_ - t_; }  // with its sign
    double length() const { return length_; }
    Status status() const { return status_; }
    int rejected_in_a_row() const { return size_.rejected_in_a_row(); }

    // The next stretch ends there; the length of steps lives on.
    void aim(double goal) {
        goal_ = goal;
        span_ = std::max(span_, std::abs(goal - t_));
        cut_short_ = false;
    }

    bool wants_first_step() const { return length_ == 0; }
    double guess(double d0, double d1) const {  // a length h0: f is asked at ahead(h0) for d2
        return std::min(std::max(first_guess(d0, d1), smallest_step(t_, span_)), longest());
    }
    double ahead(double length) const { return length == left() ? goal_ : t_ + direction() * length; }
    void choose(double h0, double d1, double d2) {
        set_first_step(first_step(h0, d1, d2, timing_.embedded_order + 1, longest()));
    }

    bool next() {  // false: it has arrived, or status() says why it cannot
        if (t_ == goal_) return false;
        if (attempts_ == timing_.max_steps) return stop(Status::too_many_steps);
        double length = std::min(length_, timing_.max_step);
        const bool rejected = size_.rejected_in_a_row() > 0 && cut_short_;
        if (left() <= length * (rejected ? 1 : 1.01)) length = left() <= timing_.max_step ? left() : left() / 2;
        if (length < smallest_step(t_, span_) && length < left()) return stop(Status::step_underflow);
        cut_short_ = length == left();
        end_ = ahead(length);
        ++attempts_;
        return true;
    }

    // Is the step from t() to end() kept? Then t() is its end from now on.
    bool judge(double error) {
        const bool kept = size_.accept(error);
        const double next = std::abs(h()) * size_.factor();
        length_ = kept && cut_short_ ? std::max(next, length_) : next;
        if (kept) t_ = end_;
        return kept;
    }

private:
    double direction() const { return goal_ < t_ ? -1 : 1; }
    double left() const { return std::abs(goal_ - t_); }
    double longest() const { return std::min(left(), timing_.max_step); }
    void set_first_step(double length) { length_ = std::max(std::min(length, longest()), smallest_step(t_, span_)); }
    bool stop(Status status) {
        status_ = status;
        return false;
    }

    Timing timing_;
    StepSize size_;
    double t_, end_ = 0, goal_, span_, length_ = 0;
    bool cut_short_ = false;  // the last step that was tried ended, or would have ended, at the goal
    long attempts_ = 0;
    Status status_ = Status::ok;
};

}  // namespace costate::ode
