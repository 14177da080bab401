#include "ode/plain_outcome.hpp"

#include <algorithm>
#include <cmath>

namespace costate::ode {
namespace {

bool positive(double x) { return std::isfinite(x) && x > 0; }
bool not_negative(double x) { return std::isfinite(x) && x >= 0; }

std::string count_text(long count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Complaint first_complaint(const PlainOptions& o) {
    if (!std::isfinite(o.t0)) return {"t0", o.t0, "a finite time"};
    if (!std::isfinite(o.t1)) return {"t1", o.t1, "a finite time"};
    if (!std::isfinite(o.t1 - o.t0)) return {"t1", o.t1, "t1 - t0 within the range of double"};
    if (!not_negative(o.rtol)) return {"rtol", o.rtol, "0 or more, as in 1e-6"};
    if (!not_negative(o.atol)) return {"atol", o.atol, "0 or more, as in 1e-9"};
    if (!std::isfinite(o.steps * (o.t1 - o.t0)))
        return {"steps", double(o.steps), "steps times t1 - t0 within the range of double"};
    if (o.steps < 0) return {"steps", double(o.steps), "a number of equal steps, or 0: the error chooses them"};
    if (o.steps == 0 && !o.method.adaptive())
        return {"steps", 0, "more than 0: this method has no error estimate to choose its steps by"};
    if (o.steps == 0 && o.rtol == 0 && o.atol == 0) return {"atol", 0, "rtol or atol above 0"};
    if (!not_negative(o.first_step)) return {"first_step", o.first_step, "a length above 0, or 0: automatic"};
    if (!(o.max_step > smallest_step(std::max(std::abs(o.t0), std::abs(o.t1)), 0)))
        return {"max_step", o.max_step, "a length above 16 eps |t|"};
    if (o.max_steps < 1) return {"max_steps", double(o.max_steps), "1 or more"};
    const Control& c = o.control;
    if (!(positive(c.safety) && c.safety <= 1)) return {"control.safety", c.safety, "above 0 and at most 1"};
    if (!(positive(c.shrink) && c.shrink < 1)) return {"control.shrink", c.shrink, "between 0 and 1"};
    if (!(c.grow >= 1)) return {"control.grow", c.grow, "1 or more"};
    if (!(not_negative(c.beta) && c.beta * (o.method.embedded_order + 1) < 1))
        return {"control.beta", c.beta, "0 or more, and below 1/(q+1), q the order of the error estimate"};
    const double direction = o.t1 < o.t0 ? -1 : 1;
    double last = o.t0;
    for (const double t : o.save_at) {
        if (!(direction * (t - last) >= 0 && direction * (o.t1 - t) >= 0))
            return {"save_at", t, "times between t0 and t1, in this order"};
        last = t;
    }
    return {};
}

Failure to_failure(const Complaint& complaint, const Method& method, const char* options) {
    return {.what = "solve: an option makes no sense",
            .got = std::string(complaint.option) + " = " + number_text(complaint.value) + ", method " + method.name,
            .expected = complaint.expected,
            .fix = "set it by its name: " + std::string(options) + "{." + complaint.option + " = ...}"};
}

Failure to_failure(const PlainOutcome& outcome, const PlainOptions& options) {
    const std::string at = " at t = " + number_text(outcome.t), h = "h = " + number_text(outcome.h);
    switch (outcome.status) {
        case Status::bad_option:
            return to_failure(outcome.complaint, options.method, "PlainOptions");
        case Status::bad_memory:
            return {.what = "solve: the memory handed over is too small",
                    .expected = "work: work_size(method, n) numbers; saved: n for each time of save_at"};
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
                    .expected = "finite numbers up to t1 = " + number_text(options.t1),
                    .likely = "the fixed steps are too long for this f, or the solution itself blows up",
                    .fix = "more steps; or steps = 0 with a method that chooses them, which shows where it fails"};
        case Status::step_underflow:
            return {.what = "solve: the step shrank to nothing" + at,
                    .got = h + " after " + count_text(outcome.rejected_in_a_row, "rejection") +
                           " in a row; worst scaled error " + number_text(outcome.error) + " in y[" +
                           std::to_string(outcome.worst) + "]",
                    .expected = "h >= 16 eps |t| = " + number_text(smallest_step(outcome.t, options.t1 - options.t0)),
                    .likely = std::isfinite(outcome.error)
                                  ? "the solution blows up here if |f| is large (max |f| = " +
                                        number_text(outcome.slope) + "); if |f| is moderate: f jumps here, or is stiff"
                                  : "f is not finite just beyond: it leaves its domain (max |f| = " +
                                        number_text(outcome.slope) + " here), or the solution blows up",
                    .fix =
                        "plot y near t; loosen rtol; a stiff problem wants an implicit method - more max_steps will "
                        "not help"};
        case Status::too_many_steps:
            return {.what = "solve: max_steps used up" + at,
                    .got = count_text(outcome.statistics.accepted, "step") + " kept, " +
                           std::to_string(outcome.statistics.rejected) + " rejected; the next one would be " + h,
                    .expected = "t1 = " + number_text(options.t1) + " within " + std::to_string(options.max_steps),
                    .likely = "steps this short with a smooth solution mean that the problem is stiff",
                    .fix = "raise max_steps; loosen rtol and atol; a stiff problem wants an implicit method"};
        case Status::clock_too_coarse:
        case Status::ok:
            break;
    }
    return {.what = "solve: all is well"};
}

}  // namespace costate::ode
