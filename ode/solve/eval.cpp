// ode/solve/eval.cpp — running a solve: steps, observations, stored states
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ode/solve/operator.hpp"
#include "ode/solve/segment.hpp"  // brings: Segment, Seen, begin_at_start, ForwardSolve

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

// A forward solve, one segment after the other: observations into `out`, steps and states into the record.
struct JointForward : Segment {
    explicit JointForward(const ForwardSolve& of, int steps)
        : Segment{of, of.memory.tiles, of.record.stages ? *of.record.stages : of.memory.stages}, steps_kept(steps) {}
    JointForward(const JointForward& all, Tiles& of)  // its rows
        : Segment{all.solve, of, of.stages(), of.row(), of.rows()}, steps_kept(all.steps_kept), counted(all.counted) {}

    int steps_kept;                             // that there is room for
    const std::size_t n = plan().components();  // of the state; behind them tangents, whose errors count
    bool known = solve.steps_of || options().known_steps(), counted = false, keeps = options().gradient.keeps_states;
    const FewStates* few = options().gradient.few;

    void run();

private:
    void prepare();
    PartTakes part_takes() const;
    void make_room();
    void solve_segment();
    void keep(const Interval& s, std::size_t step);
    void keep_pair(const Interval& s);
    bool keeps_middles() const {
        return options().method.carries_rate() && keeps && options().gradient.backward == FieldProgram::reverse;
    }
    void keep_middle(Stages& tile) const;
    Index total() const {  // numbers of the state
        return n < stages.components() ? stages.offset(n) : stages.total();
    }
    std::size_t most_states() const {  // that checkpointed keeps
        const Route& route = options().gradient;
        if (route.most_bytes == 0) return static_cast<std::size_t>(route.most_states);
        const Number fit = route.most_bytes / (Number(total()) * sizeof(Real));
        return static_cast<std::size_t>(std::clamp<Number>(fit, 1, Number(Route::every_state)));
    }
};

void JointForward::prepare() {
    require_times(times(), options(), solve.where);
    const Number t0 = times().front(), t1 = times().back();
    if (record().stages)
        stages.prepare(*record().keeps_for, solve.x.captures, 1, steps_kept);
    else
        stages.prepare(plan(), solve.x.captures, 1);
    tiles.prepare(stages, options(), nullptr, !plan().directions.empty());
    tiles.solve_stages(plan(), solve.x.captures, known);
    if (!is_resolved(t0, t1) && plan().uses_time()) fail_unresolved(t0, t1, options(), solve.where);
    record().grid.begin(t0, t1, options());
    if (solve.steps_of) record().grid = solve.steps_of->grid;
    counted = solve.steps_of || record().grid.list().empty();
    record().second_z.clear();
    record().trajectory.begin(total());
    record().curve.begin(total(), options().method.degree, options().gradient.block);
    begin_at_start(solve, tiles, stages, known);
    if (!small_machine && !plan().directions.empty()) return tiles.set_tangents(plan().directions);
    for (std::size_t c = 0; c < record().first_rate.size() && !record().stages; ++c)
        tiles.set_first_rate(c, record().first_rate[c].data);
}

void JointForward::run() {
    prepare();
    record().statistics = {.evaluations = record().first_rate.empty() ? 0 : 1};
    tiles.let_parts_take(part_takes());
    if (tiles.takes(PartTakes::all_steps)) make_room();
    tiles.each_segment(known, [&](Tiles& of) { JointForward(*this, of).solve_segment(); });
    record().statistics.evaluations += tiles.evaluations();
    record().statistics.floor_acted = tiles.floor_acted();
    tiles.report(record().statistics);
    memory().points = record().grid.size();
}

// Parts solve at the same time where each writes what is its own rows', into memory that is there.
PartTakes JointForward::part_takes() const {
    const bool is_watched = record().on_step && *record().on_step;
    const bool is_counted = known && counted && record().grid.size() > 1;
    return is_counted && !is_watched ? PartTakes::all_steps : PartTakes::attempts;
}

void JointForward::make_room() {
    if (keeps) record().trajectory[record().grid.size() - 2];  // where the last step starts
    if (!record().first_rate.empty()) record().second_z.resize(stages.rows() * stages.width(0));
}

void JointForward::solve_segment() {
    if (options().method.paired()) record().states_of_pair = 0;
    Timing timing = timing_in_vars(options(), ListOfTimes::of(times()));
    if (solve.steps_of) timing.grid = record().grid.list();
    Clock clock(times().front(), times().back(), timing);
    Walk walk(tiles, clock);
    if (few) few->begin(record(), most_states(), counted ? record().grid.size() - 1 : 0);
    if (row == 0 && record().on_step) walk.watch(*record().on_step);
    Seen seen(times(), times().size());
    if (!known && !clock.arrived()) walk.start();
    const bool keeps_curve = options().gradient.keeps_curve;
    take_steps(
        walk, clock, seen, keeps_curve && record().curve.is_whole(), [] { return true; },
        [&](Tiles& tile) {
            if (keeps_curve) keep_curve(tile, static_cast<std::size_t>(clock.accepted()));
            if (keeps_middles()) keep_middle(tile.stages());
        },
        [&](const Interval& s) { keep(s, static_cast<std::size_t>(clock.accepted() - 1)); });
    if (clock.status() != Status::ok) fail("solve", clock, options());
    if (row > 0) return;
    clock.report(record().statistics);
    record().statistics.unlimited =
        only_span_limits(clock, stages.total(), times().back() - times().front(), options());
}

// A step counts: its end, and the segment's state at its start.
void JointForward::keep(const Interval& s, std::size_t step) {
    if (!solve.steps_of && row == 0) record().grid.add(s.end);
    if (options().method.paired()) {
        keep_pair(s);
    } else if (keeps) {
        const std::size_t slot = few ? few->slot_for(record(), step) : step;
        if (slot != Checkpoints::none) keep_state<&Tiles::last_good>(record().trajectory[slot]);
    }
    if (step == 0) keep_second(s);
}

// ẑ for a sweep through the states; for any exact gradient the pair where it begins anew, and at the end.
void JointForward::keep_pair(const Interval& s) {
    if (options().gradient.backward != FieldProgram::reverse) return;
    const bool ends = s.end == times().back() || options().jump_t.holds(s.end, times().front(), times().back());
    const auto next = [&] { return record().trajectory[record().states_of_pair++]; };
    if (options().method.carries_rate()) {
        if (keeps) ++record().states_of_pair;  // keep_middle's
        if (ends) keep_state<&Tiles::next_rate>(next());
    } else if (keeps || ends) {
        keep_state<&Tiles::next_hat>(next());
    }
    if (ends) keep_state<&Tiles::next>(next());
}

// Of the tile, in the step that is tried: the state at which f was asked.
void JointForward::keep_middle(Stages& tile) const {
    Real* to = record().trajectory[record().states_of_pair];
    for (std::size_t c = 0; c < n; ++c) std::copy_n(tile.state(c, 1), tile.entries(c), to + tile.tile_offset(c));
}

// Finds room to keep the stages for the gradient, where they fit: of how many steps, and one more, which begins where the last
// one ends. Where steps are chosen, as many as the solve before took, and some more; of the first solve that is not known.
int find_room(const SolvePlan& plan, SolveMemory& memory, SolveRecord& record) {
    record.stages = nullptr;
    record.keeps_for = plan.gradient;
    if (!plan.gradient) return 0;
    const SolveOptions& o = plan.options;
    const bool known = o.steps > 0 && o.step_t.is_empty();
    const Number most = Stages::steps_within(*plan.gradient, o.gradient.most_bytes);
    const Index needed = known ? Index(o.steps) + 1 : static_cast<Index>(std::max(memory.points, record.grid.size()));
    if (!(needed >= 2 && Number(needed) <= most)) return 0;
    auto& kept = memory.kept;
    const auto free = std::find_if(kept.begin(), kept.end(), [](const auto& s) { return s.use_count() == 1; });
    const Index room = free == kept.end() ? 0 : (*free)->steps();
    record.stages = free == kept.end() ? kept.emplace_back(std::make_shared<Stages>()) : *free;
    const bool enough = needed <= room && Number(room) <= most;
    if (known || enough) return static_cast<int>(known ? needed : room);
    return static_cast<int>(std::min(Number(1.25) * Number(needed), most));
}

void warn_once(SolveMemory& memory, Where where) {
    if (memory.warns_first()) warn_unlimited(where);
}

// Of a sweep through the solve's own steps: what is observed, Σ_j max_i |u_j,i|, and what an error is on the way.
[[maybe_unused]] void watch_growth(const Pull& pull) {
    const SolveOptions& o = pull.plan.options;
    const Index times = o.gradient.backward == FieldProgram::reverse ? pull.x.w[0].shape[0] : 0;
    Number observed = 0;
    for (Index j = 0; j < times; ++j) {
        Number largest = 0;
        for (const View& u : pull.x.w)
            for (Index i = 0, n = u.size() / times; i < n; ++i)
                largest = std::max(largest, std::abs(Number(u.data[j * n + i])));
        observed += largest;
    }
    if (o.known_steps())
        pull.memory.sweep.growth.begin(observed, std::numeric_limits<Real>::epsilon(), 0);
    else
        pull.memory.sweep.growth.begin(observed, o.rtol, o.atol);
}
[[maybe_unused]] void look_at_growth(const Pull& pull) {
    const Growth& growth = pull.memory.sweep.growth;
    if (!(growth.excess() <= 1) && pull.memory.warns_first()) warn_growth(growth, pull.plan.options, pull.where);
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
    const ForwardSolve solve{p, memory, record, steps, x, out.first(p.components()), where};
    const auto run = p.options.gradient.solve ? p.options.gradient.solve : p.options.rows.solve;
    if (run)
        run(solve);
    else
        JointForward(solve, steps_kept).run();
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
    if (record.statistics.unlimited &&
        (p.options.gradient.backward != FieldProgram::adjoint || p.options.rows == independent))
        warn_once(memory, where);
    const std::size_t n = p.components();
    const Pull pull{p, record, memory, x, out.first(n), out.subspan(n), where};
    if constexpr (!small_machine) watch_growth(pull);
    p.options.gradient.pull(pull);
    if constexpr (!small_machine) look_at_growth(pull);
}

}  // namespace costate::ode
