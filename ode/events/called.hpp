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

// What a solve of n of its numbers, from `first` on, is asked for: without a gradient, a list of tolerances for the last axes
// once for each row.
SolveOptions for_numbers(SolveOptions options, Index first, Index n);

constexpr int event_orders = 2;  // of derivatives by ode/events/solve.cpp (a), (b)

class CalledWithNumbers {
public:
    // each: the shape of g and of t, a number or one for each row.
    CalledWithNumbers(Tape& tape, const FieldRef& field, std::span<const Event<Var>> events, const Shape& z,
                      const Shape& each, Where at);

    CalledWithNumbers(const CalledWithNumbers&) = delete;  // its events refer to it
    CalledWithNumbers& operator=(const CalledWithNumbers&) = delete;

    static constexpr bool time_is_float = ode::time_is_float;  // a Stepper asks

    std::span<const Event<Real>> events() const { return numeric_; }  // with resets that do nothing
    void operator()(Number t, std::span<const Real> z, std::span<Real> rate);
    Number value(std::size_t event, Number t, View z);
    // g, and ġ = ∂g/∂t + ∂g/∂z f: there until the next call
    std::pair<View, View> value_and_slope(std::size_t event, View t, View z);
    // g, and the state after the reset, as Vars on the tape of t and z.
    Var of(std::size_t event, Var t, Var z) const;
    Var reset(std::size_t event, Var t, Var z) const;

private:
    Tape& tape_;
    const FieldRef& field_;
    std::span<const Event<Var>> events_;
    const Shape shape_, each_;
    Where at_;
    std::vector<Event<Real>> numeric_;
    Recording called_;
};

}  // namespace costate::ode
