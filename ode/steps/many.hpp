// ode/steps/many.hpp — a step of several rows, each along an interval of its own
// What a walk's recursion (ode/steps/walk.hpp) reads of a step: when its stages lie. Here that is a time for each row.
#pragma once
#include "core/real.hpp"        // brings: Index
#include "ode/steps/clock.hpp"  // brings: Interval

namespace costate::ode {

struct Moments {  // when stage c lies in each row
    const Interval* of;
    Number c;
    Number operator[](Index row) const { return of[row].at(c); }
};

struct Intervals {
    const Interval* of;
    const Number* h;
    Moments first{of, 0}, final{of, 1};
    Moments at(Number c) const { return {of, c}; }
};

}  // namespace costate::ode
