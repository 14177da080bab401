// ode/statistics.hpp — how a solve ended, and what it took: the same for every interface and every gradient route
// A Solution is ok, for all else is an error; solve_to, which throws nothing, returns the Status.
//   const ode::Statistics s = solution.statistics();   s.evaluations, s.accepted, ...;   solution.status
#pragma once
#include <cmath>

#include "core/real.hpp"    // brings: Number
#include "core/stream.hpp"  // brings: TextStream

namespace costate::ode {

enum class Status {
    ok,
    bad_option,        // options or times that cannot be meant
    bad_memory,        // the caller's memory is too small (solve_to)
    bad_start,         // z0, or f there, is not finite
    inconsistent,      // z0 does not satisfy an equation in which a mass matrix has no derivative
    not_finite,        // nor is a state further on
    not_converged,     // a stage of an implicit method, in a step that cannot be made shorter
    step_underflow,    // the error wants steps that no longer move t
    too_many_steps,    // max_steps
    clock_too_coarse,  // f reads t, a Real whose digits are too far apart
    accumulating       // events without time between them, or more than max_steps of them
};

constexpr const char* to_text(Status status) {
    switch (status) {
        case Status::ok: return "ok";
        case Status::bad_option: return "bad_option";
        case Status::bad_memory: return "bad_memory";
        case Status::bad_start: return "bad_start";
        case Status::inconsistent: return "inconsistent";
        case Status::not_finite: return "not_finite";
        case Status::not_converged: return "not_converged";
        case Status::step_underflow: return "step_underflow";
        case Status::too_many_steps: return "too_many_steps";
        case Status::clock_too_coarse: return "clock_too_coarse";
        case Status::accumulating: return "accumulating";
    }
    return "";
}
template <TextStream Stream>
Stream& operator<<(Stream& stream, Status status) {
    stream << to_text(status);
    return stream;
}

// Of a row with a clock of its own.
struct RowReport {
    Status status = Status::ok;
    Number t = 0;  // how far it came; what it was to be observed at later is NaN
    long evaluations = 0, accepted = 0, rejected = 0;
    bool stopped = false;  // by a terminal event, at t: what it was to be observed at later is the state after it

    bool operator==(const RowReport&) const = default;
};

// Where rows have clocks of their own these are sums over the rows: an evaluation is one of a row, not of the batch.
// Backward counts are those of the gradient: 0 until it has been recorded, and by `direct`, which has no backward solve.
struct Statistics {
    long evaluations = 0;  // of f; one more where discrete's stages are kept and the last step is observed within
    long backward_evaluations = 0;  // of the backward field; of f at stages that were not kept, or with tangents
    long parameter_vjps = 0;        // aᵀ∂f/∂θ, by the continuous routes: as often as it was summed
    long accepted = 0, rejected = 0;
    // By an implicit method: ∂f/∂z, factors of I − hγ ∂f/∂z, and Newton iterations, each of which is an evaluation, too. Of
    // rows that step jointly those of the row that took most.
    long jacobians = 0, factorizations = 0, newton_iterations = 0;
    long backward_accepted = 0, backward_rejected = 0;
    bool floor_acted = false;  // the tolerance was finer than rounding somewhere: it was taken as 2ε|z| there
    int switches = 0;          // between an explicit and an implicit method (ode/switching/automatic.hpp)
    // Of the accepted steps of the forward solve: the longest; the shortest of those that were not cut short by a time that is
    // landed on, and where it began, which is where the effort went.
    Number largest_step = 0, smallest_step = 0, smallest_at = 0;
    Number next_step =
        0;  // .first_step of a solve that goes on from here (0: the steps were known, or each row has its own)
    long forced = 0;  // kept at min_step, whatever their error
    Number stiff_at =
        HUGE_VAL;  // where stability, not accuracy, was seen to limit the steps; finite: it is a stiff problem
    bool unlimited = false;  // at rest or on a straight line: nothing but the span limited the steps. Mind the gradient
    int implicit_steps = 0;  // of those accepted, taken by the implicit method of two (ode/switching/automatic.hpp)

    bool operator==(const Statistics&) const = default;

    void go_on(
        const Statistics& next) {  // of a solve in parts: the one that began where this one ended; of another row
        if (next.accepted > 0 && (accepted == 0 || next.smallest_step < smallest_step)) {
            smallest_step = next.smallest_step;
            smallest_at = next.smallest_at;
        }
        evaluations += next.evaluations;
        jacobians += next.jacobians;
        factorizations += next.factorizations;
        newton_iterations += next.newton_iterations;
        backward_evaluations += next.backward_evaluations;
        parameter_vjps += next.parameter_vjps;
        accepted += next.accepted;
        rejected += next.rejected;
        backward_accepted += next.backward_accepted;
        backward_rejected += next.backward_rejected;
        largest_step = next.largest_step > largest_step ? next.largest_step : largest_step;
        next_step = next.next_step;
        forced += next.forced;
        if (stiff_at == HUGE_VAL) stiff_at = next.stiff_at;
        floor_acted = floor_acted || next.floor_acted;
        unlimited = unlimited || next.unlimited;
        switches += next.switches;
        implicit_steps += next.implicit_steps;
    }
};

}  // namespace costate::ode
