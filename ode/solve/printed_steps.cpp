#include "ode/solve/printed_steps.hpp"

#include <algorithm>

#include "ode/steps/check.hpp"         // brings: timing_in_vars
#include "ode/steps/clock.hpp"         // brings: Clock
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

PrintedSteps::PrintedSteps(const SolveOptions& options, const std::vector<double>& times)
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

void PrintedSteps::add_weights(const Interval& s, double time, int& row) {
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

}  // namespace costate::ode::inline COSTATE_PRECISION
