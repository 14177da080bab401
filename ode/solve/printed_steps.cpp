#include "ode/solve/printed_steps.hpp"

#include <algorithm>

#include "ode/gradients/pull.hpp"      // brings: read_times
#include "ode/steps/check.hpp"         // brings: timing_in_vars
#include "ode/steps/clock.hpp"         // brings: Clock
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

PrintedSteps::PrintedSteps(const SolveOptions& options, const std::vector<Number>& times)
    : method(options.method), seen_after(times.size(), 0), row_of(times.size(), 0) {
    Clock clock(times.front(), times.back(), timing_in_vars(options, ListOfTimes::of(times)));
    Observations seen(times, times.size());
    first = static_cast<int>(seen.begin());
    std::vector<Interval> steps;
    for (; clock.next(); clock.judge(0), clock.settle()) {
        const Interval& s = clock.step();
        steps.push_back(s);
        seen.enter(s);
        stages_of.push_back(method.swept_stages(seen.are_dense(s)));
        for (std::size_t i = seen.begin(); i < seen.end(); ++i) {
            seen_after[i] = static_cast<int>(steps.size());
            if (times[i] != s.end) add_weights(s, times[i], row_of[i]);
        }
        seen.leave();
    }
    count = static_cast<int>(steps.size());
    if (are_dense()) stages = method.dense_stages;
    for (const Interval& s : steps) add_factors(s);
}

void PrintedSteps::add_weights(const Interval& s, Number time, int& row) {
    for (int i = 0; i < method.dense_stages; ++i)
        weights.push_back(static_cast<Real>(s.h * method.weight(i, (time - s.t) / s.h)));
    row = static_cast<int>(weights.size()) / method.dense_stages;
}

void PrintedSteps::add_factors(const Interval& s) {
    std::vector<Real> mine(static_cast<std::size_t>((stages + 1) * stages));
    for (int i = 1; i <= std::max(stages - 1, method.last); ++i)
        for (int j = 0; j < i && j < stages; ++j)
            mine[i * stages + j] = static_cast<Real>(s.h * method.a[i * method.dense_stages + j]);
    const auto known = std::ranges::find(lengths, mine);
    length_of.push_back(static_cast<int>(known - lengths.begin()));
    if (known == lengths.end()) {
        lengths.push_back(mine);
        factors.insert(factors.end(), mine.begin(), mine.end());
    }
    for (int i = 0; i < stages; ++i) stage_times.push_back(static_cast<Real>(s.at(method.c[i])));
}

void refuse_to_print(const Printer& printer, const char* what, std::string got, const char* expected, const char* fix) {
    fail(printer.where, {.what = text(printer.name, ": ", what), .got = got, .expected = expected, .fix = fix});
}

std::vector<Number> times_to_print(const SolvePlan& plan, bool is_gradient, const View& times, const Printer& printer) {
    const SolveOptions& o = plan.options;
    const auto refuse = [&](const char* what, std::string got, const char* expected, const char* fix) {
        refuse_to_print(printer, what, std::move(got), expected, fix);
    };
    if (!o.known_steps())
        refuse("steps that are chosen by their errors", o.method.name, "known ones", ".steps = 100, or .step = 0.01");
    if (o.method.implicit())
        refuse("stages that are equations", o.method.name, "an explicit method", "ode::rk4_classic");
    if (o.method.paired())
        refuse("a solve by a pair of states", o.method.name, "a method that is a table", "ode::rk4_classic");
    if (o.rows == independent)
        refuse("rows with clocks of their own", ".rows = independent", "joint rows", "leave it out");
    if (plan.components() != 1 || !plan.directions.empty())
        refuse("a solve of tangents", text(plan.components(), " states"), "f alone", "gradients of first order");
    if (is_gradient && !(o.gradient.takes & rows::printing))
        refuse("this way to differentiate a solve", o.gradient.name, "discrete", ".gradient = ode::discrete");
    if (!times.data)
        refuse("times that are an input", "a Var", "times that are numbers", "solve(tape, field, z0, {0, 1}, ...)");
    std::vector<Number> list;
    read_times(times, joint, list);
    return list;
}

}  // namespace costate::ode::inline COSTATE_PRECISION
