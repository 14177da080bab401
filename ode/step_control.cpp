#include "ode/step_control.hpp"

#include <algorithm>
#include <cmath>

namespace costate::ode {
namespace {
constexpr double smallest_memory = 1e-4;  // of an error: one lucky step must not steer the next
}

StepSize::StepSize(const Control& control, int embedded_order)
    : control_(control), exponent_(1. / (embedded_order + 1) - 0.75 * control.beta) {
    reset();
}

void StepSize::reset() {
    log_last_error_ = std::log(smallest_memory);
    factor_ = 1;
    rejected_in_a_row_ = 0;
}

bool StepSize::accept(double error) {
    if (!std::isfinite(error)) {
        ++rejected_in_a_row_;
        factor_ = control_.shrink;
        return false;
    }
    const double log_error = std::log(error);  // -inf for an error of 0: the step then grows as far as it may
    const bool accepted = error <= 1;
    const double memory = accepted ? control_.beta * log_last_error_ : 0;
    const double most = accepted && rejected_in_a_row_ == 0 ? control_.grow : 1;
    factor_ =
        std::clamp(control_.safety * std::exp(memory - exponent_ * log_error), control_.shrink, most);  // ode (5), (a)
    if (accepted) log_last_error_ = std::max(log_error, std::log(smallest_memory));
    rejected_in_a_row_ = accepted ? 0 : rejected_in_a_row_ + 1;
    return accepted;
}

double first_guess(double d0, double d1) { return d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1; }

double first_step(double h0, double d1, double d2, int order, double longest) {
    const double steepest = std::max(d1, d2);
    if (!std::isfinite(d1 + d2)) return std::min(1e-3 * h0, longest);  // the Euler step left what f is defined on
    const double h1 = steepest <= 1e-15 ? std::max(1e-6, 1e-3 * h0) : std::pow(0.01 / steepest, 1. / order);
    return std::min({100 * h0, h1, longest});
}

}  // namespace costate::ode
