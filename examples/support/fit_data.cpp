#include "examples/support/fit_data.hpp"

#include <cmath>

#include "examples/support/dates.hpp"  // brings: date_text

namespace costate::support {

namespace {

std::vector<Index> seen_of(const Sequences& table, double fraction) {
    std::vector<Index> seen;
    for (const Sequence& s : table.list) {
        const Index rows = s.rows();
        seen.push_back(
            std::clamp<Index>(std::lround(fraction * static_cast<double>(rows)), std::min<Index>(3, rows), rows));
    }
    return seen;
}

using Columns = std::vector<std::vector<double>>;
Columns first_rows(const Sequences& table, const std::vector<Index>& seen, Columns Sequence::*kind, std::size_t count) {
    Columns columns(count);
    for (std::size_t b = 0; b < table.list.size(); ++b)
        for (std::size_t j = 0; j < count; ++j) {
            const std::vector<double>& column = (table.list[b].*kind)[j];
            columns[j].insert(columns[j].end(), column.begin(), column.begin() + seen[b]);
        }
    return columns;
}

void require_logarithms(const Sequences& table, Where at) {
    for (const Sequence& s : table.list)
        for (std::size_t j = 0; j < table.names.size(); ++j)
            for (std::size_t i = 0; i < s.times.size(); ++i)
                if (!std::isnan(s.y[j][i]))
                    require_logarithm(
                        s.y[j][i], table.names[j],
                        table.time_name + " " + (table.dates ? date_text(s.times[i]) : number_text(s.times[i])), at);
}

FitUnits units_of(const Sequences& table, const std::vector<Index>& seen, bool log, Where at) {
    if (log) require_logarithms(table, at);
    FitUnits units;
    units.states = scaling_of(table.names, first_rows(table, seen, &Sequence::y, table.names.size()), log, at);
    units.inputs =
        scaling_of(table.input_names, first_rows(table, seen, &Sequence::u, table.input_names.size()), false, at);
    double longest = 0;
    units.origin = table.list.front().times.front();
    for (std::size_t b = 0; b < seen.size(); ++b) {
        const std::vector<double>& times = table.list[b].times;
        units.origin = std::min(units.origin, times.front());
        longest = std::max(longest, times[static_cast<std::size_t>(seen[b]) - 1] - times.front());
    }
    units.unit = longest / 10;
    return units;
}

// Straight lines over the gaps, the nearest number at the ends.
std::vector<double> bridged(const std::vector<double>& times, std::vector<double> u) {
    std::size_t last = u.size();  // the number before; u.size(): none yet
    for (std::size_t i = 0; i < u.size(); ++i) {
        if (std::isnan(u[i])) continue;
        for (std::size_t k = last < i ? last + 1 : 0; k < i; ++k) {
            const double share = last < i ? (times[k] - times[last]) / (times[i] - times[last]) : 1;
            u[k] = last < i ? u[last] + share * (u[i] - u[last]) : u[i];
        }
        last = i;
    }
    for (std::size_t k = last; k < u.size(); ++k) u[k] = u[last];
    return u;
}

}  // namespace

FitData::FitData(Sequences given_table, double fraction, bool log, Where at)
    : table(std::move(given_table)), seen(seen_of(table, fraction)), units(units_of(table, seen, log, at)) {
    fill(at);
}

FitData::FitData(Sequences given_table, double fraction, FitUnits given, Where at)
    : table(std::move(given_table)), seen(seen_of(table, fraction)), units(std::move(given)) {
    if (units.states.log) require_logarithms(table, at);
    fill(at);
}

void FitData::fill(Where at) {
    const Index batch = sequences(), columns_count = columns(), input_columns = inputs_count();
    Index rows = 0;
    for (const Sequence& s : table.list) rows = std::max(rows, s.rows());
    z = Tensor({rows, batch, columns_count}), mask = Tensor({rows, batch, columns_count});
    knots = Tensor({batch, rows}), inputs = Tensor({batch, rows, input_columns});
    for (Index b = 0; b < batch; ++b) {
        const Sequence& s = table.list[static_cast<std::size_t>(b)];
        std::vector<double> clock;
        for (const double time : s.times) clock.push_back(units.clock(time));
        for (Index i = 0; i < rows; ++i)  // knots go on beyond the end, where the last value holds
            knots(b, i) = static_cast<Real>(i < s.rows() ? clock[static_cast<std::size_t>(i)]
                                                         : clock.back() + static_cast<double>(1 + i - s.rows()));
        for (Index j = 0; j < columns_count; ++j)
            for (Index i = 0; i < s.rows(); ++i) {
                const double y = s.y[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
                if (std::isnan(y)) continue;
                z(i, b, j) = static_cast<Real>(units.states.scaled(y, j));
                mask(i, b, j) = 1;
            }
        for (Index j = 0; j < input_columns; ++j) {
            const std::vector<double> u = bridged(s.times, s.u[static_cast<std::size_t>(j)]);
            if (std::isnan(u.front()))
                fail(at, {.what = "observations: an input holds no number",
                          .got = "gaps only, in '" + table.input_names[static_cast<std::size_t>(j)] + "' of '" +
                                 s.name + "'"});
            for (Index i = 0; i < rows; ++i)
                inputs(b, i, j) =
                    static_cast<Real>(units.inputs.scaled(u[static_cast<std::size_t>(std::min(i, s.rows() - 1))], j));
        }
        all_times.push_back(std::move(clock));
    }
}

Index FitData::seen_rows() const {
    Index count = 0;
    for (const Index of_one : seen) count += of_one;
    return count;
}

Lists FitData::times(Index rows) const {
    Lists lists;
    for (std::size_t b = 0; b < seen.size(); ++b)
        lists.emplace_back(all_times[b].begin(), all_times[b].begin() + std::min(rows, seen[b]));
    return lists;
}

Tensor FitData::mask_of(Index rows) const {
    Tensor counts(mask.rows(0, rows));
    for (Index b = 0; b < sequences(); ++b)
        for (Index i = std::min(rows, seen[static_cast<std::size_t>(b)]); i < rows; ++i)
            for (Index j = 0; j < columns(); ++j) counts(i, b, j) = 0;
    return counts;
}

Tensor FitData::counted(bool of_held_out) const {
    Tensor counts = mask;
    for (Index b = 0; b < sequences(); ++b)
        for (Index i = 0; i < longest(); ++i)
            for (Index j = 0; j < columns(); ++j)
                if ((i >= seen[static_cast<std::size_t>(b)]) != of_held_out) counts(i, b, j) = 0;
    return counts;
}

Tensor FitData::start(Index states) const {
    Tensor first({sequences(), states});
    for (Index b = 0; b < sequences(); ++b)
        for (Index j = 0; j < columns(); ++j)
            for (Index i = seen[static_cast<std::size_t>(b)] - 1; i >= 0; --i)
                if (mask(i, b, j) != 0) first(b, j) = z(i, b, j);
    return first;
}

std::string FitData::time_text(double time) const { return table.dates ? date_text(time) : number_text(time); }

}  // namespace costate::support
