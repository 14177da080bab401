// ode/solve/printed_steps.hpp — known steps as tables of numbers, for a solve that is printed as C (internal to ode/)
// The times are numbers, so everything about a step but its state is known: its factors (Real)(h a_ij), the times of its
// stages, and which observations it makes: at its end, or within, by the weights (Real)(h b_i(θ)) of dense output, ode (6).
// Most steps have the same factors: there is one list of them, or one for each length that rounds otherwise.
#pragma once
#include <vector>

#include "ode/field/plan.hpp"      // brings: SolvePlan
#include "ode/steps/interval.hpp"  // brings: Interval

namespace costate::ode::inline COSTATE_PRECISION {

struct PrintedSteps {
    PrintedSteps(const SolveOptions& options, const std::vector<double>& times);

    bool are_dense() const { return !weights.empty(); }

    const Method method;
    const int back = method.swept_stages(false);  // stages of a step that is transposed
    int stages = std::max(method.last, back);     // of any step
    int count = 0, first = 0;                     // steps; observations at the start
    std::vector<int> seen_after, row_of;  // of each observation: after which step; of the weights, 1 + where within it
    std::vector<int> length_of, stages_of;  // of each step: which factors; how many stages, transposed
    std::vector<std::vector<Real>> lengths;
    std::vector<Real> factors, stage_times, weights;

private:
    void add_weights(const Interval& s, double time, int& row);
    void add_factors(const Interval& s);
};

}  // namespace costate::ode::inline COSTATE_PRECISION
