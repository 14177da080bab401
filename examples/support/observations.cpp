#include "examples/support/observations.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace costate::support {

namespace {

void require_logs(const Series& series, Where at) {
    const Index columns = series.values.shape()[1];
    for (Index i = 0; i < series.values.size(); ++i)
        if (series.values[i] <= 0)
            fail({.what = "observations: '" + series.names[static_cast<std::size_t>(i % columns)] +
                          "' has no logarithm everywhere",
                  .got = number_text(static_cast<double>(series.values[i])) + " at " + series.time_name + " " +
                         number_text(series.times[static_cast<std::size_t>(i / columns)]),
                  .expected = "numbers above 0",
                  .fix = "fit the numbers themselves, not their logs"},
                 at);
}

Scaling scaling_of(const Series& series, Index seen, bool log, Where at) {
    if (log) require_logs(series, at);
    const Index columns = series.values.shape()[1];
    Scaling scaling{log, Tensor({columns}), Tensor({columns})};
    for (Index j = 0; j < columns; ++j) {
        double sum = 0, squares = 0;
        for (Index i = 0; i < seen; ++i) {
            const auto y = static_cast<double>(series.values(i, j));
            const double u = log ? std::log(y) : y;
            sum += u;
            squares += u * u;
        }
        const double n = static_cast<double>(seen), mean = sum / n;
        const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
        if (!(deviation > 1e-6 * std::fabs(mean)))
            fail({.what = "observations: '" + series.names[static_cast<std::size_t>(j)] + "' does not change",
                  .got = number_text(log ? std::exp(mean) : mean) + " in all " + std::to_string(seen) +
                         " rows that are trained on",
                  .expected = "a quantity with a course in time",
                  .fix = "leave that column out"},
                 at);
        scaling.mean[j] = static_cast<Real>(mean);
        scaling.deviation[j] = static_cast<Real>(deviation);
    }
    return scaling;
}

}  // namespace

std::vector<double> Scaling::column(View z, Index j) const {
    std::vector<double> y;
    for (Index i = j; i < z.size(); i += mean.size()) {
        const auto u = static_cast<double>(mean[j] + deviation[j] * z[i]);
        y.push_back(log ? std::exp(u) : u);
    }
    return y;
}

double Scaling::rmse(View model, View observed, Index first, Index last) const {
    const Index columns = mean.size();
    double squares = 0;
    for (Index i = first * columns; i < last * columns; ++i) {
        const auto error = static_cast<double>((model[i] - observed[i]) * deviation[i % columns]);
        squares += error * error;
    }
    return std::sqrt(squares / static_cast<double>((last - first) * columns));
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
    for (Index i = 0; i < z.size(); ++i)
        z[i] = ((scaling.log ? std::log(z[i]) : z[i]) - scaling.mean[i % columns]) / scaling.deviation[i % columns];
}

}  // namespace costate::support
