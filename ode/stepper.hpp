// ode/stepper.hpp — a solve of numbers, one step at a time
//   ode::Stepper stepper(f, std::array{1.0, 0.0}, {0, 10}, {.method = ode::dopri5});    f: void(double t, span y, span dydt)
//   while (stepper.step()) if (stepper.z()[1] < 0) { ...; stepper.cut(theta); stepper.reset(after_the_jump); }
// After a step, t() is where it ended, h() its length with its sign, z() the state there.
//   at(θ)      the state within it, 0 ≤ θ ≤ 1, by dense output          cut(θ)     the step ends there: t() and z() follow
//   reset(z)   another state at t(): what jumps, jumps between steps        continue_to(t)     goes on from where it arrived
// step() takes the next step that is kept. It is false at the last time, and where the solve cannot go on: status() is then
// not ok, outcome() says where and why, and z() the last good state. Steps, rejections and bits are those of a solve, which is
// a Stepper and a loop (ode/plain.hpp).
// memory   It keeps the state and its stages: in arrays for an array, in vectors for a vector. With spans for z and work
//          (work_size(method, n) numbers) it is all the caller's. Nothing is allocated by a step, and nothing thrown. In an
//          array there is room for the equations of 16 numbers, of 6 for stages at once: others want a vector, or bad_memory.
// see      ode/steps/driver.hpp (all that a stepper can) · ode/steps/loop.hpp, ode/steps/walk.hpp (its steps)
//          ode/steps/numbers.hpp (the stages) · tests/ode/stepper_test.cpp
#pragma once
#include <array>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/start.hpp"          // brings: SpanOf, PlainState, Times, SolveOptions
#include "ode/steps/driver.hpp"   // brings: Driver, Outcome, first_plain_complaint
#include "ode/steps/numbers.hpp"  // brings: Numbers, Walk, work_size

namespace costate::ode {

namespace plain {

template <class State>
struct WorkFor {
    using type = std::vector<typename State::value_type>;
};
template <class T, std::size_t N>
struct WorkFor<std::array<T, N>> {
    using type = std::array<T, (most_stages + 2) * N + room_for_equations(N)>;
};

// What its driver is built on.
template <class F, class State, class Work>
struct StepperParts {
    static constexpr std::size_t N = SpanOf<State>::extent;
    using T = std::remove_const_t<typename State::value_type>;
    using Field = KeptField<T, N, F>;
    using Numbers = plain::Numbers<T, N, typename Field::ForSteps>;
    using Driver = plain::Driver<Numbers, Walk<Numbers>, T, N>;

    StepperParts(F&& f, State&& z, Work&& work, const SolveOptions& options)
        : z_(std::move(z)), held_(std::forward<F>(f), std::move(work), work_size(options.method, n())) {}
    Index n() const { return std::ssize(z_); }
    static constexpr bool time_is_float() {
        if constexpr (requires { std::remove_reference_t<F>::time_is_float; })
            return std::remove_reference_t<F>::time_is_float;
        return false;
    }

    State z_;
    Held<Field, Work> held_;
};

}  // namespace plain

template <class F, class State, class Work = typename plain::WorkFor<State>::type>
class Stepper : plain::StepperParts<F, State, Work>, public plain::StepperParts<F, State, Work>::Driver {
    using Parts = plain::StepperParts<F, State, Work>;
    using Driver = typename Parts::Driver;
    using typename Parts::T;
    static_assert(plain::is_field<F, T, Parts::N>,
                  "a plain field is void(double t, std::span<const T> y, std::span<T> dydt), with T as in y0; "
                  "a field in Vars wants a Var or a Tensor for z0");

public:
    Stepper(F f, State z, const Times& times, const SolveOptions& options = {}, Work work = {})
        : Parts(std::forward<F>(f), std::move(z), std::move(work), options),
          Driver(times, options, Parts::time_is_float(), first_plain_complaint(times, options, Parts::n()),
                 Parts::held_.has_room, Parts::z_.data(), Parts::held_.field.for_steps,
                 std::span<T, Parts::N>(Parts::z_.data(), Parts::z_.size()), Parts::held_.work.data(), options) {}

    // Who changes between methods asks: where was an explicit one seen to be limited by stability? The Jacobian, [n, n],
    // that an implicit one keeps; null: it has none.
    void look_for_stiffness() { this->clock_.always_look_for_stiffness(); }
    Number stiff_at() const { return this->clock_.stiff_at(); }
    const T* jacobian() const { return this->x_.jacobian(); }
    // And before a step: how long will it be (0: there is none), and how steep is it along this direction? of n numbers
    Number next_length() {
        return (this->started_ || this->start()) && this->steps_.begin() && !this->clock_.arrived()
                   ? this->clock_.next_length()
                   : 0;
    }
    ahead::Steepness steepness(T* direction, Number drawn) { return this->steps_.steepness(direction, drawn); }
    void limit(Number length) { this->clock_.limit(length); }  // of the next step
};

namespace plain {

template <class T>
using NumbersOfAny = Numbers<T, std::dynamic_extent, const AnyField<T>>;

}  // namespace plain

// The steps of every list of numbers of type T whose length is known while running are compiled once: prefix is `extern` for
// who takes them, and nothing for who has them (ode/stepper.cpp).
#define COSTATE_STEPS_OF_ANY(prefix, T)                                                     \
    prefix template class plain::Numbers<T, std::dynamic_extent, const plain::AnyField<T>>; \
    prefix template class Loop<plain::NumbersOfAny<T>>;                                     \
    prefix template class Walk<plain::NumbersOfAny<T>>;                                     \
    prefix template class plain::Driver<plain::NumbersOfAny<T>, Walk<plain::NumbersOfAny<T>>, T, std::dynamic_extent>;
COSTATE_STEPS_OF_ANY(extern, float)
COSTATE_STEPS_OF_ANY(extern, double)

template <class F, class State>
Stepper(F&&, State, const Times&, const SolveOptions& = {}) -> Stepper<F, State>;
template <class F, class State, class Work>
Stepper(F&&, State, const Times&, const SolveOptions&, Work) -> Stepper<F, State, Work>;

}  // namespace costate::ode
