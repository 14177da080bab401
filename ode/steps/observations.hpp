// ode/steps/observations.hpp — which of the times lie in this step?
//   Observations seen(times, count);
//   seen.enter(step)    those after step.t, up to step.end, are begin() ... end() − 1        seen.leave()    they are done
// Those that are the first time itself are left behind at the start: what holds there is given. A sweep backwards enters by
// retreat(step) and leaves nothing behind.
#pragma once
#include <cmath>
#include <cstddef>

#include "ode/steps/clock.hpp"  // brings: Interval

namespace costate::ode {

template <class List>  // of times, by their places
class Observations {
public:
    Observations(const List& times, std::size_t count) : times_(&times), count_(count) {
        down_ = times[times.size() - 1] < times[0];
        while (begin_ < count_ && time(begin_) == time(0)) ++begin_;
        leave_to(begin_);
    }

    std::size_t begin() const { return begin_; }  // of the step's times, or of those still to come
    std::size_t end() const { return end_; }
    Number time(std::size_t i) const { return (*times_)[i]; }

    void enter(const Interval& s) {
        end_ = begin_;
        if (after(next_, s.end)) return;  // as of most steps
        while (end_ < count_ && !after(time(end_), s.end)) ++end_;
    }
    void leave() {
        if (begin_ != end_) leave_to(end_);
    }
    void retreat(const Interval& s) {
        for (end_ = begin_; begin_ > 0 && after(time(begin_ - 1), s.t);) --begin_;
    }
    void start_from_end() { begin_ = end_ = count_; }

    bool are_dense(const Interval& s) const {  // is one of them not the end itself?
        for (std::size_t i = begin_; i < end_; ++i)
            if (time(i) != s.end) return true;
        return false;
    }

private:
    void leave_to(std::size_t i) {
        begin_ = end_ = i;
        next_ = i < count_ ? time(i) : down_ ? -HUGE_VAL : HUGE_VAL;
    }
    bool after(Number time, Number t) const { return down_ ? time < t : time > t; }

    const List* times_;
    std::size_t count_, begin_ = 0, end_ = 0;
    Number next_ = 0;  // of the times, that enter will meet; a sweep backwards does not keep it
    bool down_;
};

}  // namespace costate::ode
