#include "ode/steps/clock.hpp"

namespace costate::ode {

int equal_steps(Number t0, Number t1, Number step) {
    constexpr Number eps = std::numeric_limits<Number>::epsilon();
    const Number length = std::abs(t1 - t0) - 4 * eps * std::max(std::abs(t0), std::abs(t1));
    return std::max(1, static_cast<int>(std::ceil(length / step * (1 - 4 * eps))));
}

Number ListOfTimes::after(Number t, Number goal) const {
    std::size_t first = 0, end = count;
    while (first < end) {
        const std::size_t middle = first + (end - first) / 2;
        (goal >= t ? at(list, middle) > t : at(list, middle) < t) ? end = middle : first = middle + 1;
    }
    if (first == count) return goal;
    return goal >= t ? std::min(at(list, first), goal) : std::max(at(list, first), goal);
}

int steps_of_part(int steps, Number part, Number slack) {
    const Number rounding = 16 * std::numeric_limits<Number>::epsilon() * steps;
    return steps > 0 ? std::max(1, static_cast<int>(std::ceil(steps * part - std::max(slack, rounding)))) : 0;
}

Clock::Clock(Number t0, Number t1, const Timing& timing)
    : timing_(timing),
      size_(timing.control, timing.method.embedded_order),
      stiffness_(timing.method),
      t_(t0),
      first_(t0),
      last_(t1) {
    if (jumps_at(t0)) jump_ = t0;
    if (!timing.grid.empty()) {
        timing_.steps = static_cast<int>(timing.grid.size()) - 1;
        timing_.step = 0;
    }
    aim(t1, timing_.steps);
    if (timing.first_step > 0) set_first_step(timing.first_step);
}

void Clock::aim(Number goal, int steps) {
    goal_ = goal;
    direction_ = goal < t_ ? -1 : 1;
    steps_ = t_ == goal ? 0 : steps;
    known_ = steps_ > 0 || (timing_.step > 0 && t_ != goal);
    if (known_) stiffness_.stop();
    from_ = t_;
    n_ = 0;
    span_ = std::max(span_, std::abs(goal - t_));
    cut_short_ = false;
    if (t_ == jump_) forget();
    look_ahead();
    if (timing_.step > 0) begin_stretch();
}

void Clock::change_to(const Method& method) {
    timing_.method = method;
    size_ = StepSize(timing_.control, method.embedded_order);
    stiffness_ = Stiffness(method);
    pause_ = accepted_ + rejected_;
}

void Clock::look_ahead() {
    near_ = goal_;
    if (timing_.stops) near_ = timing_.stops->after(t_, near_);
    if (timing_.jumps) near_ = timing_.jumps->after(t_, near_);
    if (timing_.step > 0) near_ = timing_.observed.after(t_, near_);
    near_jumps_ = jumps_at(near_);
    jumps_ = near_jumps_ || t_ == jump_;
}

void Clock::land() {
    if (near_jumps_) {
        jump_ = t_;
        forgets_ = true;
        if (!arrived()) forget();
    }
    if (!arrived()) look_ahead();
}

void Clock::forget() {
    size_.reset();
    length_ = 0;
    cut_short_ = false;
}

void Clock::begin_stretch() {  // equal steps as far as what is near
    from_ = t_;
    n_ = 0;
    steps_ = arrived() ? 0 : equal_steps(t_, near_, timing_.step);
}

void Clock::ask_within() {
    step_.first = first();
    if (near_jumps_ && step_.end == near_) step_.final = final();
}

// Another chosen step: it may be one too many, or one that shows whether the problem is stiff.
bool Clock::go_on() {
    const long attempts = accepted_ + rejected_, next = stiffness_.next_look() - accepted_ - 1;
    if (attempts == timing_.max_steps) return stop(Status::too_many_steps);
    looks_ = next <= 0;
    pause_ = attempts + std::min(std::max(next, 1L), timing_.max_steps - attempts);
    return true;
}

bool Clock::keep_shortest(Number error) {
    kept_ = std::isfinite(error);
    ++(kept_ ? forced_ : rejected_);
    return kept_ || stop(Status::not_finite);
}

// Of a grid's step, what lies before a time that is landed on; but for a crumb it ends there.
bool Clock::begin_before_landing(Number end) {
    if (std::abs(end - near_) <= smallest_step(near_, span_)) return begin(near_);
    return direction() * (end - near_) < 0 ? begin(end) : begin(near_, false);
}

const StepChoice step_choice{first_step, [](Clock& clock) { return clock.begin_chosen(); },
                             [](Clock& clock, Number error) { return clock.judge_chosen(error); }};

void Clock::report(Statistics& s) const {
    s.accepted = accepted_;
    s.rejected = rejected_;
    s.largest_step = largest_;
    s.smallest_step = std::min(smallest_, largest_);
    s.smallest_at = smallest_at_;
    s.next_step = known_ ? 0 : length_;
    s.forced = forced_;
    s.stiff_at = stiffness_.stiff_at();
}

}  // namespace costate::ode
