// ode/events/rows_on_numbers.hpp — rows with clocks and events of their own, on numbers: where is the next event of each?
//   RowsOnNumbers rows(solve);   rows.start(b, z);   rows.locate(z);   rows[b].stretch.ending ...
// Each row is solved alone, by the programs of the field and of the events on its part of the batch (ode/events/of_row.hpp).
// A row that cannot go on has a status, and ends where it was good.                                     (internal to ode/)
#pragma once
#include <optional>
#include <vector>

#include "ode/events/of_row.hpp"    // brings: OfRow
#include "ode/events/own_rows.hpp"  // brings: RowsWithEvents
#include "ode/events/stretch.hpp"   // brings: Stretch, Hit, EventWatch

namespace costate::ode::inline COSTATE_PRECISION {

constexpr std::size_t no_event = static_cast<std::size_t>(-1);

struct RowOnNumbers {
    Stretch stretch;
    std::vector<Event<Real>> events;  // of its numbers, with resets that do nothing
    std::vector<Number> last;         // what each of them was when it was last a number
    EventWatch<Real> watch;
    RowReport report = {};
    long steps = 0, found = 0;  // of the solves that locate; events
    bool under_way = true;
    std::optional<Number> lost;  // the first time found at which one of the events is not a number

    RowOnNumbers(std::span<const Number> times, std::vector<Event<Real>> list);
    bool failed() const { return report.status != Status::ok; }
    bool goes_on() const { return !failed() && !report.stopped && !stretch.ending.empty(); }
    void fail(Status status, Number t);
    void lose_from(Number t);                                     // what was seen behind t was none
    Number looked_at(std::size_t event, Number value, Number t);  // no number is no crossing: the row is lost
    void count(const RowReport& of_part) {
        report.evaluations += of_part.evaluations;
        report.accepted += of_part.accepted;
        report.rejected += of_part.rejected;
    }
    std::size_t met(std::size_t k) const { return k < stretch.passed.size() ? stretch.passed[k].event : no_event; }
    std::size_t ends(std::size_t k) const { return k < stretch.ending.size() ? stretch.ending[k].event : no_event; }
};

class RowsOnNumbers {
public:
    explicit RowsOnNumbers(const RowsWithEvents& s);
    RowsOnNumbers(const RowsOnNumbers&) = delete;  // its events refer to it
    RowsOnNumbers& operator=(const RowsOnNumbers&) = delete;

    std::size_t size() const { return rows_.size(); }
    RowOnNumbers& operator[](std::size_t b) { return rows_[b]; }
    auto begin() { return rows_.begin(); }
    auto end() { return rows_.end(); }
    void start(std::size_t b, View z) { rows_[b].watch.start(rows_[b].stretch.t, row_of(z, b)); }
    void locate(View z);  // of those that are under way
    void land(View z);    // they came to z by the solve that is recorded

    std::span<const Real> row_of(View z, std::size_t b) const {
        return {z.data + static_cast<Index>(b) * width_, static_cast<std::size_t>(width_)};
    }
    bool is_finite(View z, std::size_t b) const;

private:
    std::vector<Event<Real>> events_of(std::size_t b);
    void locate(RowOnNumbers& row, std::size_t b, std::span<const Real> z);

    const RowsWithEvents& s_;
    const Index width_;
    std::vector<std::vector<Number>> times_;
    std::vector<OfRow> called_;  // the field, and each event
    std::vector<RowOnNumbers> rows_;
};

}  // namespace costate::ode
