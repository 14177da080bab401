// ode/events/solve.cpp — events on a tape: solves of Vars from one event to the next
//   t̂  located on numbers, a solve of the same steps beside the tape's;   ẑ = z(t̂), a solve that is recorded
//   t* = t̂ − g(t̂, ẑ) / ġ,    ġ = ∂g/∂t + ∂g/∂z f(t̂, ẑ), a number                                                   (a)
//   z* = z(t*),  the solution that is ẑ at t̂ (ode/solve/operator.hpp, moved)                                        (b)
//   z⁺ = r(t*, z*),  and the next solve starts from it at t*                                                         (c)
// (a) is a step of Newton's method of which the derivative is kept and the value is not: t* is t̂. Its derivative,
//   dt* = −(∂g/∂θ + ∂g/∂z ∂ẑ/∂θ) dθ / ġ,  is the implicit function theorem's.                                        (d)
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
#include "ode/gradients/direct.hpp"  // brings: expect_no_gradient
#include "ode/solve/operator.hpp"    // brings: moved, to_failure, require_times

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

constexpr int event_orders = 2;  // of derivatives by (a), (b)

struct Hit {  // an event that was located
    double t;
    std::size_t event, place = 0;  // among the times of the solve that passes by
};

using Solved = EventSolution<Var, Var, Var>;

class EventsOnTape {
public:
    EventsOnTape(Tape& tape, const FieldRef& field, Var z0, std::vector<double> times,
                 std::span<const Event<Var>> events, const SolveOptions& options, bool differentiated, Where at)
        : tape_(tape),
          field_(field),
          events_(events),
          options_(options),
          differentiated_(differentiated),
          at_(at),
          times_(std::move(times)),
          called_(tape, field, events, z0.shape(), at),
          watch_(called_.events(), times_.back() - times_.front(), std::numeric_limits<Real>::epsilon()),
          z_(z0),
          t_(times_.front()) {}

    Solved run() {
        watch_.start(t_, numbers(z_));
        do {
            locate();
            record();
            for (const Hit& hit : passed_) pass(hit);
        } while (!ending_.empty() && !happen());
        while (seen_ < times_.size()) observe(z_);
        if (solves_ == 1 && solved_.events.empty())
            static_cast<Solution<Var>&>(solved_) = last_;
        else
            static_cast<Solution<Var>&>(solved_) = kept_by(tape_, concatenate(observed_, 0, at_), statistics_);
        return std::move(solved_);
    }

private:
    std::span<const Real> numbers(Var z) const { return tape_.view(z).entries(); }
    double span_left() const { return std::abs(times_.back() - t_); }
    bool after(double a, double b) const { return times_.back() < times_.front() ? a < b : a > b; }

    // As many equal steps as the whole solve would take on this part of it.
    int steps_until(double t) const {
        if (options_.steps == 0) return 0;
        return steps_of_part(options_.steps, std::abs(t - t_) / std::abs(times_.back() - times_.front()), 1e-6);
    }

    // On numbers: from here to the first event that ends a step, or to the last time.
    void locate() {
        passed_.clear();
        ending_.clear();
        end_ = times_.back();
        const std::span<const Real> z = numbers(z_);
        std::vector<double> times{t_};
        times.insert(times.end(), times_.begin() + static_cast<std::ptrdiff_t>(seen_), times_.end());
        SolveOptions options = for_numbers(options_, std::ssize(z));
        options.steps = steps_until(end_);
        Stepper<CalledWithNumbers&, std::vector<Real>> stepper(called_, {z.begin(), z.end()}, times, options);
        bool ends = false;
        while (!ends && stepper.step()) {
            ends = watch_.meet(stepper, [&](std::span<const Real>) {
                const bool is_end = !ending_.empty() || watch_.ends_step();
                (is_end ? ending_ : passed_).push_back({watch_.time(), watch_.event()});
            });
            if (ends) end_ = static_cast<double>(static_cast<Real>(watch_.end_time()));
        }
        Outcome o = stepper.outcome();
        o.statistics.accepted += steps_;
        o.statistics.rejected += rejected_;
        steps_ = o.statistics.accepted;
        rejected_ = o.statistics.rejected;
        if (!options_.known_steps() && steps_ + rejected_ > options_.max_steps) o.status = Status::too_many_steps;
        if (o.status != Status::ok) fail(at_, to_failure("solve", o, options_));
    }

    // On the tape: the solve to end_. It takes in the observations on its way, and the events that only pass by.
    void record() {
        for (int landings = 1;; ++landings) {
            const Tape::Mark mark = tape_.mark();
            last_ = solve_to_end();
            if (ending_.empty() || landings == 4) break;
            const auto [g, slope] = called_.value_and_slope(ending_[0].event, end_, tape_.view(last_.end()));
            const double by = -g / slope, ulp = std::numeric_limits<Real>::epsilon();
            if (!(std::abs(by) > 4 * ulp * std::max(std::abs(end_), span_left())) || after(t_, end_ + by)) break;
            if (after(end_ + by, times_.back())) break;
            tape_.cut_back(mark);
            end_ = static_cast<double>(static_cast<Real>(end_ + by));
        }
        ++solves_;
        statistics_.go_on(last_.statistics());
        for (std::size_t i = 0; i < list_.size(); ++i)
            if (is_observation_[i]) observe(last_.at(static_cast<Index>(i)));
    }

    Solution<Var> solve_to_end() {
        list_.clear();
        is_observation_.clear();
        const auto add = [&](double t, bool is_observation) {
            list_.push_back(after(t, end_) ? end_ : t);
            is_observation_.push_back(is_observation);
        };
        const auto pass_by = [&](Hit& hit) {
            hit.place = list_.size();
            add(hit.t, false);
        };
        const bool first = solves_ == 0;
        if (!first) add(t_, false);
        auto passing = passed_.begin();
        std::size_t i = seen_;
        while (i < times_.size() && !after(times_[i], end_)) {
            if (passing != passed_.end() && after(times_[i], passing->t))
                pass_by(*passing++);
            else
                add(times_[i++], true);
        }
        while (passing != passed_.end()) pass_by(*passing++);
        if (list_.back() != end_ || list_.size() == 1) add(end_, false);
        SolveOptions options = options_;
        options.steps = steps_until(end_);
        if (first) return solve_field(tape_, field_, z_, list_, options, at_);
        const std::vector<Real> reals(list_.begin() + 1, list_.end());
        const Var rest = tape_.constant(View{reals.data(), {static_cast<Index>(reals.size())}});
        return solve_field(tape_, field_, z_, concatenate({reshape(time_, {1}), rest}, 0), options, at_);
    }

    void pass(const Hit& hit) {
        Var t = tape_.constant(list_[hit.place]), z = last_.at(static_cast<Index>(hit.place));
        move_to_root(hit, t, z);
        solved_.events.push_back({t, hit.event, z, z});
    }

    // Those that end the solve's part. Does one of them stop it?
    bool happen() {
        time_ = tape_.constant(end_);
        z_ = last_.end();
        move_to_root({end_, ending_[0].event}, time_, z_);
        for (const Hit& hit : ending_) {
            const Event<Var>& event = events_[hit.event];
            const Var before = z_;
            if (event.reset) z_ = reset_by(hit.event);
            solved_.events.push_back({time_, hit.event, before, z_});
            solved_.stopped |= watch_.stops(hit.event);
            if (event.reset && (watch_.accumulates(hit.event, end_) || too_many(solved_.events, options_)))
                fail_accumulating(hit.event, end_, solved_.events.size(), text_of_state<Real>(numbers(z_)), at_);
        }
        t_ = end_;
        watch_.start(t_, numbers(z_));
        return solved_.stopped;
    }

    Var reset_by(std::size_t event) {
        const Tape::Floor floor(tape_);
        const While calling("calling the reset of an event", at_);
        const Var z = events_[event].reset(time_, z_);
        if (z.is_zero() || z.shape() != z_.shape())
            fail(at_, {.what = text("solve_events: the reset of event ", event, " does not have the state's shape"),
                       .got = z.is_zero() ? "Var{}" : to_text(z.shape()),
                       .expected = to_text(z_.shape())});
        const Var after = tape_.bring(z, at_);
        if (!all_finite(tape_.view(after).data, after.size()))
            fail_not_finite(event, end_, text_of_state<Real>(numbers(after)), at_);
        return after;
    }

    void move_to_root(const Hit& hit, Var& t, Var& z) {  // (a), (b)
        const double slope = called_.value_and_slope(hit.event, hit.t, tape_.view(z)).second;
        const Var located = t, there = z;
        SolveOptions at_once = options_;  // over no time nothing jumps
        at_once.jump_t = {};
        for (int order = 0; differentiated_ && order < event_orders; ++order) {
            const Var g = called_.of(hit.event, t, z);
            if (!tape_.values()[g.index()].active) return;
            if (slope == 0)
                fail(at_, {.what = text("solve_events: event ", hit.event, " has no derivative at t = ", hit.t),
                           .got = "a g(t, z) that does not change along the solution there",
                           .expected = "a g that crosses 0 with a slope",
                           .likely = "a solution that only touches the event"});
            t = t - (g - tape_.view(g)[0]) / slope;
            z = moved(tape_, field_, there, located, t, at_once, at_);
        }
    }

    void observe(Var z) {
        observed_.push_back(reshape(z, Shape{1}.joined(z.shape())));
        ++seen_;
    }

    Tape& tape_;
    const FieldRef& field_;
    std::span<const Event<Var>> events_;
    const SolveOptions& options_;
    bool differentiated_;
    Where at_;
    std::vector<double> times_;
    CalledWithNumbers called_;
    EventWatch<Real> watch_;

    Var z_, time_;  // where the next solve starts
    double t_;
    long steps_ = 0, rejected_ = 0;  // of the solves that locate
    std::size_t seen_ = 0;           // observations that are done
    int solves_ = 0;
    double end_ = 0;  // of the present solve, and what was located on its way and there
    std::vector<Hit> passed_, ending_;
    std::vector<double> list_;  // its times
    std::vector<bool> is_observation_;
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
    if (!times.are_numbers())
        fail(at, {.what = "solve_events: a Var or a Parameter among the times",
                  .got = text("a list of ", times.size()),
                  .expected = "numbers, beside which the events are found",
                  .fix = "for a last time T that is a Var: {.when = t - T, .terminal = true}, and a number beyond it"});
    std::vector<double> list = times.numbers(at);
    require_times(list, options, at);
    if (options.rows != joint)
        fail(at, {.what = "solve_events: rows with clocks of their own have no events",
                  .got = ".rows = ode::independent",
                  .expected = "one g(t, z) and one clock for all rows",
                  .fix = "a solve for each row, or .rows = ode::joint with g of all rows"});
    if (!tape.evaluating())
        fail(at, {.what = "solve_events: a tape that only notes operations",
                  .got = "events, whose times depend on numbers",
                  .expected = "a tape that evaluates"});
    tape.taint(at);
    const Var z0 = start.on(tape);
    require_start(tape.view(z0), at);
    require_tolerances(options, z0.shape(), at);
    return EventsOnTape(tape, field, z0, std::move(list), events, options, differentiated, at).run();
}

EventSolution<Tensor, Tensor> solve_events_field(const FieldRef& field, View z0, const Times& times,
                                                 std::span<const Event<Var>> events, SolveOptions options, Where at) {
    Tape tape;
    expect_no_gradient(tape);
    if (options.gradient.is_one_operation()) options.gradient = backsolve;  // which keeps nothing of a solve
    const auto solved = solve_events_field(tape, field, {z0, at}, times, events, options, false, at);
    const auto tensor = [&](Var v) { return Tensor(tape.view(v)); };
    EventSolution<Tensor, Tensor> s;
    static_cast<Solution<Tensor>&>(s) = Solution(tensor(solved.z), solved.statistics());
    s.stopped = solved.stopped;
    for (const auto& e : solved.events)
        s.events.push_back({static_cast<double>(tape.view(e.t)[0]), e.event, tensor(e.before), tensor(e.after)});
    return s;
}

}  // namespace costate::ode
