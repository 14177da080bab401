#include "ode/step_control.hpp"

#include <algorithm>
#include <cmath>

#include "core/elementary/pow.hpp"  // brings: elementary::pow

namespace costate::ode {

StepSize::StepSize(const Control& control, int embedded_order) : control_(control) {
    const Number k = Number(1) / (embedded_order + 1);
    const Number I = control.integral, P = control.proportional, D = control.derivative;
    alpha_ = k * (I + P + D) - Number(0.75) * control.beta;
    beta_ = k * (P + 2 * D) + control.beta;
    gamma_ = k * D;
    reset();
}

void StepSize::reset() {
    log_last_error_ = log_error_before_ = log_smallest_memory;
    factor_ = 1;
    rejected_in_a_row_ = 0;
}

Number first_guess(Number d0, Number d1) {
    constexpr Number little = 1e-5, hundredth = 0.01;
    const bool usual = d0 >= little && d1 >= little && std::isfinite(d0 + d1);
    return usual ? hundredth * d0 / d1 : Number(1e-6);
}

Number first_step(Number h0, Number d1, Number d2, int order, Number longest) {
    const Number steepest = std::max(d1, d2);
    if (!std::isfinite(d1 + d2))
        return std::min<Number>(1e-3 * h0, longest);  // the Euler step left what f is defined on
    const Number h1 = steepest <= Number(1e-15) ? std::max<Number>(1e-6, Number(1e-3) * h0)
                                                : elementary::pow(Number(0.01) / steepest, Number(1) / order);
    return std::min({100 * h0, h1, longest});
}

}  // namespace costate::ode
