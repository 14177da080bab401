// ode/steps/step_times.hpp — t_0, ..., t_N: where the steps of a solve ended, kept for whoever walks along them again
// A list, but of equal steps nothing: their number says it all, and memory does not grow with it.
#pragma once
#include <span>
#include <vector>

#include "ode/steps/clock.hpp"  // brings: equal_step, SolveOptions

namespace costate::ode {

class StepTimes {
public:
    void begin(Number t0, Number t1, const SolveOptions& o) {
        const bool equal = o.steps > 0 && t0 != t1 && o.step_t.is_empty() && o.jump_t.is_empty();
        steps_ = equal ? o.steps : 0;
        t1_ = t1;
        list_.assign(1, t0);
    }
    void add(Number t) {
        if (steps_ == 0) list_.push_back(t);
    }
    std::size_t size() const { return steps_ > 0 ? static_cast<std::size_t>(steps_) + 1 : list_.size(); }
    Number operator[](std::size_t n) const {
        return steps_ > 0 ? equal_step(list_[0], t1_, static_cast<int>(n), steps_) : list_[n];
    }
    std::size_t bytes() const { return list_.size() * sizeof(Number); }
    std::span<const Number> list() const { return steps_ > 0 ? std::span<const Number>() : list_; }  // as Timing::grid

private:
    std::vector<Number> list_;
    Number t1_ = 0;
    int steps_ = 0;  // > 0: so many equal ones
};

}  // namespace costate::ode
