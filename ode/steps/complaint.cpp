#include "ode/steps/complaint.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "ode/steps/clock.hpp"  // brings: smallest_step

namespace costate::ode {
namespace {

constexpr const char* sensible_max_step = "a length above 16 eps |t|; left out, steps have no limit";

bool positive(double x) { return std::isfinite(x) && x > 0; }
bool not_negative(double x) { return std::isfinite(x) && x >= 0; }

Failure to_failure(const Complaint& complaint, const Times& times) {
    if (times.size() == 0)
        return {.what = "solve: no times",
                .got = "an empty list",
                .expected = "the first time, at which z0 holds, and those to observe",
                .fix = "{0, 1}: z0 holds at 0, and the solve ends at 1"};
    if (!times.are_numbers())
        return {.what = "solve: a plain solve takes no Var or Parameter among its times",
                .got = text("a list of ", times.size()),
                .expected = "numbers",
                .fix = "a z0 and a field in Vars, as in ode/solve.hpp"};
    const std::size_t i = complaint.place;
    if (complaint.expected)
        return {.what = "solve: the times are too large",
                .got = text("from ", times.front(), " to ", times.back()),
                .expected = complaint.expected,
                .fix = "measure time in a larger unit"};
    return {.what = "solve: the times do not go in one direction",
            .got = text("times[", i, "] = ", complaint.value, i > 0 ? text(" after ", times[i - 1]) : ""),
            .expected = "finite times that rise, or fall, from the first to the last",
            .fix = "sort them; solve twice to go both ways from one point"};
}

}  // namespace

Complaint first_complaint(const SolveOptions& o) {
    if (!not_negative(o.rtol)) return {"rtol", o.rtol, "0 or more, as in 1e-6"};
    if (!not_negative(o.atol)) return {"atol", o.atol, "0 or more, as in 1e-9"};
    if (o.steps < 0) return {"steps", double(o.steps), "a number of equal steps, or 0: the error chooses them"};
    if (o.steps == 0 && !o.method.adaptive())
        return {"steps", 0, "more than 0: this method has no error estimate to choose its steps by"};
    if (o.steps == 0 && o.rtol == 0 && o.atol == 0) return {"atol", 0, "rtol or atol above 0"};
    if (!not_negative(o.first_step)) return {"first_step", o.first_step, "a length above 0, or 0: automatic"};
    if (!(o.max_step > 0)) return {"max_step", o.max_step, sensible_max_step};
    if (o.max_steps < 1) return {"max_steps", double(o.max_steps), "1 or more"};
    const Control& c = o.control;
    if (!(positive(c.safety) && c.safety <= 1)) return {"control.safety", c.safety, "above 0 and at most 1"};
    if (!(positive(c.shrink) && c.shrink < 1)) return {"control.shrink", c.shrink, "between 0 and 1"};
    if (!(c.grow >= 1)) return {"control.grow", c.grow, "1 or more"};
    if (!(not_negative(c.beta) && c.beta * (o.method.embedded_order + 1) < 1))
        return {"control.beta", c.beta, "0 or more, and below 1/(q+1), q the order of the error estimate"};
    return {};
}

Complaint first_complaint(const Times& times, const SolveOptions& o) {
    if (times.size() == 0 || !times.are_numbers()) return {"times"};
    const double first = times.front(), last = times.back();
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double t = times[i], before = times[i > 0 ? i - 1 : 0];
        const bool turns = (last >= first && t < before) || (last <= first && t > before);
        if (!std::isfinite(t) || turns) return {"times", t, nullptr, i};
    }
    if (!std::isfinite(std::max(o.steps, 1) * (last - first)))
        return {"times", last, "steps times their distance within the range of double", times.size() - 1};
    if (!(o.max_step > smallest_step(std::max(std::abs(first), std::abs(last)), 0)))
        return {"max_step", o.max_step, sensible_max_step};
    return {};
}

Complaint first_plain_complaint(const Times& times, const SolveOptions& options) {
    if (const Complaint complaint = first_complaint(options); complaint.option) return complaint;
    if (options.gradient != discrete) return {"gradient"};
    if (options.backward_norm != BackwardNorm::state_and_adjoint) return {"backward_norm"};
    return first_complaint(times, options);
}

Failure to_failure(const Complaint& complaint, const Times& times, const SolveOptions& options) {
    if (std::string_view(complaint.option) == "times") return to_failure(complaint, times);
    if (!complaint.expected)
        return {.what = "solve: plain numbers have no gradient",
                .got = text(".", complaint.option, " in the options, and a y0 of numbers"),
                .expected = "a z0 and a field in Vars, whose solution can be differentiated",
                .fix = "solve(field, tape.variable(z0), times, options) with a field Var(Var t, Var z); ode/solve.hpp"};
    const bool wants_estimate = !options.method.adaptive() && std::string_view(complaint.option) == "steps";
    return {.what = "solve: an option makes no sense",
            .got = text(complaint.option, " = ", complaint.value, ", method ", options.method.name),
            .expected = complaint.expected,
            .fix = wants_estimate ? text(".steps = 100, or .method = ode::doubled<ode::", options.method.name,
                                         ">, whose estimate is by two steps of half the length")
                                  : text("set it by its name: SolveOptions{.", complaint.option, " = ...}")};
}

}  // namespace costate::ode
