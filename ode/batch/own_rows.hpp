// ode/batch/own_rows.hpp — a batch whose rows have clocks of their own
//   rows.prepare(stages, options);   rows.add(clock, seen) for each row;   rows.walk(solve);
// All rows that are under way take a step at once, by one run of the Program for a tile of them, each from its own t by its own
// h; then each is judged by its own error. Who is kept goes on, who is rejected tries again in the next round.
// A row that has arrived, or cannot go on, leaves (live_rows.hpp): the Program runs over those under way alone.
// A row's bits depend neither on the rows beside it nor on its place, so they are those of the row solved alone.
//   solve.goes_on(row, place)     its clock has arrived: is there more?        solve.left(row, place)   no, or it failed
//   solve.is_dense(row)           is the rate at its step's end needed?        solve.kept(row, place)   false: not finite
//   solve.tile_done(first, rows)  of a step, every row of the tile judged
// Where the solve sums over the stages (keeps_stages), k_0 is evaluated at each step: other rows had its place before.
#pragma once
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "ode/batch/live_rows.hpp"     // brings: LiveRows
#include "ode/batch/stage_solver.hpp"  // brings: StageSolver, Way
#include "ode/batch/stages.hpp"        // brings: Stages, SolveOptions
#include "ode/steps/many.hpp"          // brings: Intervals, Moments
#include "ode/steps/observations.hpp"  // brings: Observations
#include "ode/steps/walk.hpp"          // brings: take_step, Clock, AnyTable

namespace costate::ode::inline COSTATE_PRECISION {

// The steps that were kept, of all rows, in the order in which they were taken. The first are the rows' starts.
struct OwnSteps {
    struct End {
        Number t;
        std::uint32_t before, after;  // of the same row; at its start and its end they are itself
    };
    std::vector<End> ends;
    std::vector<std::uint32_t> last, seen;  // of each row: its last end, and how many of its times it reached

    std::size_t bytes() const { return ends.size() * sizeof(End); }
    void begin(std::size_t rows) {
        ends.clear();
        last.clear();
        seen.assign(rows, 0);
    }
    void add(Number t) {  // the next row's start
        const std::uint32_t i = static_cast<std::uint32_t>(ends.size());
        ends.push_back({t, i, i});
        last.push_back(i);
    }
    void add(std::size_t row, Number t) {
        const std::uint32_t i = static_cast<std::uint32_t>(ends.size());
        ends.push_back({t, last[row], i});
        ends[last[row]].after = i;
        last[row] = i;
    }
};

class OwnRows {
public:
    using Seen = Observations<std::span<const Number>>;
    struct Row {
        Clock clock;
        Seen seen;
        Index number;  // in the batch
        bool knows_first;
        long evaluations;
    };

    void prepare(Stages& stages, const SolveOptions& options, bool keeps_stages, const StepObserver* watcher);
    void solve_stages(const SolvePlan& plan, std::span<const View> captures,
                      bool known_steps);  // by an implicit method
    void report(Statistics& s) const {
        if (solver_) solver_->report(s, true);
    }
    void add(const Clock& clock, const Seen& seen);  // the next row's
    void set_first_rates(std::size_t component, const Real* from);

    Row& row(Index place) { return rows_[place]; }
    Index row_width() const { return stages_->row_width(); }
    Index offset_in_row(std::size_t c) const { return stages_->offset(c) / stages_->rows(); }
    bool floor_acted() const { return floor_acted_; }
    Real* state(std::size_t c, Index place) { return in(z_, c, place); }
    // Of a row of the tile that takes the step: z⁺, and what lies within it
    const Real* next(std::size_t c, Index place) {
        return stages_->state(c, last_) + (place - stages_->row()) * stages_->width(c);
    }
    void interpolate(Index place, Number t, std::size_t c, Real* out);

    template <class Solve>
    void walk(Solve&& solve, bool known_steps);
    void put_back() {  // every row at the place of its number
        rows_.put_back([this](Index i, Index j) { move(i, j); });
    }
    void forget_first(Index place);  // of a row that has come somewhere else

    // What the recursion does to a tile.
    const Method& method() const { return options_->method; }
    void first(const Moments& t);
    void form(const AnyTable& table, int i, const Intervals& s) {
        if (table.method.start_of_block(i) != i) return;
        stages_->form(table.method, i, s.h, [&](std::size_t c) { return state(c, stages_->row()); });
        if (table.method.is_equation(i)) solve_stage(i, s);
    }
    void evaluate(const AnyTable& table, int i, const Moments& t) {
        if (!table.method.is_equation(i)) stages_->forward_at(i, t);
    }
    void count(int evaluations);

private:
    template <class Body>
    void each_tile(Body&& body) {
        const Index most = stages_->rows_of_tile();
        for (Index first = 0; first < rows_.live(); first += most) {
            const Index rows = std::min(most, rows_.live() - first);
            stages_->begin_tile(first, rows);
            body(first, rows);
        }
    }
    template <class Solve, class Stays>
    void dismiss(Solve& solve, Stays&& stays) {  // those that do not
        rows_.dismiss([&](Index place) { return row(place).clock.status() == Status::ok && stays(place); },
                      [&](Index place) { solve.left(row(place), place); }, [this](Index i, Index j) { move(i, j); });
    }
    template <class Solve>
    void start(Solve& solve);
    template <class Solve>
    void start_anew(Solve& solve);
    template <class Solve>
    void attempt(Solve& solve, Index first, Index rows, bool chosen);
    void move(Index i, Index j);
    void solve_stage(int i, const Intervals& s);
    void evaluate_first(Index first, Index rows);
    void choose_first_steps(Index first, Index rows);
    bool finite_first(Index place);
    bool starts(Index place);  // or says why not
    bool has_mass() const { return options_->has_mass(); }
    void find_errors(const Intervals& s, Index first, Index rows);
    Number error(Index place);
    Number error_by(Index place, Storage& errors);
    Number measured(Index place, Storage& x, bool to_next);
    void look_for_stiffness(Index place, Number error);
    bool converged(Index place) const { return !solver_ || solver_->converged(place); }
    bool is_finite(Index place);
    void hand_on(Index place, bool with_rate);
    Number norm(Index place, Storage& x);
    Real* in(Storage& x, std::size_t c, Index place) {
        return x.data() + stages_->offset(c) + place * stages_->width(c);
    }
    Real* first_rate(std::size_t c, Index place) { return in(first_rate_, c, place); }

    Stages* stages_ = nullptr;
    const SolveOptions* options_ = nullptr;
    const StepObserver* watcher_ = nullptr;
    bool keeps_stages_ = false, given_first_ = false, by_component_ = false, floor_acted_ = false;
    int last_ = 0;
    LiveRows<Row> rows_;
    std::vector<Interval> steps_;
    std::vector<Number> h_;
    Storage z_, first_rate_, error_, second_error_;
    std::unique_ptr<StageSolver> made_;  // of an implicit method,
    StageSolver* solver_ = nullptr;      // or null
    std::vector<const Real*> begins_;    // of the tile
    std::vector<Real*> found_;
};

template <class Solve>
void OwnRows::start(Solve& solve) {
    dismiss(solve, [&](Index place) { return !row(place).clock.arrived(); });
    if (!given_first_) each_tile([&](Index first, Index rows) { evaluate_first(first, rows); });
    for (Index place = 0; place < rows_.live(); ++place) starts(place);
    dismiss(solve, [](Index) { return true; });
    each_tile([&](Index first, Index rows) { choose_first_steps(first, rows); });
}

// Rows that have landed where f jumps know nothing: of a tile that has such a row all first rates are evaluated once more.
template <class Solve>
void OwnRows::start_anew(Solve& solve) {
    each_tile([&](Index first, Index rows) {
        bool any = false;
        for (Index place = first; place < first + rows; ++place) {
            Row& r = row(place);
            if (!r.clock.forgets() || r.clock.arrived()) continue;
            forget_first(place);
            any = any || r.clock.wants_first_step() || has_mass();
        }
        if (!any) return;
        evaluate_first(first, rows);
        for (Index place = first; place < first + rows; ++place) starts(place);
        choose_first_steps(first, rows);
    });
    dismiss(solve, [](Index) { return true; });
}

template <class Solve>
void OwnRows::attempt(Solve& solve, Index first, Index rows, bool chosen) {
    bool is_dense = false;
    for (Index place = first; place < first + rows; ++place) {
        steps_[place] = row(place).clock.step();
        h_[place] = steps_[place].h;
        is_dense = solve.is_dense(row(place)) || is_dense;
    }
    const Intervals s{&steps_[first], &h_[first]};
    const bool with_last = is_dense || method().fsal;
    if (solver_) solver_->begin_attempt(first, rows);
    take_step(AnyTable{method()}, *this, s, with_last);
    if (is_dense) take_dense_stages(AnyTable{method()}, *this, s);
    if (chosen) find_errors(s, first, rows);
    for (Index place = first; place < first + rows; ++place) {
        Row& r = row(place);
        const Number scaled = chosen ? error(place) : is_finite(place) ? 0 : HUGE_VAL;
        const bool kept = r.clock.judge(scaled);
        if (!goes_on(r.clock, scaled, kept, converged(place), watcher_, r.number) || !kept) continue;
        if (r.clock.looks_for_stiffness()) look_for_stiffness(place, scaled);
        if (!solve.kept(r, place)) r.clock.stop(Status::not_finite);
    }
    solve.tile_done(first, rows);
    for (Index place = first; place < first + rows; ++place)
        if (row(place).clock.settle()) hand_on(place, with_last);
}

template <class Solve>
void OwnRows::walk(Solve&& solve, bool known_steps) {
    if (!known_steps || has_mass()) start(solve);
    const auto stays = [&](Index place) {
        while (!row(place).clock.next())
            if (row(place).clock.status() != Status::ok || !solve.goes_on(row(place), place)) return false;
        return true;
    };
    for (dismiss(solve, stays); rows_.live() > 0; dismiss(solve, stays)) {
        each_tile([&](Index first, Index rows) { attempt(solve, first, rows, !known_steps); });
        if (!options_->jump_t.is_empty()) start_anew(solve);
    }
}

}  // namespace costate::ode
