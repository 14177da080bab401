// ode/plain.hpp — solve an ODE without a tape and without tensors
//   dy/dt = f(t, y),  y(times[0]) = y0      f: void(double t, std::span<const T> y, std::span<T> dydt)
//   const auto s = ode::solve(f, std::array{0.8, 0.4}, {0, 100}, {.method = dopri5, .rtol = 1e-8});    s.end()[0]
// shapes   y: [n], T float or double; time is double. A std::array makes n known while compiling: loops of that length.
// For a firmware image, solve_to(f, y, work, times, options, saved) does the same in memory that the caller provides: no
// heap, nothing thrown, a Status. f is asked for times between the first and the last only (but by kvaerno4 and kvaerno5, which
// look a little ahead). By an implicit method, for stiff problems, f's Jacobian is found by differences, unless f has
// jacobian(t, y, J), J: std::span<T> of [n, n], row after row. One that has reads(i, j), does f_i read y_j?, takes as many
// evaluations as a row reads numbers, not n (ode/steps/colours.hpp).
// see      ode/solve_options.hpp · ode/steps/outcome.hpp (errors) · ode/stepper.hpp (the loop)
//          tests/ode/plain_test.cpp
#pragma once
#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ode/solution.hpp"            // brings: Solution
#include "ode/start.hpp"               // brings: solve, PlainState, SpanOf
#include "ode/stepper.hpp"             // brings: Stepper, Outcome, to_failure, work_size
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode {

namespace plain {

// Drives a Stepper, or another that can be driven like it, to its end. Where the states go is told by place(i), for the first
// `saves` of the times. Without a heap, and nothing thrown.
template <class Driven, class Place>
void observe_all(Driven& stepper, const Times& times, std::size_t saves, Place&& place) {
    if (stepper.status() != Status::ok) return;
    Observations seen(times, saves);
    for (std::size_t i = 0; i < seen.begin(); ++i) std::copy_n(stepper.z().data(), stepper.z().size(), place(i));
    while (stepper.step()) {
        seen.enter(stepper.interval());
        for (std::size_t i = seen.begin(); i < seen.end(); ++i)
            if (!stepper.at_time(times[i], place(i))) return;
        seen.leave();
    }
}

// The last state stays in y.
template <class T, std::size_t N, class F, class Place>
Outcome run(F& f, std::span<T, N> y, std::span<T> work, const Times& times, const SolveOptions& options,
            std::size_t saves, Place&& place) {
    Stepper stepper(f, y, times, options, work);
    stepper.watch(options.on_step);
    observe_all(stepper, times, saves, place);
    return stepper.outcome();
}

template <class Range>  // what a solution keeps: an array where the length is known, a vector elsewhere
using Kept =
    std::conditional_t<SpanOf<Range>::extent == std::dynamic_extent, std::vector<typename SpanOf<Range>::value_type>,
                       std::array<typename SpanOf<Range>::value_type, SpanOf<Range>::extent>>;
template <class Range>
Kept<Range> kept(const Range& y0) {  // a copy, of an array an array, of what has no length of its own a vector
    Kept<Range> y{};
    if constexpr (requires { y.resize(1); }) y.resize(std::size(y0));
    std::copy_n(std::data(y0), std::size(y0), y.data());
    return y;
}

// A solve by a stepper of one's own from y0. options: for what an error says, to whom it was asked.
template <class Driven, class State>
Solution<std::vector<State>> solve_by(Driven& stepper, const State& y0, const Times& times, const SolveOptions& options,
                                      const Asked& asked, Where at) {
    stepper.watch(options.on_step);
    std::vector<State> z;
    if (stepper.status() == Status::ok) z.assign(times.size(), y0);
    observe_all(stepper, times, times.size(), [&](std::size_t i) { return z[i].data(); });
    const Outcome outcome = stepper.outcome();
    if (outcome.status != Status::ok) fail(at, to_failure(outcome, times, options, asked));
    return Solution(std::move(z), outcome.statistics);
}

}  // namespace plain

// y: the start, then the end; saved: the states at the times, one behind the other, or empty: none is kept.
template <class F, class T, std::size_t N>
Outcome solve_to(F&& f, std::span<T, N> y, std::type_identity_t<std::span<T>> work, const Times& times,
                 const SolveOptions& options = {}, std::type_identity_t<std::span<T>> saved = {}) {
    const std::size_t saves = saved.empty() ? 0 : times.size();
    if (saved.size() < saves * y.size()) return {.status = Status::bad_memory};
    return plain::run(f, y, work, times, options, saves, [&](std::size_t i) { return saved.data() + i * y.size(); });
}

// What solve (ode/start.hpp) calls for a y0 of numbers.
template <class F, PlainState Range>
Solution<std::vector<plain::Kept<Range>>> solve_plain(F& f, const Range& y0, const Times& times,
                                                      const SolveOptions& options, Where at) {
    using State = plain::Kept<Range>;
    using T = typename State::value_type;
    State y = plain::kept(y0);
    std::vector<State> z;  // filled one by one: of an unrolled fill of small arrays g++ 12 says that it overruns
    z.reserve(times.size());
    while (z.size() < times.size()) z.push_back(y);
    std::vector<T> work(static_cast<std::size_t>(work_size(options.method, std::ssize(y))));
    const std::span<T, SpanOf<Range>::extent> state(y.data(), y.size());
    const Outcome outcome = plain::run(f, state, std::span<T>(work), times, options, times.size(),
                                       [&](std::size_t i) { return z[i].data(); });
    if (outcome.status != Status::ok) fail(at, to_failure(outcome, times, options));
    return Solution(std::move(z), outcome.statistics);
}

}  // namespace costate::ode
