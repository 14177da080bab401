// ode/steps/clock.hpp — where a solve stands in time, and how far its next step goes
//   Clock clock(t0, t1, timing);
//   if (clock.wants_first_step()) { h0 = clock.guess(d0, d1); ...; clock.choose(h0, d1, d2); }     (step_control.hpp)
//   while (clock.next()) { ... a step along clock.step() ...; clock.judge(err); ...; clock.settle(); }
// Steps are equal, or those of a grid, or chosen by their errors. judge only decides; settle moves t to the step's end, and
// cut brings that end forward. false means that it has arrived, or status() says why it cannot.
// The last chosen step is stretched by up to 1 % rather than leave a crumb, unless that very end was just tried and rejected.
// A step cut short at an end says little about the next one: the length before the cut lives on (a solve in stretches).
// `near` is what is landed on next: a time of step_t or jump_t, with equal steps of a length also one that is observed, or the
// goal. After a jump of f nothing is known: neither the errors before it nor the steps' length.
// why      The loops over numbers, over a batch's tiles and over Vars differ in what a step is, not in when it is taken.
// units    t and every length in the field's unit of time; err: 1 is the tolerance.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "core/small.hpp"           // brings: small_machine
#include "ode/solve_options.hpp"    // brings: SolveOptions
#include "ode/statistics.hpp"       // brings: Status, Statistics
#include "ode/step_control.hpp"     // brings: Control, StepSize, StepChoice, first_guess, first_step
#include "ode/steps/interval.hpp"   // brings: Interval, TimeSet, beside
#include "ode/steps/stiffness.hpp"  // brings: Stiffness, Apart

namespace costate::ode {

struct ListOfTimes {  // those that are observed, whatever keeps them
    const void* list = nullptr;
    std::size_t count = 0;
    Number (*at)(const void*, std::size_t) = nullptr;

    template <class List>
    static ListOfTimes of(const List& times) {
        return {&times, times.size(),
                [](const void* kept, std::size_t i) { return Number((*static_cast<const List*>(kept))[i]); }};
    }
    Number after(Number t, Number goal) const;  // the first one that lies between them, or goal
};

struct Timing {
    Control control;
    Method method;
    Number first_step = 0;  // 0: chosen
    Number max_step = std::numeric_limits<Number>::infinity(), min_step = 0;
    long max_steps = 10'000;                           // rejected ones included
    int steps = 0;                                     // > 0: so many equal ones
    Number step = 0;                                   // > 0: or equal ones of at most this length
    const TimeSet *stops = nullptr, *jumps = nullptr;  // they outlive the clock
    std::span<const Number> grid = {};                 // or these steps, whatever their errors
    ListOfTimes observed = {};
    bool as_float = false;  // the field's clock is made of floats
};

inline Timing timing_of(const SolveOptions& o) {
    return {o.control,   o.method, o.first_step, o.max_step, o.min_step,
            o.max_steps, o.steps,  o.step,       &o.step_t,  &o.jump_t};
}

// A shorter step would be mostly rounding: 16 ε |t|; near t = 0, what is nothing beside the whole span even twice over.
inline Number smallest_step(Number t, Number span) {
    constexpr Number eps = std::numeric_limits<Number>::epsilon();
    return std::max(16 * eps * std::max(std::abs(t), eps * span), std::numeric_limits<Number>::min());
}

// As many of so many equal steps as belong to a part of the way; a part may be too long by the slack. None of none.
int steps_of_part(int steps, Number part, Number slack = 1e-9);

// How many equal steps of at most `step`, but for the rounding of both times; as many as an int counts.
int equal_steps(Number t0, Number t1, Number step);

// The n-th of `steps` equal steps ends here. The last one ends at t1 itself.
inline Number equal_step(Number t0, Number t1, int n, int steps) {
    return n == steps ? t1 : t0 + n * (t1 - t0) / steps;
}

class Clock {
public:
    Clock(Number t0, Number t1, const Timing& timing);

    Number t() const { return t_; }                 // where the step begins, until it is settled
    const Interval& step() const { return step_; }  // the one that was tried last
    bool kept() const { return kept_; }             // and that awaits its settling
    Number goal() const { return goal_; }
    bool arrived() const { return t_ == goal_; }
    bool on_grid() const { return known_; }
    bool forgets() { return std::exchange(forgets_, false); }  // has it landed where f jumps?
    Status status() const { return status_; }
    Number length() const {  // of the step that failed
        return status_ == Status::not_finite || status_ == Status::not_converged ? step_.h : length_;
    }
    long accepted() const { return accepted_; }
    long rejected() const { return rejected_; }
    int rejected_in_a_row() const { return size_.rejected_in_a_row(); }
    Number largest_error() const { return largest_error_; }  // of all attempts
    Number curvature() const { return curvature_; }  // |z''| where a first step was chosen, in units of the tolerance
    Number stiff_at() const { return stiffness_.stiff_at(); }

    // The next stretch ends there; the length of chosen steps lives on.
    void aim(Number goal, int steps = 0);
    void change_to(const Method& method);  // steps are chosen for it from here on, the next one as long as it was to be

    Number next_length() const {  // of a chosen step
        const Number length = std::min(std::max(length_, timing_.min_step), timing_.max_step);
        const bool rejected = size_.rejected_in_a_row() > 0 && cut_short_;
        if (left() > length * Number(rejected ? 1 : 1.01)) return length;
        return left() <= timing_.max_step ? left() : left() / 2;
    }

    void limit(Number length) { length_ = std::min(length_, length); }  // of the next chosen step

    bool wants_first_step() const { return !known_ && length_ == 0; }
    Number guess(Number d0, Number d1) const {  // a length h0: f is asked at ahead(h0) for d2
        return std::min(std::max(first_guess(d0, d1), smallest_step(t_, span_)), longest());
    }
    Number first() const { return t_ == jump_ ? beside(t_, goal_, timing_.as_float) : t_; }  // f is asked there for t
    Number ahead(Number length) const { return length == left() ? final() : t_ + direction() * length; }
    Number direction() const { return direction_; }
    void choose(Number h0, Number d1, Number d2) {
        const Method& m = timing_.method;
        curvature_ = std::max(curvature_, d2);
        const auto first = small_machine ? m.choice->first_step : first_step;
        set_first_step(first(h0, d1, d2, m.embedded_order + 1, longest()));
    }

    bool next() {
        if (!known_) return !arrived() && (small_machine ? timing_.method.choice->begin(*this) : begin_chosen());
        if (n_ == steps_ && timing_.step > 0 && !arrived()) begin_stretch();
        return n_ < steps_ && begin_equal(end_of(n_ + 1));
    }

    // Is the step kept?
    bool judge(Number error) {
        if (known_) return judge_known(error);
        return small_machine ? timing_.method.choice->judge(*this, error) : judge_chosen(error);
    }
    // By one who chooses the next length, too, as factor(kept) times this one's.
    template <class Factor>
    bool judge(Number error, Factor&& factor) {
        if (known_) return judge_known(error);
        largest_error_ = error <= largest_error_ ? largest_error_ : std::isfinite(error) ? error : HUGE_VAL;
        kept_ = size_.accept(error);
        if (!kept_ && is_shortest() && !keep_shortest(error)) return false;
        const Number next = std::abs(step_.h) * factor(kept_);
        length_ = kept_ && cut_short_ ? std::max(next, length_) : next;
        return counted();
    }
    // Both of a chosen step: step_choice points there.
    bool begin_chosen() {
        if (accepted_ + rejected_ == pause_ && !go_on()) return false;
        const Number length = next_length();
        if (length < smallest_step(t_, span_) && length < left()) return stop(Status::step_underflow);
        cut_short_ = length == left();
        return begin(cut_short_ ? near_ : t_ + direction() * length);
    }
    bool judge_chosen(Number error) {
        return judge(error, [this](bool) { return timing_.method.implicit() ? calm(size_.factor()) : size_.factor(); });
    }
    bool is_shortest() const { return length_ <= timing_.min_step; }       // kept, whatever its error
    bool looks_for_stiffness() const { return !small_machine && looks_; }  // which has no other methods to take
    // Of a step that was kept.
    void see(const Apart& apart, Number error) { stiffness_.see(apart, error, step_.h, step_.t, accepted_); }
    void never_look_for_stiffness() { stiffness_.stop(); }
    void always_look_for_stiffness() { stiffness_.look_always(); }

    void forget();  // the steps' length, and the errors before

    void cut(Number t) {  // the kept step ends there, and the next one begins
        cut_short_ = whole_ = false;
        step_.end = t;
    }

    bool settle() {  // t is the end of the step, if it was kept
        if (!kept_) return false;
        t_ = step_.end;
        if (whole_) ++n_;
        kept_ = false;
        if (t_ == near_) land();
        return true;
    }

    bool stop(Status status) {  // a step that was kept is not
        status_ = status;
        accepted_ -= kept_;
        return kept_ = false;
    }

    void report(Statistics& s) const;  // of a forward solve

private:
    Number left() const { return std::abs(near_ - t_); }
    Number longest() const { return std::min(left(), timing_.max_step); }
    void set_first_step(Number length) { length_ = std::max(std::min(length, longest()), smallest_step(t_, span_)); }

    bool jumps_at(Number t) const { return timing_.jumps && timing_.jumps->holds(t, first_, last_); }
    void look_ahead();
    void land();
    void begin_stretch();
    Number final() const { return near_jumps_ ? beside(near_, t_, timing_.as_float) : near_; }

    Number end_of(int n) const {
        return timing_.grid.empty() ? equal_step(from_, timing_.step > 0 ? near_ : goal_, n, steps_)
                                    : timing_.grid[static_cast<std::size_t>(n)];
    }

    bool begin(Number end, bool whole = true) {
        step_ = {t_, end, end - t_, t_, end};
        whole_ = whole;
        if (jumps_) ask_within();
        return true;
    }
    void ask_within();
    bool begin_equal(Number end) { return near_ == goal_ ? begin(end) : begin_before_landing(end); }
    bool begin_before_landing(Number end);

    bool go_on();
    bool keep_shortest(Number error);
    bool judge_known(Number error) {
        if (!std::isfinite(error)) return stop(Status::not_finite);
        kept_ = true;
        return counted();
    }
    bool counted() {  // a step that was judged
        ++(kept_ ? accepted_ : rejected_);
        if (kept_) measure(std::abs(step_.h));
        return kept_;
    }

    // An implicit step hardly longer than the last one would only cost new factors.
    static Number calm(Number factor) { return factor >= 1 && factor <= Number(1.2) ? 1 : factor; }

    void measure(Number h) {  // of a step that is kept
        largest_ = std::max(largest_, h);
        if (h >= smallest_ || (cut_short_ && !known_)) return;
        smallest_ = h;
        smallest_at_ = step_.t;
    }

    Timing timing_;
    StepSize size_;
    Stiffness stiffness_;
    Number t_, first_, last_, goal_ = 0, near_ = 0, from_ = 0, span_ = 0, length_ = 0, largest_error_ = 0;
    Number curvature_ = 0;
    Number direction_ = 1;
    Interval step_;
    int n_ = 0, steps_ = 0;             // known steps that are done, and all of them
    bool known_ = false;                // the steps, whatever their errors
    bool kept_ = false, whole_ = true;  // not settled yet; not cut
    bool cut_short_ = false;            // the last step that was tried ended, or would have ended, at what was near
    bool near_jumps_ = false, jumps_ = false;  // f jumps at what is near; or at t
    bool forgets_ = false, looks_ = false;
    Number jump_ = std::numeric_limits<Number>::quiet_NaN();  // where f jumped last
    long accepted_ = 0, rejected_ = 0, forced_ = 0,
         pause_ = 0;  // pause_: of attempts, where something is to be seen to
    Number largest_ = 0, smallest_ = std::numeric_limits<Number>::infinity(), smallest_at_ = 0;
    Status status_ = Status::ok;
};

}  // namespace costate::ode
