#include "ode/step_control.hpp"

#include <algorithm>
#include <cmath>

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

}  // namespace costate::ode
