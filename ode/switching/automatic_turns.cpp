// ode/switching/automatic_turns.cpp — the steps of a solve by two methods that take turns: chosen, or those of another solve
#include "ode/switching/automatic_turns.hpp"

#include <algorithm>
#include <cmath>

#include "ode/solve/segment.hpp"        // brings: Segment, Seen, begin_at_start
#include "ode/steps/check.hpp"          // brings: require_times, is_resolved, only_span_limits, asked_automatic
#include "ode/switching/switching.hpp"  // brings: Switching, norm_in_units

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class InTurns {
public:
    explicit InTurns(const ForwardSolve& f) : f_(f) {}

    void run() {
        prepare();
        if (f_.steps_of)
            take_known();
        else
            choose();
        Statistics& s = record_.statistics;
        s.evaluations = record_.first_rate.empty() ? 0 : 1;
        for (const Turns& turns : {explicit_, implicit_}) {
            if (!turns.ready) continue;
            s.evaluations += turns.memory.tiles.evaluations();
            s.floor_acted = s.floor_acted || turns.memory.tiles.floor_acted();
            turns.memory.tiles.report(s);
        }
    }

private:
    struct Turns {  // of one method
        const SolvePlan& plan;
        SolveMemory& memory;
        bool ready = false;
        Tiles& tiles() const { return memory.tiles; }
        Stages& stages() const { return memory.stages; }
    };

    Turns& turns(bool implicit) { return implicit ? implicit_ : explicit_; }
    void prepare();
    void make_ready(Turns& turns);
    void hand_over(const Turns& from, Turns& to);
    void choose();
    bool ends(Switching& switching, Clock& clock, Walk<Tiles>& walk, const Turns& now);
    void take_known();
    template <class Ends>
    void walk(Turns& turns, Clock& clock, Seen& seen, std::size_t first, Ends&& ends);
    Number norm_of_jacobians(const Turns& turns);
    void keep(const Segment& segment, const Interval& s, std::size_t step, bool implicit);
    bool is_implicit(const Turns& turns) const { return &turns == &implicit_; }

    const ForwardSolve& f_;
    const SolveOptions& options_ = f_.plan.options;
    SolveRecord& record_ = f_.record;
    const std::vector<Number>& times_ = f_.memory.times;
    bool known_ = f_.steps_of != nullptr, keeps_ = options_.gradient.keeps_states,
         keeps_curve_ = options_.gradient.keeps_curve;
    Turns explicit_{f_.plan, f_.memory}, implicit_{*f_.plan.stiff, where_stiff(f_.memory)};
    TimeSet jumps_;
    Index total_ = 0;
};

void InTurns::make_ready(Turns& t) {
    if (t.ready) return;
    t.stages().set_finite_check(f_.memory.stages.finite_check());
    t.stages().prepare(t.plan, f_.x.captures, 1);
    t.tiles().prepare(t.stages(), t.plan.options, nullptr, !t.plan.directions.empty());
    t.tiles().solve_stages(t.plan, f_.x.captures, known_);
    t.ready = true;
}

void InTurns::prepare() {
    require_times(times_, options_, f_.where);
    const Number t0 = times_.front(), t1 = times_.back();
    make_ready(explicit_);
    if (!is_resolved(t0, t1) && f_.plan.uses_time()) fail_unresolved(t0, t1, options_, f_.where);
    Tiles& tiles = explicit_.tiles();
    record_.statistics = {};
    record_.second_z.clear();
    begin_at_start(f_, tiles, explicit_.stages(), known_, asked_automatic);
    for (const View& z0 : f_.x.z0) total_ += z0.size();
    record_.grid.begin(t0, t1, options_);
    if (known_) record_.grid = f_.steps_of->grid;
    record_.trajectory.begin((keeps_ ? total_ : 0) + 1);
    record_.curve.begin(total_, std::max(options_.method.degree, implicit_.plan.options.method.degree), 0);
    if (!f_.plan.directions.empty())
        tiles.set_tangents(f_.plan.directions);
    else
        for (std::size_t c = 0; c < record_.first_rate.size(); ++c) tiles.set_first_rate(c, record_.first_rate[c].data);
    jumps_ = options_.jump_t;
    if (!jumps_.has_ends()) return;  // those of the solve, not of a turn
    std::vector<Number>& all = f_.memory.grids;
    all.assign(jumps_.numbers().begin(), jumps_.numbers().end());
    all.push_back(t0);
    all.push_back(t1);
    jumps_ = TimeSet(all);
}

void InTurns::hand_over(const Turns& from, Turns& to) {
    make_ready(to);
    for (std::size_t c = 0; c < from.stages().components(); ++c)
        std::copy_n(from.tiles().state(c), from.stages().rows() * from.stages().width(c), to.tiles().state(c));
}

void InTurns::choose() {
    Timing timing = timing_in_vars(options_, ListOfTimes::of(times_));
    timing.jumps = &jumps_;
    Clock clock(times_.front(), times_.back(), timing);
    clock.always_look_for_stiffness();
    Switching switching(options_);
    Seen seen(times_, times_.size());
    for (;;) {
        Turns& now = turns(switching.is_implicit());
        now.tiles().each_segment(false, [&](Tiles&) {
            walk(now, clock, seen, 0, [&](Walk<Tiles>& walk) { return ends(switching, clock, walk, now); });
        });
        if (clock.arrived()) break;
        switching.change();
        Turns& next = turns(switching.is_implicit());
        hand_over(now, next);
        clock.change_to(next.plan.options.method);
        if (!switching.is_implicit()) clock.always_look_for_stiffness();
    }
    clock.report(record_.statistics);
    switching.report(record_.statistics);
    record_.statistics.unlimited = only_span_limits(clock, total_, times_.back() - times_.front(), options_);
}

// Before a step: is it the other method's? Behind it is a step of this one, unless it is the first; or one that was rejected.
bool InTurns::ends(Switching& switching, Clock& clock, Walk<Tiles>& walk, const Turns& now) {
    if (clock.rejected_in_a_row() > 0) return false;
    const bool implicit = is_implicit(now);
    if (clock.kept()) {
        if (implicit)
            switching.took_implicit(clock.step().h, norm_of_jacobians(now));
        else
            switching.took_explicit(clock.stiff_at());
    }
    if (!walk.begin() || clock.arrived()) return false;
    const auto look = [&](Number drawn) { return walk.steepness(drawn); };
    if (!implicit) clock.limit(switching.look_ahead(clock.t(), clock.next_length(), look));
    return switching.is_due();
}

// Each turn of the other solve as a grid, tile by tile.
void InTurns::take_known() {
    const std::span<const Number> grid = record_.grid.list();
    Seen seen(times_, times_.size());
    Turns* before = &explicit_;
    for (std::size_t first = 0, end = 0; first + 1 < grid.size(); first = end) {
        end = end_of_turn(*f_.steps_of, first);
        Turns& now = turns(was_implicit(*f_.steps_of, first));
        if (&now != before) hand_over(*before, now);
        before = &now;
        Timing timing = timing_in_vars(options_, ListOfTimes::of(times_));
        timing.method = now.plan.options.method;
        timing.jumps = &jumps_;
        timing.grid = grid.subspan(first, end - first + 1);
        const Seen here = seen;
        now.tiles().each_segment(true, [&](Tiles&) {
            seen = here;
            Clock clock(grid[first], grid[end], timing);
            walk(now, clock, seen, first, [](Walk<Tiles>&) { return false; });
        });
    }
    record_.statistics.accepted = static_cast<long>(grid.size()) - 1;
}

// Of a segment of rows from step `first` on, until it has arrived, or `ends` says so before a step.
template <class Ends>
void InTurns::walk(Turns& t, Clock& clock, Seen& seen, std::size_t first, Ends&& ends) {
    Walk walk(t.tiles(), clock);
    const Segment segment{f_, t.tiles(), t.stages(), t.tiles().row(), t.tiles().rows()};
    if (segment.row == 0 && record_.on_step) walk.watch(*record_.on_step);
    if (first > 0 || clock.accepted() > 0)
        t.tiles().forget_first();
    else if (!known_ && !clock.arrived())
        walk.start();
    segment.take_steps(
        walk, clock, seen, keeps_curve_, [&] { return !ends(walk); },
        [&](Tiles& tile) {
            if (keeps_curve_) segment.keep_curve(tile, first + static_cast<std::size_t>(clock.accepted()));
        },
        [&](const Interval& s) {
            keep(segment, s, first + static_cast<std::size_t>(clock.accepted() - 1), is_implicit(t));
        });
    if (clock.status() != Status::ok) segment.fail(asked_automatic.by, clock, t.plan.options);
}

// The largest of all rows, in the solve's units at the step's end.
Number InTurns::norm_of_jacobians(const Turns& t) {
    const Stages& stages = t.stages();
    std::vector<Number>& w = t.memory.weights;
    Number norm = 0;
    for (Index row = 0; row < stages.rows(); ++row) {
        w.clear();
        for (std::size_t c = 0; c < t.plan.jacobian->components(); ++c)
            for (Index i = row * stages.width(c); i < (row + 1) * stages.width(c); ++i)
                w.push_back(unit_of(t.tiles().next(c)[i], i, options_.rtol, options_.atol));
        norm =
            std::max(norm, norm_in_units(t.memory.tiles.jacobian(row), std::ssize(w), [&](Index i) { return w[i]; }));
    }
    return norm;
}

// A step counts: its end, the segment's state at its start, and by which method it was taken.
void InTurns::keep(const Segment& segment, const Interval& s, std::size_t step, bool implicit) {
    if (!known_ && segment.row == 0) record_.grid.add(s.end);
    Real* to = record_.trajectory[step];
    to[record_.trajectory.size() - 1] = implicit;
    if (keeps_) segment.keep_state<&Tiles::last_good>(to);
    if (step == 0) segment.keep_second(s);
}

}  // namespace

void solve_in_turns(const ForwardSolve& solve) { InTurns(solve).run(); }

}  // namespace costate::ode
