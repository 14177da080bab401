#include "ode/solve/forward_solve.hpp"

#include <limits>

#include "core/kernels/combine.hpp"  // brings: all_finite
#include "ode/steps/check.hpp"       // brings: require_start, require_times, is_resolved, only_span_limits

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class RowsForward {
public:
    explicit RowsForward(const ForwardSolve& f) : f_(f) {}

    void run() {
        prepare();
        for (std::size_t row = 0; row < count_; ++row) begin(row);
        copy_starts();
        rows_.walk(*this, known_);
        for (const RowReport& row : record_.rows) statistics_.evaluations += row.evaluations;
        statistics_.floor_acted = rows_.floor_acted();
        rows_.report(statistics_);
    }

    // What the rows ask on their way.
    bool goes_on(OwnRows::Row&, Index) const { return false; }
    bool is_dense(OwnRows::Row& row) const {
        row.seen.enter(row.clock.step());
        return row.seen.are_dense(row.clock.step());
    }
    bool kept(OwnRows::Row& row, Index place) {
        const Interval& s = row.clock.step();
        bool finite = true;
        for (std::size_t i = row.seen.begin(); i < row.seen.end(); ++i) finite = observe(row, place, i, s) && finite;
        for (std::size_t i = row.seen.begin(); i < row.seen.end() && !finite; ++i) forget(row.number, i);
        if (!finite) return false;
        keep(row, place, s);
        row.seen.leave();
        return true;
    }
    void tile_done(Index, Index) const {}
    void left(OwnRows::Row& row, Index) {
        const Clock& clock = row.clock;
        const std::size_t number = row.number;
        RowReport& report = record_.rows[number];
        if (report.status == Status::ok) report.status = clock.status();
        report.t = clock.t();
        report.evaluations += row.evaluations;
        report.accepted = clock.accepted();
        report.rejected = clock.rejected();
        gather(clock);
        record_.own.seen[number] = static_cast<std::uint32_t>(row.seen.begin());
        const std::span<const Number> t = memory_.times_of[number];
        const bool unlimited = only_span_limits(clock, rows_.row_width(), t.back() - t.front(), options_);
        statistics_.unlimited = statistics_.unlimited || unlimited;
    }

private:
    void gather(const Clock& clock) {  // the sums and the extremes of all rows
        Statistics row, &all = statistics_;
        clock.report(row);
        row.next_step = 0;  // of one row it says nothing about another
        row.stiff_at = all.stiff_at = std::min(all.stiff_at, row.stiff_at);
        all.go_on(row);
    }
    void prepare();
    void begin(std::size_t row);
    void copy_starts();
    std::span<const Number> next_grid(std::size_t row);
    bool observe(const OwnRows::Row& row, Index place, std::size_t i, const Interval& s);
    void keep(const OwnRows::Row& row, Index place, const Interval& s);
    void forget(Index number, std::size_t i) {
        for (std::size_t c = 0; c < f_.out.size(); ++c)
            std::fill_n(place_of(i, c, number), stages_.width(c), std::numeric_limits<Real>::quiet_NaN());
    }
    Real* place_of(std::size_t i, std::size_t c, Index number) const {
        return f_.out[c].data + (static_cast<Index>(i) * stages_.rows() + number) * stages_.width(c);
    }

    const ForwardSolve& f_;
    const SolveOptions& options_ = f_.plan.options;
    SolveMemory& memory_ = f_.memory;
    SolveRecord& record_ = f_.record;
    Statistics& statistics_ = record_.statistics;
    Stages& stages_ = memory_.stages;
    OwnRows& rows_ = memory_.own_rows.as<OwnRows>();
    bool known_ = f_.steps_of || options_.known_steps(), keeps_ = options_.gradient.keeps_states;
    std::size_t in_grids_ = 0;  // of the rows before
    std::size_t count_ = static_cast<std::size_t>(f_.x.z0[0].shape[0]);
};

// Every row's times in its place, before any clock looks at them.
void RowsForward::prepare() {
    stages_.prepare(f_.plan, f_.x.captures, 1);
    rows_.prepare(stages_, options_, false, record_.on_step);
    rows_.solve_stages(f_.plan, f_.x.captures, known_);
    for (std::size_t c = 0; c < record_.first_rate.size(); ++c) rows_.set_first_rates(c, record_.first_rate[c].data);
    split_times(memory_, count_);
    statistics_ = {};
    record_.rows.assign(count_, {.evaluations = record_.first_rate.empty() ? 0 : 1});
    record_.own.begin(count_);
    for (const MutableView& out : f_.out) std::fill_n(out.data, out.size(), std::numeric_limits<Real>::quiet_NaN());
}

std::span<const Number> RowsForward::next_grid(std::size_t row) {
    const std::vector<OwnSteps::End>& ends = f_.steps_of->own.ends;
    memory_.grids.resize(ends.size());
    const std::size_t first = in_grids_;
    std::uint32_t i = static_cast<std::uint32_t>(row);
    for (memory_.grids[in_grids_++] = ends[i].t; ends[i].after != i; memory_.grids[in_grids_++] = ends[i].t)
        i = ends[i].after;
    return std::span<const Number>(memory_.grids).subspan(first, in_grids_ - first);
}

void RowsForward::begin(std::size_t row) {
    const std::span<const Number>& t = memory_.times_of[row];
    require_times(t, options_, f_.where);
    Number goal = t.back();
    Timing timing = timing_in_vars(options_, ListOfTimes::of(t));
    if (f_.steps_of) {
        timing.grid = next_grid(row);
        goal = timing.grid.back();
    } else if (!is_resolved(t.front(), goal) && f_.plan.uses_time()) {
        record_.rows[row].status = Status::clock_too_coarse;
        goal = t.front();
    }
    record_.own.add(t.front());
    rows_.add(Clock(t.front(), goal, timing), OwnRows::Seen(t, t.size()));
}

void RowsForward::copy_starts() {
    record_.trajectory.begin(rows_.row_width());
    if (record_.first_rate.empty()) record_.second_z.clear();
    for (std::size_t c = 0; c < f_.x.z0.size(); ++c) {
        require_start(f_.x.z0[c], f_.where);
        if (!known_) require_tolerances(options_, f_.x.z0[c].shape, f_.where);
        const Index each = stages_.width(c);
        std::copy_n(f_.x.z0[c].data, f_.x.z0[c].size(), rows_.state(c, 0));
        for (std::size_t row = 0; row < count_; ++row) {
            const Real* z0 = rows_.state(c, row);
            if (keeps_) std::copy_n(z0, each, record_.trajectory[row] + rows_.offset_in_row(c));
            for (std::size_t i = 0; i < rows_.row(row).seen.begin(); ++i) std::copy_n(z0, each, place_of(i, c, row));
        }
    }
    if (record_.first_rate.empty()) return;
    record_.second_z.assign(rows_.state(0, 0), rows_.state(0, 0) + count_ * stages_.width(0));
    record_.second_t.resize(count_);
    for (std::size_t row = 0; row < count_; ++row)
        record_.second_t[row] = static_cast<Real>(memory_.times_of[row].front());
}

bool RowsForward::observe(const OwnRows::Row& row, Index place, std::size_t i, const Interval& s) {
    bool finite = true;
    for (std::size_t c = 0; c < f_.out.size(); ++c) {
        Real* to = place_of(i, c, row.number);
        if (row.seen.time(i) == s.end)
            std::copy_n(rows_.next(c, place), stages_.width(c), to);
        else
            rows_.interpolate(place, row.seen.time(i), c, to);
        finite = finite && all_finite(to, stages_.width(c));
    }
    return finite;
}

// The step counts: its end, and the row's state there.
void RowsForward::keep(const OwnRows::Row& row, Index place, const Interval& s) {
    const std::size_t number = row.number, end = record_.own.ends.size();
    record_.own.add(number, s.end);
    for (std::size_t c = 0; c < stages_.components(); ++c) {
        const Index each = stages_.width(c);
        const Real* z = rows_.next(c, place);
        if (keeps_) std::copy_n(z, each, record_.trajectory[end] + rows_.offset_in_row(c));
        if (row.clock.accepted() > 1 || c > 0 || record_.first_rate.empty()) continue;
        record_.second_t[number] = static_cast<Real>(s.end);
        std::copy_n(z, each, record_.second_z.data() + row.number * each);
    }
}

}  // namespace

}  // namespace costate::ode

void costate::ode::rows::solve_own(const ForwardSolve& solve) { RowsForward(solve).run(); }
