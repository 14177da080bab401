// ode/steps/interval.hpp — one step's way through time, and where within it the field is asked
#pragma once
#include "ode/landings.hpp"  // brings: TimeSet, beside

namespace costate::ode {

// A step from t to `end`. h = end − t: a stage lies at t + c h, the last one at the stored end. Where f jumps at t or at the
// end, it is asked for what holds within the step: at `first`, the number after t, and at `final`, the one before the end.
struct Interval {
    Number t = 0, end = 0, h = 0;
    Number first = t, final = end;
    Number at(Number c) const { return c == 1 ? final : c == 0 ? first : t + c * h; }
};

// Of a solve from first to last, the step that was taken from t to end: of a sweep backwards, the same to the bit.
inline Interval interval_between(Number t, Number end, const TimeSet& jumps, Number first, Number last, bool as_float) {
    Interval s{t, end, end - t};
    if (jumps.is_empty() || t == end) return s;
    if (jumps.holds(t, first, last)) s.first = beside(t, end, as_float);
    if (jumps.holds(end, first, last)) s.final = beside(end, t, as_float);
    return s;
}

}  // namespace costate::ode
