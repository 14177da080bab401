// ode/events.hpp — solve an initial value problem in which something happens: an event, g(t, z) = 0
//   const auto s = ode::solve_events(fall, std::array{10.0, 0.0}, {0, 20},
//                                    {{.when = height, .direction = ode::falling, .reset = bounce}});
//   s.events[0].t, .event, .before, .after      s.z, s.end(), s.statistics() as of every Solution      s.stopped
// An event is found where g changes its sign in its direction along the dense output, to rounding (ode/events/crossing.hpp
// says where it looks). If it has a reset, z jumps to r(t, z) and the solve goes on from there; if it is terminal, the solve
// stops, and every later time has the state after it. Else nothing changes: steps and states are those of a solve without.
// edges    A root at the first time is no event. An observation at the very time of an event sees the state before. Events
//          at one time go in the list's order, each with the state that the one before left. A g that touches 0 and turns
//          back is none. One that fires again at once, as a ball that comes to rest, is an error that says so: let its
//          reset put it at rest. Within a step f is asked beyond the event, before anyone knows of it.
// steps    max_steps is the limit of all steps together, and of the events. Equal steps: a solve of numbers is cut by an event,
//          and goes on along its grid; one in Vars or Tensors takes as many as its part of the whole would, anew after each
//          event, so that both agree to the method's order only. statistics() in Vars are those of the solves recorded;
//          to find the events takes about as many evaluations again, on numbers.
// gradient A solve in Vars gives the events' times, and the states there, as Vars: ode/events/solve.cpp has the equations.
//          g and r are functions of t, z and what they capture, as a field is. A solve with events reads numbers, so no
//          Program replays it. A batch has one g for all of its rows, a single number; but for
// rows     .rows = ode::independent. Each row has events of its own: g is a number for each ([B] or [B,1]; t is [B,1] beside z
//          [B,D], as in a field), r(t, z) is asked for all rows and counts for those whose event it is. Rows must not mix, in g
//          either, and equal steps have a length (.step). s.events go row by row (.row); s.rows()[b] says where a row stopped,
//          failed (its state, f, r or g was not finite there), or had events that accumulate. stopped: all of them did.
// cost     Four looks at g a step. In Vars the events are located by a solve on numbers beside the one that is recorded; the
//          part before an event that ends it is recorded twice mostly.
// see      ode/event.hpp (Event, EventFound) · ode/solve.hpp (z0, field, options) · tests/ode/events_test.cpp
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ode/event.hpp"         // brings: Event, EventFound, EventList, rising, falling, both
#include "ode/events/watch.hpp"  // brings: EventWatch
#include "ode/plain.hpp"         // brings: Stepper, Observations, Kept
#include "ode/solve.hpp"         // brings: Solution, FieldRef, Operand, Times, SolveOptions

namespace costate::ode {

template <class Z, class State, class Time = Number>
struct EventSolution : Solution<Z> {
    std::vector<EventFound<State, Time>> events;
    bool stopped = false;  // by a terminal event, the last of the list
};

// By the kind of z0.
template <class Z>
struct EventsFor {
    using type = std::remove_cvref_t<decltype(*std::data(std::declval<const Z&>()))>;
};
template <class Z>
requires is_start_in_vars<Z>
struct EventsFor<Z> {
    using type = Var;
};
template <class Z>
using EventsOf = EventList<typename EventsFor<Z>::type>;

[[noreturn]] void fail_no_event(std::size_t event, bool has_g, int terminal, Where at);
template <class T>
void require_events(std::span<const Event<T>> events, Where at) {
    for (std::size_t i = 0; i < events.size(); ++i)
        if (!events[i].when || events[i].terminal < 0)
            fail_no_event(i, static_cast<bool>(events[i].when), events[i].terminal, at);
}
[[noreturn]] void fail_not_finite(std::size_t event, Number t, const std::string& z, Where at);
template <class Found>
bool too_many(const Found& events, const SolveOptions& options) {  // a switch that chatters
    return std::ssize(events) > options.max_steps;
}
[[noreturn]] void fail_flat(std::size_t event, Number t, bool is_flat, Where at);
[[noreturn]] void fail_counted_steps(int steps, Where at);
[[noreturn]] void fail_accumulating(std::size_t event, Number t, std::size_t found, const std::string& z, Where at);

template <class T>
std::string text_of_state(std::span<const T> z) {
    std::string all;
    for (std::size_t i = 0; i < std::min<std::size_t>(z.size(), 8); ++i)
        all += (i > 0 ? ", " : "") + number_text(static_cast<Number>(z[i]));
    return z.size() > 8 ? all + ", ..." : all;
}

namespace plain {

// The events from `first` on happen at t, one after the other, to the state z. Does one of them stop the solve?
template <class T, class State>
bool happen(Number t, std::span<T> z, std::span<const Event<T>> events, EventWatch<T>& watch, std::size_t first,
            std::vector<EventFound<State>>& found, const SolveOptions& options, Where at) {
    bool stops = false;
    for (std::size_t i = first; i < found.size(); ++i) {
        const Event<T>& event = events[found[i].event];
        found[i].t = t;
        std::copy(z.begin(), z.end(), found[i].before.data());
        if (event.reset) event.reset(t, z);
        std::copy(z.begin(), z.end(), found[i].after.data());
        if (!std::ranges::all_of(z, [](T x) { return std::isfinite(x); }))
            fail_not_finite(found[i].event, t, text_of_state<T>(z), at);
        stops |= watch.stops(found[i].event);
        if (event.reset && (watch.accumulates(found[i].event, t) || too_many(found, options)))
            fail_accumulating(found[i].event, t, i + 1, text_of_state<T>(z), at);
    }
    return stops;
}

template <class F, class T, std::size_t N, class State>
Outcome run_events(F& f, std::span<T, N> y, std::span<T> work, const Times& times, std::span<const Event<T>> events,
                   const SolveOptions& options, EventSolution<std::vector<State>, State>& s, Where at) {
    Stepper stepper(f, y, times, options, work);
    if (stepper.status() != Status::ok) return stepper.outcome();
    stepper.watch(options.on_step);
    Observations seen(times, times.size());
    EventWatch<T> watch(events, times.back() - times.front());
    watch.start(times.front(), y);
    State z = s.z[0];
    while (!s.stopped && stepper.step()) {
        std::size_t first = s.events.size();  // of those at the step's end
        bool at_end = false;
        const bool ends = watch.meet(stepper, [&](std::span<const T> there) {
            std::copy(there.begin(), there.end(), z.data());
            s.events.push_back({watch.time(), watch.event(), z, z});
            at_end |= watch.ends_step();
            first += !at_end;
        });
        seen.enter({.end = watch.end_time()});
        for (std::size_t i = seen.begin(); i < seen.end(); ++i)
            if (!stepper.at_time(times[i], s.z[i].data())) return stepper.outcome();
        seen.leave();
        if (!ends) continue;
        stepper.cut(watch.end());
        std::copy(stepper.z().begin(), stepper.z().end(), z.data());
        s.stopped = happen<T>(stepper.t(), z, events, watch, first, s.events, options, at);
        stepper.reset(std::span<const T, N>(z.data(), z.size()));
        watch.start(stepper.t(), z);
    }
    for (std::size_t i = seen.begin(); s.stopped && i < times.size(); ++i) s.z[i] = z;
    return stepper.outcome();
}

template <class F, PlainState Range, class State = Kept<Range>>
auto solve_events(F& f, const Range& y0, const Times& times, const EventsOf<Range>& events, const SolveOptions& options,
                  Where at) {
    using T = typename State::value_type;
    require_events<T>(events, at);
    State y = kept(y0);
    std::vector<T> work(static_cast<std::size_t>(work_size(options.method, std::ssize(y))));
    EventSolution<std::vector<State>, State> solution;
    solution.z.assign(times.size(), y);
    const std::span<T, SpanOf<Range>::extent> state(y.data(), y.size());
    const Outcome outcome = run_events<F, T>(f, state, work, times, events, options, solution, at);
    if (outcome.status != Status::ok) fail(at, to_failure(outcome, times, options));
    static_cast<Solution<std::vector<State>>&>(solution) = Solution(std::move(solution.z), outcome.statistics);
    return solution;
}

}  // namespace plain

inline namespace COSTATE_PRECISION {
EventSolution<Var, Var, Var> solve_events_field(Tape& tape, const FieldRef& field, const Operand& z0,
                                                const Times& times, std::span<const Event<Var>> events,
                                                const SolveOptions& options, bool differentiated, Where at);
EventSolution<Tensor, Tensor> solve_events_field(const FieldRef& field, View z0, const Times& times,
                                                 std::span<const Event<Var>> events, SolveOptions options, Where at);
}  // namespace COSTATE_PRECISION

template <NoTape F, class Z>
auto solve_events(F&& field, const Z& z0, const Times& times, const EventsOf<Z>& events,
                  const SolveOptions& options = {}, Where at = {}) {
    const CalledFrom caller(at);
    if constexpr (std::is_same_v<Z, Var>)
        return solve_events_field(z0.tape(), FieldRef(std::forward<F>(field)), {z0, at}, times, events, options, true,
                                  at);
    else if constexpr (std::is_same_v<Z, Parameter>)
        return solve_events_field(FieldRef(std::forward<F>(field)), z0.value().view(), times, events, options, at);
    else if constexpr (is_start_in_vars<Z>)
        return solve_events_field(FieldRef(std::forward<F>(field)), z0, times, events, options, at);
    else
        return plain::solve_events(field, z0, times, events, options, at);
}

template <class Z>
EventSolution<Var, Var, Var> solve_events(Tape& tape, FieldRef field, const Z& z0, const Times& times,
                                          const EventList<Var>& events, const SolveOptions& options = {},
                                          Where at = {}) {
    return solve_events_field(tape, field, Operand(z0, at), times, events, options, true, at);
}

}  // namespace costate::ode
