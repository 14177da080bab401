// ode/step_control.hpp — how long should the next step be?
//   err = sqrt( mean_i ( e_i / scale_i )² )                a step is kept when err ≤ 1                ode (4)
//   h⁺  = h · clamp(safety · err^−(k − ¾β) · err₋₁^β, shrink, grow)      k = 1/(q+1)                  ode (5)
//   h⁺  = h · clamp(safety · err^−(k − ¾β), shrink, 1)                   after a rejection                (a)
//   h0  = 1/100 · d0/d1,   d0 = ‖y0‖, d1 = ‖f(t0, y0)‖,   10⁻⁶ where one of them is below 10⁻⁵            (b)
//   h1  = (1/100 / max(d1, d2))^(1/p),   d2 = ‖f(t0 + h0, y0 + h0 f0) − f0‖ / h0,   p = q + 1              (c)
// q is the order of ŷ, err₋₁ the error of the last accepted step (at least 10⁻⁴, and 10⁻⁴ at the start).
// ode (4) and the norms of (b), (c) are the caller's: they depend on how the state is stored.
// β = 0 is the elementary (I) controller. A little of err₋₁ (PI) calms the step where stability bounds it, and wastes
// fewer steps on rejections. The step after a rejected one does not grow: the error has just shown that it may jump.
// source   Hairer, Nørsett & Wanner I, 2nd ed., §II.4 ("Automatic step size control", "Starting step size");
//          ode (5) with ¾ and the defaults: Hairer's dopri5, after Gustafsson 1991
// see      tests/ode/step_control_test.cpp
#pragma once

namespace costate::ode {

struct Control {
    double safety = 0.9;             // aim below the tolerance: a rejected step costs as much as a kept one
    double shrink = 0.2, grow = 10;  // bounds of h⁺/h
    double beta = 0;
    bool operator==(const Control&) const = default;
};
inline constexpr Control i_control{};
inline constexpr Control pi_control{.beta = 0.04};

class StepSize {
public:
    StepSize(const Control& control, int embedded_order);

    bool accept(double error);                 // ode (4): is the step kept? An error that is no number is a rejection.
    double factor() const { return factor_; }  // h⁺/h after the last accept(...), by ode (5) or (a)
    int rejected_in_a_row() const { return rejected_in_a_row_; }
    void reset();  // forgets the past: at a start, and after a jump of f

private:
    Control control_;
    double exponent_;  // k − ¾β
    double log_last_error_ = 0;
    double factor_ = 1;
    int rejected_in_a_row_ = 0;
};

// (b), then (c) with the slope that one explicit Euler step of h0 met. Both h are lengths, without a sign. The caller
// takes no h0 longer than the span, so that f is not asked for what lies beyond it; `longest` is span or max_step.
double first_guess(double d0, double d1);
double first_step(double h0, double d1, double d2, int order, double longest);

}  // namespace costate::ode
