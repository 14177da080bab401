#include "ode/step_control.hpp"

#include <algorithm>
#include <cmath>

#include "core/elementary/exp.hpp"  // brings: elementary::exp; libm's decides otherwise by the platform
#include "core/elementary/log.hpp"  // brings: elementary::log
#include "core/elementary/pow.hpp"  // brings: elementary::pow

namespace costate::ode {

StepSize::StepSize(const Control& control, int embedded_order) : control_(control) {
    const double k = 1. / (embedded_order + 1);
    const double I = control.integral, P = control.proportional, D = control.derivative;
    alpha_ = k * (I + P + D) - 0.75 * control.beta;
    beta_ = k * (P + 2 * D) + control.beta;
    gamma_ = k * D;
    reset();
}

void StepSize::reset() {
    log_last_error_ = log_error_before_ = log_smallest_memory;
    factor_ = 1;
    rejected_in_a_row_ = 0;
}

bool StepSize::accept(double error) {
    if (!std::isfinite(error)) {
        ++rejected_in_a_row_;
        factor_ = control_.shrink;
        return false;
    }
    const bool accepted = error <= 1;
    const double log_error = elementary::log(error);  // -inf for an error of 0: the step then grows as far as it may
    const double memory = accepted ? beta_ * log_last_error_ - gamma_ * log_error_before_ : 0;
    const double most = accepted && rejected_in_a_row_ == 0 ? control_.grow : 1;
    factor_ = std::clamp(control_.safety * elementary::exp(memory - alpha_ * log_error), control_.shrink,
                         most);  // ode (5), (a)
    if (accepted) {
        log_error_before_ = log_last_error_;
        log_last_error_ = std::max(log_error, log_smallest_memory);
    }
    rejected_in_a_row_ = accepted ? 0 : rejected_in_a_row_ + 1;
    return accepted;
}

double first_guess(double d0, double d1) {
    const bool usual = d0 >= 1e-5 && d1 >= 1e-5 && std::isfinite(d0 + d1);
    return usual ? 0.01 * d0 / d1 : 1e-6;
}

double first_step(double h0, double d1, double d2, int order, double longest) {
    const double steepest = std::max(d1, d2);
    if (!std::isfinite(d1 + d2)) return std::min(1e-3 * h0, longest);  // the Euler step left what f is defined on
    const double h1 = steepest <= 1e-15 ? std::max(1e-6, 1e-3 * h0) : elementary::pow(0.01 / steepest, 1. / order);
    return std::min({100 * h0, h1, longest});
}

const StepChoice step_choice{[](StepSize& size, double error) { return size.accept(error); }, first_step};

}  // namespace costate::ode
