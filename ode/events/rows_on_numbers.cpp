#include "ode/events/rows_on_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "core/kernels/combine.hpp"  // brings: all_finite
#include "ode/events/called.hpp"     // brings: for_numbers
#include "ode/solve/operator.hpp"    // brings: time_of_rows, require_times

namespace costate::ode::inline COSTATE_PRECISION {

namespace {

struct FieldOfRow {
    OfRow& field;
    Index row;

    static constexpr bool time_is_float = ode::time_is_float;  // a Stepper asks
    void operator()(Number t, std::span<const Real> z, std::span<Real> rate) {
        std::ranges::copy(field(row, t, z), rate.begin());
    }
};

}  // namespace

RowOnNumbers::RowOnNumbers(std::span<const Number> times, std::vector<Event<Real>> list)
    : stretch(times),
      events(std::move(list)),
      last(events.size(), 1),
      watch(events, times.back() - times.front(), std::numeric_limits<Real>::epsilon()) {}

Number RowOnNumbers::looked_at(std::size_t event, Number value, Number t) {
    if (!std::isnan(value)) return last[event] = value;
    if (!lost || stretch.after(*lost, t)) lost = t;
    return last[event];
}

void RowOnNumbers::fail(Status status, Number t) {
    report.status = status;
    stretch.end = t;
    stretch.ending.clear();
    std::erase_if(stretch.passed, [&](const Hit& hit) { return stretch.after(hit.t, t); });
}

void RowOnNumbers::lose_from(Number t) {
    fail(Status::not_finite, t);
    stretch.see_until(t);
}

RowsOnNumbers::RowsOnNumbers(const RowsWithEvents& s) : s_(s), width_(s.z0.shape().row_size()) {
    const Shape shape = s.z0.shape();
    const std::size_t T = s.times.size(), B = static_cast<std::size_t>(shape[0]);
    std::vector<Real> starts;
    for (std::size_t b = 0; b < B; ++b) {
        std::vector<Number>& list = times_.emplace_back();
        for (std::size_t i = 0; i < T; ++i) list.push_back(s.times[s.times.rows() > 0 ? b * T + i : i]);
        require_times(list, s.options, s.at);
        starts.push_back(static_cast<Real>(list.front()));
    }
    const View t{starts.data(), time_of_rows(shape)}, z = s.tape.view(s.z0);
    called_.reserve(1 + s.events.size());
    called_.emplace_back(s.tape, s.field, shape, "solve: the field", t, z, s.at);
    for (std::size_t e = 0; e < s.events.size(); ++e)
        called_.emplace_back(s.tape, s.events[e].when, Shape{shape[0]}, text("solve_events: event ", e), t, z, s.at);
    rows_.reserve(B);
    for (std::size_t b = 0; b < B; ++b) rows_.emplace_back(times_[b], events_of(b));
}

std::vector<Event<Real>> RowsOnNumbers::events_of(std::size_t b) {
    std::vector<Event<Real>> list;
    for (std::size_t e = 0; e < s_.events.size(); ++e) {
        const auto g = [this, b, e](Number t, std::span<const Real> z) {
            const auto value = static_cast<Number>(called_[1 + e](static_cast<Index>(b), t, z)[0]);
            return rows_[b].looked_at(e, value, t);
        };
        list.push_back({.when = g, .direction = s_.events[e].direction, .terminal = s_.events[e].terminal});
        if (s_.events[e].reset) list.back().reset = [](Number, std::span<Real>) {};
    }
    return list;
}

bool RowsOnNumbers::is_finite(View z, std::size_t b) const { return all_finite(row_of(z, b).data(), width_); }

void RowsOnNumbers::locate(View z) {
    for (std::size_t b = 0; b < rows_.size(); ++b) {
        rows_[b].stretch.passed.clear();
        rows_[b].stretch.ending.clear();
        if (rows_[b].under_way) locate(rows_[b], b, row_of(z, b));
    }
}

void RowsOnNumbers::land(View z) {
    for (std::size_t b = 0; b < rows_.size(); ++b) {
        RowOnNumbers& row = rows_[b];
        if (row.under_way && !row.failed() && !is_finite(z, b)) row.fail(Status::not_finite, row.stretch.t);
        row.stretch.landed(row.watch, row_of(z, b));
    }
}

void RowsOnNumbers::locate(RowOnNumbers& row, std::size_t b, std::span<const Real> z) {
    const Index i = static_cast<Index>(b);
    SolveOptions options = for_numbers(s_.options, i * width_, width_);
    options.rows = joint;
    Stepper<FieldOfRow, std::vector<Real>> stepper({called_[0], i}, {z.begin(), z.end()}, row.stretch.ahead(), options);
    row.stretch.locate(stepper, row.watch);
    const Outcome o = stepper.outcome();
    row.steps += o.statistics.accepted + o.statistics.rejected;
    if (row.lost && row.stretch.after(*row.lost, row.stretch.end)) row.lost.reset();  // an event was there before
    if (row.lost)
        row.fail(Status::not_finite, *row.lost);
    else if (o.status != Status::ok)
        row.fail(o.status, o.t);
    else if (!options.known_steps() && row.steps > options.max_steps)
        row.fail(Status::too_many_steps, row.stretch.t);
}

}  // namespace costate::ode
