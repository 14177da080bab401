// ode/solve/eval.cpp — running a solve: steps, observations, stored states
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/kernels/combine.hpp"  // brings: combine, all_finite
#include "ode/solve/operator.hpp"
#include "ode/solve/own_forward.hpp"   // brings: OwnForward
#include "ode/steps/observations.hpp"  // brings: Observations

namespace costate::ode::inline COSTATE_PRECISION {

double time_at(const View& times, Index count, Index i) {
    double t = 0;
    for (Index part = times.size() / count; part-- > 0;)  // from the smallest on: their sum is exact
        t += static_cast<double>(times.data[part * count + i]);
    return t;
}

void read_times(const View& times, RowClocks rows, std::vector<double>& t) {
    t.resize(count_of(times, rows));
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = time_at(times, t.size(), i);
}

namespace {

using Seen = Observations<std::vector<double>>;

// A forward solve: observations into `out`, one for each component; steps and states into the record.
struct Forward {
    const SolvePlan& plan;
    SolveMemory& memory;
    SolveRecord& record;
    const SolveRecord* steps_of;  // whose steps it takes, or null
    Operands<const View> x;
    std::span<const MutableView> out;
    Where where;
    int steps_kept = 0;  // that there is room for

    const SolveOptions& options = plan.options;
    Tiles& tiles = memory.tiles;
    Stages& stages = record.stages ? *record.stages : memory.stages;
    const std::vector<double>& times = memory.times;
    const std::size_t n = plan.components();  // of the state; behind them tangents, whose errors the steps are to keep
    bool known = steps_of || options.known_steps(), counted = false, keeps = options.gradient.keeps_states,
         keeps_few = options.gradient.is<rows::Checkpointed>();

    void run();

private:
    void prepare();
    void solve_segment(Index row, Index rows);
    void write(const Interval& s, std::size_t i) const;
    void keep(const Interval& s, std::size_t step, Index row, Index rows);
    template <const Real* (Tiles::*state)(std::size_t) const>
    void keep_state(std::size_t slot, Index row, Index rows) const;
    void keep_pair(const Interval& s, Index row, Index rows);
    void keep_between(std::size_t step);
    bool keeps_middles() const {
        return options.method.carries_rate() && keeps && options.gradient.backward == Part::reverse;
    }
    void keep_middle() const;
    bool is_finite(const Seen& seen, const Interval& s, Index row, Index rows) const;
    Index total() const {  // numbers of the state
        return n < stages.components() ? stages.offset(n) : stages.total();
    }
    std::size_t most_states() const {  // that checkpointed keeps
        const Route& route = options.gradient;
        if (route.most_bytes == 0) return static_cast<std::size_t>(route.most_states);
        const double fit = route.most_bytes / (double(total()) * sizeof(Real));
        return static_cast<std::size_t>(std::clamp(fit, 1.0, double(Route::every_state)));
    }
    Real* place(std::size_t i, std::size_t c, Index row) const {
        return out[c].data + (static_cast<Index>(i) * stages.rows() + row) * stages.width(c);
    }
};

void Forward::prepare() {
    require_times(times, options, where);
    const double t0 = times.front(), t1 = times.back();
    if (record.stages)
        stages.prepare(*record.keeps_for, x.captures, 1, steps_kept);
    else
        stages.prepare(plan, x.captures, 1);
    tiles.prepare(stages, options, nullptr, !plan.directions.empty());
    tiles.solve_stages(plan, x.captures, known);
    if (!is_resolved(t0, t1) && plan.uses_time()) fail_unresolved(t0, t1, options, where);
    record.grid.begin(t0, t1, options);
    if (steps_of) record.grid = steps_of->grid;
    counted = steps_of || record.grid.list().empty();
    record.second_z.clear();
    record.trajectory.begin(total());
    record.curve.begin(total(), options.method.degree, options.gradient.block);
    for (std::size_t c = 0; c < x.z0.size(); ++c) {
        require_start(x.z0[c], where);
        if (!known) require_tolerances(options, x.z0[c].shape, where);
        const Real* z0 = x.z0[c].data;
        const Index entries = x.z0[c].size();
        std::copy_n(z0, entries, tiles.state(c));
        for (std::size_t i = 0; i < Seen(times, times.size()).begin(); ++i) std::copy_n(z0, entries, place(i, c, 0));
    }
    if (!plan.directions.empty()) return tiles.set_tangents(plan.directions);
    for (std::size_t c = 0; c < record.first_rate.size() && !record.stages; ++c)
        tiles.set_first_rate(c, record.first_rate[c].data);
}

void Forward::run() {
    prepare();
    record.statistics = {.evaluations = record.first_rate.empty() ? 0 : 1};
    tiles.each_segment(known, [&](Index row, Index rows) { solve_segment(row, rows); });
    record.statistics.evaluations += tiles.evaluations();
    record.statistics.floor_acted = tiles.floor_acted();
    tiles.report(record.statistics);
    memory.points = record.grid.size();
}

void Forward::solve_segment(Index row, Index rows) {
    record.states_of_pair = 0;
    Timing timing = timing_in_vars(options, ListOfTimes::of(times));
    if (steps_of) timing.grid = record.grid.list();
    Clock clock(times.front(), times.back(), timing);
    Walk walk(tiles, clock);
    if (keeps_few) record.checkpoints.begin(most_states(), counted ? record.grid.size() - 1 : 0);
    if (row == 0 && record.on_step) walk.watch(*record.on_step);
    Seen seen(times, times.size());
    if (!known && !clock.arrived()) walk.start();
    const auto is_dense = [&](const Interval& s) {
        seen.enter(s);
        return seen.are_dense(s) || (options.gradient.keeps_curve && record.curve.is_whole());
    };
    const auto observe = [&](const Interval& s) {
        if (options.gradient.keeps_curve) keep_between(static_cast<std::size_t>(clock.accepted()));
        if (keeps_middles()) keep_middle();
        for (std::size_t i = seen.begin(); i < seen.end(); ++i) write(s, i);
    };
    while (clock.status() == Status::ok && walk.attempt(is_dense, observe)) {
        if (!clock.kept()) continue;
        const Interval s = clock.step();
        keep(s, static_cast<std::size_t>(clock.accepted() - 1), row, rows);
        if (!is_finite(seen, s, row, rows)) clock.stop(Status::not_finite);
        seen.leave();
    }
    if (clock.status() != Status::ok) {
        Outcome outcome = outcome_of(clock);
        outcome.tell(tiles.last_good(0), rows * stages.width(0));
        if (outcome.status == Status::inconsistent) outcome.tell(tiles.inconsistency());
        fail(where, to_failure("solve", outcome, options));
    }
    clock.report(record.statistics);
    record.statistics.unlimited = !known && clock.accepted() > 0 && stages.total() > 0 &&
                                  only_span_limits(clock.largest_error(), times.back() - times.front(), options);
}

void Forward::write(const Interval& s, std::size_t i) const {
    for (std::size_t c = 0; c < out.size(); ++c) {
        Real* to = place(i, c, stages.row());
        if (times[i] == s.end)
            std::copy_n(tiles.next_of_tile(c), stages.entries(c), to);
        else
            tiles.interpolate(s, (times[i] - s.t) / s.h, c, to);
    }
}

// A step counts: its end, and the segment's state at its start.
void Forward::keep(const Interval& s, std::size_t step, Index row, Index rows) {
    if (!steps_of && row == 0) record.grid.add(s.end);
    if (options.method.paired())
        keep_pair(s, row, rows);
    else if (keeps)
        keep_state<&Tiles::last_good>(keeps_few ? record.checkpoints.slot_for(step) : step, row, rows);
    if (step > 0 || record.first_rate.empty()) return;
    const Index width = stages.width(0);
    record.second_t.assign(1, static_cast<Real>(s.end));
    record.second_z.resize(stages.rows() * width);
    std::copy_n(tiles.next(0), rows * width, record.second_z.data() + row * width);
}

template <const Real* (Tiles::*state)(std::size_t) const>
void Forward::keep_state(std::size_t slot, Index row, Index rows) const {
    if (slot == Checkpoints::none) return;
    Real* to = record.trajectory[slot];
    for (std::size_t c = 0; c < n; ++c) {
        const Index width = stages.width(c);
        std::copy_n((tiles.*state)(c), rows * width, to + stages.offset(c) + row * width);
    }
}

// ẑ for a sweep through the states; for any exact gradient the pair where it begins anew, and at the end.
void Forward::keep_pair(const Interval& s, Index row, Index rows) {
    if (options.gradient.backward != Part::reverse) return;
    const bool ends = s.end == times.back() || options.jump_t.holds(s.end, times.front(), times.back());
    if (options.method.carries_rate()) {
        if (keeps) ++record.states_of_pair;  // keep_middle's
        if (ends) keep_state<&Tiles::next_rate>(record.states_of_pair++, row, rows);
    } else if (keeps || ends) {
        keep_state<&Tiles::next_hat>(record.states_of_pair++, row, rows);
    }
    if (ends) keep_state<&Tiles::next>(record.states_of_pair++, row, rows);
}

// Of the tile, in the step that is tried: the state at which f was asked.
void Forward::keep_middle() const {
    Real* to = record.trajectory[record.states_of_pair];
    for (std::size_t c = 0; c < n; ++c) std::copy_n(stages.state(c, 1), stages.entries(c), to + stages.tile_offset(c));
}

// Of the tile, in the step of this number, if it counts.
void Forward::keep_between(std::size_t step) {
    Curve& curve = record.curve;
    for (std::size_t c = 0; c < n; ++c) {
        const Index first = stages.tile_offset(c);
        if (curve.is_whole())
            curve.keep(step, first, stages.entries(c), tiles.tile(c), stages.rates(c), options.method);
        else
            curve.keep_start(step, first, stages.entries(c), tiles.tile(c));
    }
}

// The states of a kept step are finite; what lies between them need not be, where its extra stage is not.
bool Forward::is_finite(const Seen& seen, const Interval& s, Index row, Index rows) const {
    for (std::size_t i = seen.begin(); i < seen.end(); ++i)
        for (std::size_t c = 0; c < out.size(); ++c)
            if (times[i] != s.end && !all_finite(place(i, c, row), rows * stages.width(c))) return false;
    return true;
}

// Finds room to keep the stages for the gradient, where they fit: of how many steps, and one more, which begins where the last
// one ends. Where steps are chosen, as many as the solve before took, and some more; of the first solve that is not known.
int find_room(const SolvePlan& plan, SolveMemory& memory, SolveRecord& record) {
    record.stages = nullptr;
    record.keeps_for = plan.gradient;
    if (!plan.gradient) return 0;
    const SolveOptions& o = plan.options;
    const bool known = o.steps > 0 && o.step_t.is_empty();
    const double most = Stages::steps_within(*plan.gradient, o.gradient.most_bytes);
    const double needed = known ? o.steps + 1.0 : static_cast<double>(std::max(memory.points, record.grid.size()));
    if (!(needed >= 2 && needed <= most)) return 0;
    auto& kept = memory.kept;
    const auto free = std::find_if(kept.begin(), kept.end(), [](const auto& s) { return s.use_count() == 1; });
    const double room = free == kept.end() ? 0 : (*free)->steps();
    record.stages = free == kept.end() ? kept.emplace_back(std::make_shared<Stages>()) : *free;
    const bool enough = needed <= room && room <= most;
    return static_cast<int>(known ? needed : enough ? room : std::min(1.25 * needed, most));
}

void warn_once(SolveMemory& memory, Where where) {
    if (!std::exchange(memory.warned, true)) warn_unlimited(where);
}

}  // namespace

void Solve::eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const {
    const SolvePlan& p = e.plan<SolvePlan>(plan);
    SolveRecord& record = e.objects.at<SolveRecord>(e.object);
    const SolveRecord* steps = takes_steps ? &record_of(e.objects, in.back()) : nullptr;
    SolveMemory& memory = e.memory.of<SolveMemory>(e.plans[plan]);
    const int steps_kept = find_room(p, memory, record);
    (record.stages ? *record.stages : memory.stages).set_finite_check(e.finite_check);
    if (steps && steps->statistics.unlimited) warn_once(memory, where);  // a tangent
    const Operands x = operands_of(p, in);
    read_times(x.times, p.options.rows, memory.times);
    if (p.options.rows.solve)
        p.options.rows.solve({p, memory, record, steps, x, out.first(p.components()), where});
    else
        Forward{p, memory, record, steps, x, out.first(p.components()), where, steps_kept}.run();
    if (steps) record.statistics.unlimited = steps->statistics.unlimited;
    out.back()[0] = static_cast<Real>(e.object);
}

void SolveVjp::eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation& e) const {
    const SolvePlan& p = e.plan<SolvePlan>(plan);
    const Operands x = operands_of(p, in);
    SolveRecord& record = record_of(e.objects, x.token[0]);
    SolveMemory& memory = e.memory.of<SolveMemory>(e.plans[plan]);
    for (Stages* stages : {&memory.stages, record.stages.get()})
        if (stages) stages->set_finite_check(e.finite_check);
    read_times(x.times, p.options.rows, memory.times);
    if (record.statistics.unlimited && (p.options.gradient.backward != Part::adjoint || p.options.rows == independent))
        warn_once(memory, where);
    const std::size_t n = p.components();
    p.options.gradient.pull({p, record, memory, x, out.first(n), out.subspan(n), where});
}

}  // namespace costate::ode
