#include "ode/steps/outcome.hpp"

#include <algorithm>
#include <cmath>

#include "ode/steps/clock.hpp"  // brings: smallest_step

namespace costate::ode {
namespace {

std::string count_text(long count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Complaint first_plain_complaint(const Times& times, const SolveOptions& options) {
    if (const Complaint complaint = first_complaint(options); complaint.option) return complaint;
    if (options.gradient != discrete) return {"gradient"};
    if (options.backward_norm != BackwardNorm::state_and_adjoint) return {"backward_norm"};
    return first_complaint(times, options);
}

Failure to_failure(const Outcome& outcome, const Times& times, const SolveOptions& options) {
    const std::string at = " at t = " + number_text(outcome.t), h = "h = " + number_text(outcome.h);
    switch (outcome.status) {
        case Status::bad_option:
            return to_failure(outcome.complaint, times, options);
        case Status::bad_memory:
            return {.what = "solve: the memory handed over is too small",
                    .expected = "work: work_size(method, n) numbers; saved: n for each of the times"};
        case Status::bad_start:
            return {.what = "solve: nothing finite to start from" + at,
                    .got = "component " + std::to_string(outcome.worst) + " of y0 or of f(t0, y0) is " +
                           number_text(outcome.error),
                    .expected = "finite numbers",
                    .fix = "evaluate f(t0, y0) by hand: a root or a logarithm out of its domain, a division by 0?"};
        case Status::not_finite:
            return {.what = "solve: the state is no longer finite after t = " + number_text(outcome.t),
                    .got = "component " + std::to_string(outcome.worst) + " became " + number_text(outcome.error) +
                           " in a step of " + h + "; max |f| = " + number_text(outcome.slope) + " before it",
                    .expected = "finite numbers up to t = " + number_text(times.back()),
                    .likely = "the fixed steps are too long for this f, or the solution itself blows up",
                    .fix = "more steps; or steps = 0 with a method that chooses them, which shows where it fails"};
        case Status::step_underflow:
            return {
                .what = "solve: the step shrank to nothing" + at,
                .got = h + " after " + count_text(outcome.rejected_in_a_row, "rejection") +
                       " in a row; worst scaled error " + number_text(outcome.error) + " in y[" +
                       std::to_string(outcome.worst) + "]",
                .expected = "h >= 16 eps |t| = " + number_text(smallest_step(outcome.t, times.back() - times.front())),
                .likely = std::isfinite(outcome.error)
                              ? "the solution blows up here if |f| is large (max |f| = " + number_text(outcome.slope) +
                                    "); if |f| is moderate: f jumps here, or is stiff"
                              : "f is not finite just beyond: it leaves its domain (max |f| = " +
                                    number_text(outcome.slope) + " here), or the solution blows up",
                .fix =
                    "plot y near t; loosen rtol; a stiff problem wants an implicit method - more max_steps will "
                    "not help"};
        case Status::too_many_steps:
            return {.what = "solve: max_steps used up" + at,
                    .got = count_text(outcome.statistics.accepted, "step") + " kept, " +
                           std::to_string(outcome.statistics.rejected) + " rejected; the next one would be " + h,
                    .expected = "t = " + number_text(times.back()) + " within " + std::to_string(options.max_steps),
                    .likely = "steps this short with a smooth solution mean that the problem is stiff",
                    .fix = "raise max_steps; loosen rtol and atol; a stiff problem wants an implicit method"};
        case Status::clock_too_coarse:
        case Status::ok:
            break;
    }
    return {.what = "solve: all is well"};
}

}  // namespace costate::ode
