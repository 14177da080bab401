// ode/solve/printed_steps.hpp — known steps as tables of numbers, for a solve that is printed (internal to ode/)
// The times are numbers, so everything about a step but its state is known: its factors (Real)(h a_ij), the times of its
// stages, and which observations it makes: at its end, or within, by the weights (Real)(h b_i(θ)) of dense output, ode (6).
// Most steps have the same factors: there is one list of them, or one for each length that rounds otherwise.
#pragma once
#include <vector>

#include "ode/field/plan.hpp"      // brings: SolvePlan
#include "ode/steps/interval.hpp"  // brings: Interval

namespace costate::ode::inline COSTATE_PRECISION {

struct PrintedSteps {
    PrintedSteps(const SolveOptions& options, const std::vector<Number>& times);

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
    void add_weights(const Interval& s, Number time, int& row);
    void add_factors(const Interval& s);
};

struct Printer {
    const char* name;  // to_c, or to_tables
    Where where;       // it was called
};
// The times of a solve, of which operand 0 is this; without data where they are no numbers. What cannot be printed is an error.
std::vector<Number> times_to_print(const SolvePlan& plan, bool is_gradient, const View& times, const Printer& printer);
[[noreturn]] void refuse_to_print(const Printer& printer, const char* what, std::string got, const char* expected,
                                  const char* fix);

}  // namespace costate::ode::inline COSTATE_PRECISION
