// ode/events/solve.cpp — events on a tape: solves of Vars from one event to the next
//   t̂  located on numbers, a solve of the same steps beside the tape's;   ẑ = z(t̂), a solve that is recorded
//   t* = t̂ − g(t̂, ẑ) / ġ,    ġ = ∂g/∂t + ∂g/∂z f(t̂, ẑ), a number                                                   (a)
//   z* = z(t*),  the solution that is ẑ at t̂ (ode/solve/operator.hpp, moved)                                        (b)
//   z⁺ = r(t*, z*),  and the next solve starts from it at t*                                                         (c)
// (a) is a step of Newton's method of which the derivative is kept and the value is not: t* is t̂. Its derivative,
//   dt* = −(∂g/∂θ + ∂g/∂z ∂ẑ/∂θ) dθ / ġ,  is the implicit function theorem's, practice (1).                          (d)
// Each (a), (b) more, from where the one before came, is right to one order more: two are taken. Nothing else is new, for
// solves differentiate by their times, starts and captures. So every route works, to second order.
// landing  The solve that is recorded ends at t̂ by a step that lands there, more exactly than dense output. So t̂ moves by
//          (a)'s value until g(t̂, ẑ) is rounding; a pass takes two such solves mostly.
// order    Simultaneous events have the time of the first that ends the step, and its derivative.
#include <cmath>
#include <limits>
#include <utility>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/combine.hpp"  // brings: all_finite
#include "ode/events/called.hpp"     // brings: CalledWithNumbers
#include "ode/events/own_rows.hpp"   // brings: solve_rows_with_events
#include "ode/events/stretch.hpp"    // brings: Stretch, Hit, EventWatch
#include "ode/gradients/direct.hpp"  // brings: expect_no_gradient
#include "ode/solve/operator.hpp"    // brings: moved, to_failure, require_times

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

using Solved = EventSolution<Var, Var, Var>;

class EventsOnTape {
public:
    EventsOnTape(Tape& tape, const FieldRef& field, Var z0, std::vector<Number> times,
                 std::span<const Event<Var>> events, const SolveOptions& options, bool differentiated, Where at)
        : tape_(tape),
          field_(field),
          events_(events),
          options_(options),
          differentiated_(differentiated),
          at_(at),
          times_(std::move(times)),
          called_(tape, field, events, z0.shape(), {}, at),
          watch_(called_.events(), times_.back() - times_.front(), std::numeric_limits<Real>::epsilon()),
          z_(z0),
          stretch_(times_) {}

    Solved run() {
        watch_.start(stretch_.t, numbers(z_));
        do {
            locate();
            record();
            for (const Hit& hit : stretch_.passed) meet(hit);
        } while (!stretch_.ending.empty() && !happen());
        while (stretch_.left() > 0) observe(z_);
        if (solves_ == 1 && solved_.events.empty())
            static_cast<Solution<Var>&>(solved_) = last_;
        else
            static_cast<Solution<Var>&>(solved_) = kept_by(tape_, concatenate(observed_, 0, at_), statistics_);
        return std::move(solved_);
    }

private:
    std::span<const Real> numbers(Var z) const { return tape_.view(z).entries(); }

    // As many equal steps as the whole solve would take on this part of it.
    int steps_until(Number t) const {
        if (options_.steps == 0) return 0;
        return steps_of_part(options_.steps, std::abs(t - stretch_.t) / std::abs(times_.back() - times_.front()), 1e-6);
    }

    // On numbers: from here to the first event that ends a step, or to the last time.
    void locate() {
        const std::span<const Real> z = numbers(z_);
        SolveOptions options = for_numbers(options_, 0, std::ssize(z));
        options.steps = steps_until(stretch_.last());
        Stepper<CalledWithNumbers&, std::vector<Real>> stepper(called_, {z.begin(), z.end()}, stretch_.ahead(),
                                                               options);
        stretch_.locate(stepper, watch_);
        Outcome o = stepper.outcome();
        o.statistics.accepted += steps_;
        o.statistics.rejected += rejected_;
        steps_ = o.statistics.accepted;
        rejected_ = o.statistics.rejected;
        if (!options_.known_steps() && steps_ + rejected_ > options_.max_steps) o.status = Status::too_many_steps;
        if (o.status != Status::ok) fail(at_, to_failure("solve", o, options_));
    }

    // On the tape: the solve to the stretch's end. It takes in the observations on its way, and the events that only pass by.
    void record() {
        for (int landings = 1;; ++landings) {
            const Tape::Mark mark = tape_.mark();
            last_ = solve_to_end();
            if (stretch_.ending.empty() || landings == most_landings) break;
            const auto [g, slope] = measured(stretch_.ending[0].event, stretch_.end, last_.end());
            if (!stretch_.land(g, slope)) break;
            tape_.cut_back(mark);
        }
        ++solves_;
        statistics_.go_on(last_.statistics());
        for (std::size_t i = 0; i < stretch_.list.size(); ++i)
            if (stretch_.is_observation[i]) observe(last_.at(static_cast<Index>(i)));
    }

    Solution<Var> solve_to_end() {
        const bool first = solves_ == 0;
        stretch_.list_times(first);
        const std::vector<Number>& list = stretch_.list;
        SolveOptions options = options_;
        options.steps = steps_until(stretch_.end);
        if (first) return solve_field(tape_, field_, z_, list, options, at_);
        const std::vector<Real> reals(list.begin() + 1, list.end());
        const Var rest = tape_.constant(View{reals.data(), {static_cast<Index>(reals.size())}});
        return solve_field(tape_, field_, z_, concatenate({reshape(time_, {1}), rest}, 0), options, at_);
    }

    void meet(const Hit& hit) {
        Var t = tape_.constant(stretch_.list[hit.place]), z = last_.at(static_cast<Index>(hit.place));
        move_to_root(hit, t, z);
        solved_.events.push_back({t, hit.event, z, z});
    }

    // Those that end the stretch. Does one of them stop it?
    bool happen() {
        time_ = tape_.constant(stretch_.end);
        z_ = last_.end();
        stretch_.landed(watch_, numbers(z_));
        move_to_root({stretch_.end, stretch_.ending[0].event}, time_, z_);
        for (const Hit& hit : stretch_.ending) {
            const Event<Var>& event = events_[hit.event];
            const Var before = z_;
            if (event.reset) z_ = reset_by(hit.event);
            solved_.events.push_back({time_, hit.event, before, z_});
            solved_.stopped |= watch_.stops(hit.event);
            if (event.reset && (watch_.accumulates(hit.event, stretch_.end) || too_many(solved_.events, options_)))
                fail_accumulating(hit.event, stretch_.end, solved_.events.size(), text_of_state<Real>(numbers(z_)),
                                  at_);
        }
        stretch_.t = stretch_.end;
        watch_.start(stretch_.t, numbers(z_));
        return solved_.stopped;
    }

    Var reset_by(std::size_t event) {
        const Var after = called_.reset(event, time_, z_);
        if (!all_finite(tape_.view(after).data, after.size()))
            fail_not_finite(event, stretch_.end, text_of_state<Real>(numbers(after)), at_);
        return after;
    }

    std::pair<Number, Number> measured(std::size_t event, Number t, Var z) {  // g, ġ
        const Real time = static_cast<Real>(t);
        const auto [g, slope] = called_.value_and_slope(event, {&time, {}}, tape_.view(z));
        return {static_cast<Number>(g[0]), static_cast<Number>(slope[0])};
    }

    void move_to_root(const Hit& hit, Var& t, Var& z) {  // (a), (b)
        const auto [value, slope] = measured(hit.event, hit.t, z);
        const Var located = t, there = z;
        SolveOptions at_once = options_;  // over no time nothing jumps
        at_once.jump_t = {};
        for (int order = 0; differentiated_ && order < event_orders; ++order) {
            const Var g = called_.of(hit.event, t, z);
            if (!tape_.values()[g.index()].active) return;
            if (std::isnan(value)) fail_event_nan(hit.event, hit.t);
            if (slope == 0 || std::isnan(slope)) fail_flat(hit.event, hit.t, slope == 0, at_);
            t = t - (g - tape_.view(g)[0]) / slope;
            z = moved(tape_, field_, there, located, t, at_once, at_);
        }
    }

    void observe(Var z) {
        observed_.push_back(reshape(z, Shape{1}.joined(z.shape())));
        ++stretch_.seen;
    }

    Tape& tape_;
    const FieldRef& field_;
    std::span<const Event<Var>> events_;
    const SolveOptions& options_;
    bool differentiated_;
    Where at_;
    std::vector<Number> times_;
    CalledWithNumbers called_;
    EventWatch<Real> watch_;

    Var z_, time_;  // where the next solve starts
    Stretch stretch_;
    long steps_ = 0, rejected_ = 0;  // of the solves that locate
    int solves_ = 0;
    Solution<Var> last_;
    std::vector<Var> observed_;
    Statistics statistics_;
    Solved solved_;
};

}  // namespace

EventSolution<Var, Var, Var> solve_events_field(Tape& tape, const FieldRef& field, const Operand& start,
                                                const Times& times, std::span<const Event<Var>> events,
                                                const SolveOptions& options, bool differentiated, Where at) {
    const CalledFrom caller(at);
    require_options(options, at);
    require_events(events, at);
    if (options.has_mass())
        fail(at, {.what = "solve_events: with a mass matrix f is not the rate by which a state crosses an event",
                  .got = ".mass and events, in Vars",
                  .expected = "one of them",
                  .fix = "of a regular M, a field M^-1 f"});
    if (!times.are_numbers())
        fail(at, {.what = "solve_events: a Var or a Parameter among the times",
                  .got = text("a list of ", times.size()),
                  .expected = "numbers, beside which the events are found",
                  .fix = "for a last time T that is a Var: {.when = t - T, .terminal = true}, and a number beyond it"});
    if (!tape.evaluating())
        fail(at, {.what = "solve_events: a tape that only notes operations",
                  .got = "events, whose times depend on numbers",
                  .expected = "a tape that evaluates"});
    tape.taint(at);
    const Var z0 = start.on(tape);
    require_start(tape.view(z0), at);
    require_tolerances(options, z0.shape(), at);
    if (options.rows == independent)
        return solve_rows_with_events({tape, field, z0, times, events, options, differentiated, at});
    std::vector<Number> list = times.numbers(at);
    require_times(list, options, at);
    return EventsOnTape(tape, field, z0, std::move(list), events, options, differentiated, at).run();
}

EventSolution<Tensor, Tensor> solve_events_field(const FieldRef& field, View z0, const Times& times,
                                                 std::span<const Event<Var>> events, SolveOptions options, Where at) {
    Tape tape;
    expect_no_gradient(tape);
    if (options.gradient.is_one_operation()) options.gradient = without_gradient(options.gradient);
    const auto solved = solve_events_field(tape, field, {z0, at}, times, events, options, false, at);
    const auto tensor = [&](Var v) { return Tensor(tape.view(v)); };
    EventSolution<Tensor, Tensor> s;
    const std::span<const RowReport> rows = solved.rows();
    static_cast<Solution<Tensor>&>(s) = Solution(tensor(solved.z), solved.statistics(), {rows.begin(), rows.end()});
    s.stopped = solved.stopped;
    for (const auto& e : solved.events)
        s.events.push_back({static_cast<Number>(tape.view(e.t)[0]), e.event, tensor(e.before), tensor(e.after), e.row});
    return s;
}

}  // namespace costate::ode
