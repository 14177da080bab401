#include "examples/support/observations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace costate::support {

namespace {

void require_logs(const Series& series, Where at) {
    const Index columns = series.values.shape()[1];
    for (Index i = 0; i < series.values.size(); ++i)
        require_logarithm(static_cast<double>(series.values[i]), series.names[static_cast<std::size_t>(i % columns)],
                          series.time_name + " " + number_text(series.times[static_cast<std::size_t>(i / columns)]),
                          at);
}

Scaling scaling_of_series(const Series& series, Index seen, bool log, Where at) {
    if (log) require_logs(series, at);
    std::vector<std::vector<double>> columns(series.names.size());
    for (Index i = 0; i < seen * std::ssize(columns); ++i)
        columns[static_cast<std::size_t>(i % std::ssize(columns))].push_back(static_cast<double>(series.values[i]));
    return scaling_of(series.names, columns, log, at);
}

}  // namespace

void require_logarithm(double y, const std::string& name, const std::string& when, Where at) {
    if (y > 0) return;
    fail(at, {.what = "observations: '" + name + "' has no logarithm everywhere",
              .got = number_text(y) + " at " + when,
              .expected = "numbers above 0",
              .fix = "fit the numbers themselves, not their logs"});
}

Scaling scaling_of(const std::vector<std::string>& names, const std::vector<std::vector<double>>& columns, bool log,
                   Where at) {
    const Index count = std::ssize(columns);
    Scaling scaling{log, Tensor({count}), Tensor({count})};
    for (Index j = 0; j < count; ++j) {
        const std::string& name = names[static_cast<std::size_t>(j)];
        std::vector<double> halves;  // of u: the difference of two halves is finite
        for (const double y : columns[static_cast<std::size_t>(j)])
            if (!std::isnan(y)) halves.push_back((log ? std::log(y) : y) / 2);
        if (halves.empty())
            fail(at, {.what = "observations: '" + name + "' holds no number",
                      .got = "gaps in all rows that are trained on",
                      .expected = "a quantity with a course in time",
                      .fix = "leave that column out"});
        const double low = *std::min_element(halves.begin(), halves.end()),
                     range = *std::max_element(halves.begin(), halves.end()) - low,
                     resolution = 8 * std::numeric_limits<Real>::epsilon();
        if (!(range > resolution * std::max(std::fabs(low), std::fabs(low + range))))
            fail(at, {.what = "observations: '" + name + "' does not change",
                      .got = number_text(log ? std::exp(2 * low) : 2 * low) + " in all " +
                             std::to_string(halves.size()) + " rows that are trained on",
                      .expected = "a quantity with a course in time",
                      .fix = "leave that column out"});
        const double n = static_cast<double>(halves.size());
        double sum = 0, squares = 0;  // of parts of the range, from 0 to 1: nothing overflows, whatever the unit
        for (const double half : halves) sum += (half - low) / range;
        for (const double half : halves) squares += std::pow((half - low) / range - sum / n, 2);
        scaling.mean[j] = static_cast<Real>(2 * (low + range * (sum / n)));
        scaling.deviation[j] = static_cast<Real>(2 * (range * std::sqrt(squares / n)));
    }
    return scaling;
}

double Scaling::scaled(double y, Index j) const {
    const double u = log ? std::log(y) : y, mean_j = static_cast<double>(mean[j]);
    return (u / 2 - mean_j / 2) / (static_cast<double>(deviation[j]) / 2);
}

double Scaling::unscaled(double z, Index j) const {
    const double u = static_cast<double>(mean[j]) + static_cast<double>(deviation[j]) * z;
    return log ? std::exp(u) : u;
}

std::vector<double> Scaling::column(View z, Index j) const {
    std::vector<double> y;
    for (Index i = j; i < z.size(); i += mean.size()) y.push_back(unscaled(static_cast<double>(z[i]), j));
    return y;
}

double Scaling::rmse(View model, View observed, Index first, Index last) const {
    const Index columns = mean.size();
    double squares = 0, unit = 0;  // the largest deviation: the squares of large numbers overflow, of small ones vanish
    for (const Real entry : deviation.entries()) unit = std::max(unit, static_cast<double>(entry));
    for (Index i = first * columns; i < last * columns; ++i) {
        const double error = static_cast<double>(model[i]) - static_cast<double>(observed[i]);
        squares += std::pow(error * (static_cast<double>(deviation[i % columns]) / unit), 2);
    }
    return unit * std::sqrt(squares / static_cast<double>((last - first) * columns));
}

Observations::Observations(const Series& series, Index seen_rows, bool log, Where at)
    : Observations(series, seen_rows, scaling_of_series(series, seen_rows, log, at), at) {}

Observations::Observations(const Series& series, Index seen_rows, Scaling given, Where at)
    : time_name(series.time_name),
      names(series.names),
      times(series.times),
      seen(seen_rows),
      scaling(std::move(given)),
      z(series.values) {
    if (scaling.log) require_logs(series, at);
    const Index columns = scaling.mean.size();
    z = series.values.reshaped({series.values.shape()[0], 1, columns});
    for (Index i = 0; i < z.size(); ++i)
        z[i] = static_cast<Real>(scaling.scaled(static_cast<double>(z[i]), i % columns));
}

}  // namespace costate::support
