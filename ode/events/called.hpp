// ode/events/called.hpp — a field and events of Vars as functions of numbers (internal to ode/)
// Each is called on a tape of its own, as often as a number is wanted: so it may read values, too.
#pragma once
#include <span>
#include <utility>
#include <vector>

#include "ode/events.hpp"        // brings: Event, FieldRef
#include "ode/field/record.hpp"  // brings: Recording
#include "ode/steps/check.hpp"   // brings: time_is_float

namespace costate::ode::inline COSTATE_PRECISION {

// What a solve of its n numbers is asked for: without a gradient, a list of tolerances for the last axes once for each row.
SolveOptions for_numbers(SolveOptions options, Index n);

class CalledWithNumbers {
public:
    CalledWithNumbers(Tape& tape, const FieldRef& field, std::span<const Event<Var>> events, const Shape& z, Where at);

    CalledWithNumbers(const CalledWithNumbers&) = delete;  // its events refer to it
    CalledWithNumbers& operator=(const CalledWithNumbers&) = delete;

    static constexpr bool time_is_float = ode::time_is_float;  // a Stepper asks

    std::span<const Event<Real>> events() const { return numeric_; }  // with resets that do nothing
    void operator()(double t, std::span<const Real> z, std::span<Real> rate);
    double value(std::size_t event, double t, View z);
    // g, and ġ = ∂g/∂t + ∂g/∂z f
    std::pair<double, double> value_and_slope(std::size_t event, double t, View z);
    // g as a Var, on the tape of t and z.
    Var of(std::size_t event, Var t, Var z) const;

private:
    void call(double t, View z);
    double number(Var v) const { return static_cast<double>(called_.tape.view(v)[0]); }

    Tape& tape_;
    const FieldRef& field_;
    std::span<const Event<Var>> events_;
    Shape shape_;
    Where at_;
    std::vector<Event<Real>> numeric_;
    Recording called_;
};

}  // namespace costate::ode
