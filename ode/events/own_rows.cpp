// ode/events/own_rows.cpp — events of rows with clocks of their own: rounds of one solve, each row to its next event
//   t̂ [B]    located on each row's numbers;  ẑ by a solve that is recorded, over [t_b, t̂_b]
//   t*, z*   ode/events/solve.cpp (a), (b) of the rows that have an event: g is 0 for the others, which so stay where they are
//   z⁺       ode/events/solve.cpp (c) of those whose event has a reset
// A row that has arrived, stopped or failed has one time twice, and takes no step. Observations are gathered from the rounds
// in which the rows came by. A row's numbers depend on that row alone, and so do its steps, its landings and its failure.
#include "ode/events/own_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"
#include "ode/events/called.hpp"           // brings: CalledWithNumbers
#include "ode/events/gathered.hpp"         // brings: Gathered
#include "ode/events/rows_on_numbers.hpp"  // brings: RowsOnNumbers
#include "ode/solve/operator.hpp"          // brings: time_of_rows, require_own_rows

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

class EventsOfRows {
public:
    explicit EventsOfRows(const RowsWithEvents& s)
        : s_(s),
          tape_(s.tape),
          shape_(s.z0.shape()),
          B_(shape_[0]),
          n_(shape_.row_size()),
          rows_(s),
          called_(s.tape, s.field, s.events, shape_, time_of_rows(shape_), s.at),
          z_(s.z0),
          observed_(static_cast<Index>(s.times.size()) * B_) {
        time_ = constant([&](std::size_t b) { return rows_[b].stretch.t; });
    }

    EventSolution<Var, Var, Var> run() {
        for (std::size_t b = 0; b < rows_.size(); ++b) rows_.start(b, tape_.view(z_));
        do {
            rows_.locate(tape_.view(z_));
            record();
            meet();
            happen();
        } while (std::ranges::any_of(rows_, &RowOnNumbers::under_way));
        return finish();
    }

private:
    template <class Of>
    Var constant(Of&& of) {  // a number for each row, beside z
        std::vector<Real> all(static_cast<std::size_t>(B_));
        for (std::size_t b = 0; b < all.size(); ++b) all[b] = static_cast<Real>(of(b));
        return tape_.constant(View{all.data(), time_of_rows(shape_)});
    }
    template <class Of>
    bool find_events(Of&& of) {  // of each row the one of this round
        event_.resize(rows_.size());
        for (std::size_t b = 0; b < rows_.size(); ++b) event_[b] = of(rows_[b]);
        return std::ranges::any_of(event_, [](std::size_t e) { return e != no_event; });
    }
    template <class Body>
    void each_event(Body&& body) const {  // of those
        for (std::size_t e = 0; e < s_.events.size(); ++e)
            if (std::ranges::find(event_, e) != event_.end()) body(e);
    }

    void record() {
        for (int landings = 1;; ++landings) {
            const Tape::Mark mark = tape_.mark();
            last_ = solve_to_ends();
            if (landings == most_landings || !land()) break;
            tape_.cut_back(mark);
        }
        ++solves_;
        statistics_.go_on(last_.statistics());
        for (std::size_t b = 0; b < rows_.size(); ++b) {
            if (!rows_[b].under_way) continue;
            rows_[b].count(last_.rows()[b]);
            for (std::size_t i = 0; i < rows_[b].stretch.list.size(); ++i)
                if (rows_[b].stretch.is_observation[i]) observe(b, i);
        }
        solved_rows_ = observed_.add(last_.z, n_);
    }

    Solution<Var> solve_to_ends() {
        std::vector<std::vector<Number>> lists;
        std::size_t longest = 0;
        for (RowOnNumbers& row : rows_) {
            row.stretch.list_times(solves_ == 0);
            lists.push_back(row.stretch.list);
            longest = std::max(longest, lists.back().size());
        }
        if (solves_ == 0) return solve_field(tape_, s_.field, z_, lists, s_.options, s_.at);
        std::vector<Real> rest;
        for (std::vector<Number>& list : lists) {
            list.resize(longest, list.back());
            rest.insert(rest.end(), list.begin() + 1, list.end());
        }
        const Var later = tape_.constant(View{rest.data(), {B_, static_cast<Index>(longest) - 1}});
        return solve_field(tape_, s_.field, z_, concatenate({reshape(time_, {B_, 1}), later}, 1), s_.options, s_.at);
    }

    // Does a row end elsewhere? Where g is rounding, or before it failed.
    bool land() {
        bool moved = false;
        const std::span<const RowReport> solved = last_.rows();
        for (std::size_t b = 0; b < rows_.size(); ++b) {
            if (solved[b].status == Status::ok || !rows_[b].under_way || rows_[b].failed()) continue;
            rows_[b].fail(solved[b].status, solved[b].t);
            moved = true;
        }
        if (!find_events([](const RowOnNumbers& row) { return row.ends(0); })) return moved;
        const Var ends = constant([&](std::size_t b) { return rows_[b].stretch.end; });
        measure(ends, last_.end());
        for (std::size_t b = 0; b < rows_.size(); ++b)
            if (event_[b] != no_event) moved = rows_[b].stretch.land(g_[b], slope_[b]) || moved;
        return moved;
    }

    void meet() {
        for (std::size_t k = 0; find_events([&](const RowOnNumbers& row) { return row.met(k); }); ++k) {
            const auto place = [&](std::size_t b) {
                return event_[b] == no_event ? 0 : rows_[b].stretch.passed[k].place;
            };
            std::vector<Index> index;
            for (std::size_t b = 0; b < rows_.size(); ++b) index.push_back(static_cast<Index>(place(b)) * B_ + b);
            Var t = constant([&](std::size_t b) { return rows_[b].stretch.list[place(b)]; });
            Var z = reshape(gather(solved_rows_, index, 0), shape_);
            move_to_root(t, z);
            for (std::size_t b = 0; b < rows_.size(); ++b) add(b, t, z, z);
        }
    }

    void happen() {
        const Var end = last_.end();
        rows_.land(tape_.view(end));
        const Var moves = constant([&](std::size_t b) { return rows_[b].under_way && !rows_[b].failed(); });
        time_ = where(moves, constant([&](std::size_t b) { return rows_[b].stretch.end; }), time_);
        z_ = where(moves, end, z_);
        for (std::size_t k = 0; find_events([&](const RowOnNumbers& row) { return row.ends(k); }); ++k) {
            if (k == 0) move_to_root(time_, z_);
            const Var before = z_;
            each_event([&](std::size_t e) { reset(e, before); });
            for (std::size_t b = 0; b < rows_.size(); ++b) add(b, time_, before, z_);
        }
        for (std::size_t b = 0; b < rows_.size(); ++b) go_on(rows_[b], b);
    }

    // A row whose reset is not finite has none: it fails, and the others are called once more, without its numbers.
    void reset(std::size_t e, Var before) {
        if (!s_.events[e].reset || std::ranges::find(event_, e) == event_.end()) return;
        const Tape::Mark mark = tape_.mark();
        const Var after = called_.reset(e, rows_with(e, time_), rows_with(e, before));
        bool lost = false;
        for (std::size_t b = 0; b < rows_.size(); ++b) {
            if (event_[b] != e || rows_.is_finite(tape_.view(after), b)) continue;
            lose(b, rows_[b].stretch.end);
            lost = true;
        }
        if (lost) {
            tape_.cut_back(mark);
            return reset(e, before);
        }
        z_ = where(constant([&](std::size_t b) { return event_[b] == e; }), after, z_);
        for (std::size_t b = 0; b < rows_.size(); ++b) {
            RowOnNumbers& row = rows_[b];
            if (event_[b] == e && (row.watch.accumulates(e, row.stretch.end) || row.found >= s_.options.max_steps))
                row.report.status = Status::accumulating;
        }
    }

    void lose(std::size_t b, Number t) {
        rows_[b].lose_from(t);
        event_[b] = no_event;
    }

    // x with rows that have the event in the place of the others: what is made of these does not count, and is finite.
    Var rows_with(std::size_t e, Var x) const {
        const auto first = std::ranges::find(event_, e);
        if (std::ranges::all_of(event_, [&](std::size_t of) { return of == e; })) return x;
        std::vector<Index> index;
        for (std::size_t b = 0; b < rows_.size(); ++b)
            index.push_back(event_[b] == e ? static_cast<Index>(b) : first - event_.begin());
        return gather(x, index, 0);
    }

    void go_on(RowOnNumbers& row, std::size_t b) {
        if (!row.under_way) return;
        row.report.t = row.stretch.end;
        row.under_way = row.goes_on();
        row.stretch.t = row.stretch.end = static_cast<Number>(tape_.view(time_)[static_cast<Index>(b)]);
        if (row.under_way) rows_.start(b, tape_.view(z_));
    }

    void add(std::size_t b, Var t, Var before, Var after) {
        const std::size_t e = event_[b];
        if (e == no_event) return;
        const auto of_row = [&](Var x, const Shape& shape) {
            return reshape(slice(x, 0, static_cast<Index>(b), 1), shape);
        };
        const Shape one = shape_.without(0);
        solved_.events.push_back({of_row(t, {}), e, of_row(before, one), of_row(after, one), static_cast<Index>(b)});
        ++rows_[b].found;
        rows_[b].report.stopped |= rows_[b].watch.stops(e);
    }

    void move_to_root(Var& t, Var& z) {  // ode/events/solve.cpp (a), (b)
        const Var located = t, there = z;
        if (s_.differentiated) measure(located, there);
        SolveOptions at_once = s_.options;  // over no time nothing jumps
        at_once.jump_t = {};
        at_once.gradient = discrete;
        for (int order = 0; s_.differentiated && order < event_orders; ++order) {
            Var g = constant([](std::size_t) { return 0; });
            each_event([&](std::size_t e) {
                g = where(constant([&](std::size_t b) { return event_[b] == e; }),
                          called_.of(e, rows_with(e, t), rows_with(e, z)), g);
            });
            if (!tape_.values()[g.index()].active) return;
            const Var slope = constant([&](std::size_t b) {
                if (event_[b] == no_event) return Number(1);
                if (slope_[b] == 0) fail_flat(event_[b], rows_[b].stretch.end, true, s_.at);
                return slope_[b];
            });
            t = t - (g - tape_.constant(tape_.view(g))) / slope;
            const Var times = concatenate({reshape(located, {B_, 1}), reshape(t, {B_, 1})}, 1);
            z = solve_field(tape_, s_.field, there, times, at_once, s_.at).end();
        }
    }

    void measure(Var t, Var z) {  // g and ġ of each row's event; a gradient through one that is no number loses the row
        g_.assign(rows_.size(), 0);
        slope_ = g_;
        each_event([&](std::size_t e) {
            const auto [g, slope] = called_.value_and_slope(e, tape_.view(t), tape_.view(z));
            for (std::size_t b = 0; b < rows_.size(); ++b) {
                if (event_[b] != e) continue;
                g_[b] = static_cast<Number>(g[static_cast<Index>(b)]);
                slope_[b] = static_cast<Number>(slope[static_cast<Index>(b)]);
                if (s_.differentiated && std::isnan(g_[b] + slope_[b])) lose(b, tape_.view(t)[static_cast<Index>(b)]);
            }
        });
    }

    void observe(std::size_t b, std::size_t i) {  // the i-th of the present solve
        const Index row = static_cast<Index>(b), time = static_cast<Index>(rows_[b].stretch.seen++);
        observed_.take(time * B_ + row, static_cast<Index>(i) * B_ + row);
    }

    EventSolution<Var, Var, Var> finish() {
        const bool all_ok = std::ranges::none_of(rows_, &RowOnNumbers::failed);
        if (solves_ == 1 && solved_.events.empty() && all_ok) {
            static_cast<Solution<Var>&>(solved_) = last_;
            return std::move(solved_);
        }
        std::vector<RowReport> reports;
        for (std::size_t b = 0; b < rows_.size(); ++b) {
            reports.push_back(rows_[b].report);
            while (rows_[b].stretch.left() > 0) observe(b, rows_[b].failed() ? 1 : 0);
        }
        observed_.add(z_, n_);
        if (!all_ok) observed_.add(filled(tape_, shape_, std::numeric_limits<Number>::quiet_NaN()), n_);
        std::ranges::stable_sort(solved_.events, {}, &EventFound<Var, Var>::row);
        solved_.stopped = std::ranges::all_of(reports, &RowReport::stopped);
        static_cast<Solution<Var>&>(solved_) = kept_by(tape_, observed_.all(shape_, s_.at), statistics_, reports);
        return std::move(solved_);
    }

    const RowsWithEvents& s_;
    Tape& tape_;
    const Shape shape_;
    const Index B_, n_;
    RowsOnNumbers rows_;
    CalledWithNumbers called_;

    Var z_, time_;  // where each row's next stretch starts
    Gathered observed_;
    Solution<Var> last_;
    Var solved_rows_;  // its states, row by row
    int solves_ = 0;
    std::vector<std::size_t> event_;  // of each row that which is dealt with, or none,
    std::vector<Number> g_, slope_;   // and its numbers
    Statistics statistics_;
    EventSolution<Var, Var, Var> solved_;
};

}  // namespace

EventSolution<Var, Var, Var> solve_rows_with_events(const RowsWithEvents& s) {
    require_own_rows(s.times, s.z0.shape(), s.at);
    if (s.options.steps > 0) fail_counted_steps(s.options.steps, s.at);
    if (s.z0.size() > 0) return EventsOfRows(s).run();
    return {solve_field(s.tape, s.field, s.z0, s.times, s.options, s.at), {}};
}

}  // namespace costate::ode
