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
        if (series.values[i] <= 0)
            fail(at, {.what = "observations: '" + series.names[static_cast<std::size_t>(i % columns)] +
                              "' has no logarithm everywhere",
                      .got = number_text(static_cast<double>(series.values[i])) + " at " + series.time_name + " " +
                             number_text(series.times[static_cast<std::size_t>(i / columns)]),
                      .expected = "numbers above 0",
                      .fix = "fit the numbers themselves, not their logs"});
}

Scaling scaling_of(const Series& series, Index seen, bool log, Where at) {
    if (log) require_logs(series, at);
    const Index columns = series.values.shape()[1];
    Scaling scaling{log, Tensor({columns}), Tensor({columns})};
    for (Index j = 0; j < columns; ++j) {
        const auto half = [&](Index i) {  // of u: the difference of two halves is finite
            const auto y = static_cast<double>(series.values(i, j));
            return (log ? std::log(y) : y) / 2;
        };
        double low = half(0), high = low;
        for (Index i = 1; i < seen; ++i) low = std::min(low, half(i)), high = std::max(high, half(i));
        const double range = high - low, resolution = 8 * std::numeric_limits<Real>::epsilon();
        if (!(range > resolution * std::max(std::fabs(low), std::fabs(high))))
            fail(at, {.what = "observations: '" + series.names[static_cast<std::size_t>(j)] + "' does not change",
                      .got = number_text(static_cast<double>(series.values(0, j))) + " in all " + std::to_string(seen) +
                             " rows that are trained on",
                      .expected = "a quantity with a course in time",
                      .fix = "leave that column out"});
        const double n = static_cast<double>(seen);
        double sum = 0, squares = 0;  // of parts of the range, from 0 to 1: nothing overflows, whatever the unit
        for (Index i = 0; i < seen; ++i) sum += (half(i) - low) / range;
        for (Index i = 0; i < seen; ++i) squares += std::pow((half(i) - low) / range - sum / n, 2);
        scaling.mean[j] = static_cast<Real>(2 * (low + range * (sum / n)));
        scaling.deviation[j] = static_cast<Real>(2 * (range * std::sqrt(squares / n)));
    }
    return scaling;
}

}  // namespace

std::vector<double> Scaling::column(View z, Index j) const {
    std::vector<double> y;
    for (Index i = j; i < z.size(); i += mean.size()) {
        const double u = static_cast<double>(mean[j]) + static_cast<double>(deviation[j]) * static_cast<double>(z[i]);
        y.push_back(log ? std::exp(u) : u);
    }
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
    : Observations(series, seen_rows, scaling_of(series, seen_rows, log, at), at) {}

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
    for (Index i = 0; i < z.size(); ++i) {
        const auto y = static_cast<double>(z[i]), u = scaling.log ? std::log(y) : y;
        const auto mean = static_cast<double>(scaling.mean[i % columns]);
        z[i] = static_cast<Real>((u / 2 - mean / 2) / (static_cast<double>(scaling.deviation[i % columns]) / 2));
    }
}

}  // namespace costate::support
