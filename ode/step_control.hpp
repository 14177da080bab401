// ode/step_control.hpp — how long should the next step be?
//   err = sqrt( mean_i ( e_i / scale_i )² )                a step is kept when err ≤ 1                ode (4)
//   h⁺  = h · clamp(safety · err^−α · err₋₁^β · err₋₂^−γ, shrink, grow)                               ode (5)
//   h⁺  = h · clamp(safety · err^−α, shrink, 1)            after a rejection                              (a)
//   h0  = 1/100 · d0/d1,   d0 = ‖y0‖, d1 = ‖f(t0, y0)‖,   10⁻⁶ where one of them is below 10⁻⁵            (b)
//   h1  = (1/100 / max(d1, d2))^(1/p),   d2 = ‖f(t0 + h0, y0 + h0 f0) − f0‖ / h0,   p = q + 1              (c)
//   α = k (kI + kP + kD) − ¾ beta     β = k (kP + 2 kD) + beta     γ = k kD     k = 1/(q+1)                 (d)
// q is the order of ŷ, err₋₁ and err₋₂ the errors of the last accepted steps (at least 10⁻⁴, and 10⁻⁴ at the start).
// ode (4) and the norms of (b), (c) are the caller's: they depend on how the state is stored.
// kI = 1 alone is the elementary (I) controller. A little of err₋₁ (PI) calms the step where stability bounds it, and wastes
// fewer steps on rejections; err₋₂ (PID) damps it once more. kI, kP, kD are Söderlind's and diffrax's icoeff, pcoeff, dcoeff;
// beta is Hairer's way to write a PI controller. The step after a rejected one does not grow: the error has just shown that
// it may jump.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4 ("Automatic step size control", "Starting step size");
//          pi_control and the defaults: Hairer's dopri5, after Gustafsson 1991; (d): Söderlind 2003, "Digital filters in
//          adaptive time-stepping"; pid_control: Kennedy & Carpenter 2003, "Additive Runge-Kutta schemes", §4
// see      tests/ode/step_control_test.cpp
#pragma once
#include <algorithm>
#include <cmath>

#include "core/elementary/exp.hpp"  // brings: elementary::exp; libm's decides otherwise by the platform
#include "core/elementary/log.hpp"  // brings: elementary::log
#include "core/real.hpp"            // brings: Number

namespace costate::ode {

struct Control {
    Number safety = 0.9;             // aim below the tolerance: a rejected step costs as much as a kept one
    Number shrink = 0.2, grow = 10;  // bounds of h⁺/h
    Number beta = 0;
    Number integral = 1, proportional = 0, derivative = 0;  // kI, kP, kD
    bool operator==(const Control&) const = default;
};
inline constexpr Control i_control{};
inline constexpr Control pi_control{.beta = 0.04};
inline constexpr Control pid_control{.integral = 0.25, .proportional = 0.14, .derivative = 0.10};

inline constexpr Number log_smallest_memory = -9.210340371976182;  // of an error of 10⁻⁴: one lucky step must not steer

class StepSize {
public:
    StepSize(const Control& control, int embedded_order);

    bool accept(Number error);                 // ode (4): is the step kept? An error that is no number is a rejection.
    Number factor() const { return factor_; }  // h⁺/h after the last accept(...), by ode (5) or (a)
    int rejected_in_a_row() const { return rejected_in_a_row_; }
    void reset();  // forgets the past: at a start, and after a jump of f

private:
    Control control_;
    Number alpha_, beta_, gamma_;                       // (d)
    Number log_last_error_ = 0, log_error_before_ = 0;  // of the last accepted steps
    Number factor_ = 1;
    int rejected_in_a_row_ = 0;
};

inline bool StepSize::accept(Number error) {
    if (!std::isfinite(error)) {
        ++rejected_in_a_row_;
        factor_ = control_.shrink;
        return false;
    }
    const bool accepted = error <= 1;
    const Number log_error = elementary::log(error);  // -inf for an error of 0: the step then grows as far as it may
    const Number memory = accepted ? beta_ * log_last_error_ - gamma_ * log_error_before_ : 0;
    const Number most = accepted && rejected_in_a_row_ == 0 ? control_.grow : 1;
    factor_ = std::clamp(control_.safety * elementary::exp(memory - alpha_ * log_error), control_.shrink,
                         most);  // ode (5), (a)
    if (accepted) {
        log_error_before_ = log_last_error_;
        log_last_error_ = std::max(log_error, log_smallest_memory);
    }
    rejected_in_a_row_ = accepted ? 0 : rejected_in_a_row_ + 1;
    return accepted;
}

// (b), then (c) with the slope that one explicit Euler step of h0 met. Both h are lengths, without a sign. The caller
// takes no h0 longer than the span, so that f is not asked for what lies beyond it; `longest` is span or max_step.
Number first_guess(Number d0, Number d1);
Number first_step(Number h0, Number d1, Number d2, int order, Number longest);

// What a clock of a small machine calls through its method, so that one without an error estimate links none of it.
class Clock;  // ode/steps/clock.hpp
struct StepChoice {
    Number (*first_step)(Number h0, Number d1, Number d2, int order, Number longest);
    bool (*begin)(Clock&);                // the next step
    bool (*judge)(Clock&, Number error);  // is it kept?
};
extern const StepChoice step_choice;

}  // namespace costate::ode
