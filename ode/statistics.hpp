// ode/statistics.hpp — how a solve ended, and what it took: the same for every interface and every gradient route
//   const ode::Statistics s = solution.statistics();   s.evaluations, s.accepted, ...;   solution.status
#pragma once

namespace costate::ode {

enum class Status {
    ok,
    bad_option,
    bad_memory,
    bad_start,
    not_finite,
    step_underflow,
    too_many_steps,
    clock_too_coarse
};

// Backward counts are those of the gradient: 0 until it has been recorded, and by `direct`, which has no backward solve.
struct Statistics {
    long evaluations = 0;           // of f
    long backward_evaluations = 0;  // of the backward field, or of f where stages are recomputed
    long accepted = 0, rejected = 0;
    long backward_accepted = 0, backward_rejected = 0;
    bool floor_acted = false;  // the tolerance was finer than rounding somewhere: it was taken as 2ε|z| there
    bool unlimited = false;  // at rest or on a straight line: nothing but the span limited the steps. Mind the gradient

    bool operator==(const Statistics&) const = default;
};

}  // namespace costate::ode
