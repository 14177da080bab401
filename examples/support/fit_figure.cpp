#include "examples/support/fit_figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "examples/support/figure.hpp"  // brings: phase_plane, dot_width
#include "examples/support/plane.hpp"   // brings: component

namespace costate::support {

namespace {

constexpr std::size_t most_labels = 6, longest_label = 24;

std::string short_name(const std::string& name) {  // cut between characters
    if (name.size() <= longest_label) return name;
    std::size_t end = longest_label - 1;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    return name.substr(0, end) + "…";
}

// Times far from 0, such as seconds since 1970, are shown from a round number on, which the axis is named after.
double round_origin(const FitData& data) {
    double low = INFINITY, high = -INFINITY;
    for (const Sequence& s : data.table.list)
        low = std::min(low, s.times.front()), high = std::max(high, s.times.back());
    const double unit = std::pow(10, std::ceil(std::log10(high - low)));
    return data.table.dates || std::fabs(low) < std::max(1e6, 100 * (high - low)) ? 0 : unit * std::floor(low / unit);
}

std::string name_of_time(const FitData& data, double origin) {
    if (origin == 0) return data.table.time_name;
    char text[64];
    std::snprintf(text, sizeof text, origin > 0 ? " − %.0f" : " + %.0f", std::fabs(origin));
    return data.table.time_name + text;
}

struct Dots {
    std::vector<double> x, y;
    void add_to(Plot& plot, const std::string& label, const std::string& color, double width, double opacity) {
        if (!x.empty())
            plot.scatter(std::move(x), std::move(y),
                         {.label = label, .color = color, .width = width, .opacity = opacity});
    }
};

void add_points(Plot& plot, const FitData& data, std::size_t b, std::size_t j, double origin,
                const std::string& color) {
    const Sequence& s = data.table.list[b];
    Dots seen, others;
    for (std::size_t i = 0; i < s.times.size(); ++i)
        if (const double y = s.y[j][i]; !std::isnan(y)) {
            Dots& dots = static_cast<Index>(i) < data.seen[b] ? seen : others;
            dots.x.push_back(s.times[i] - origin), dots.y.push_back(y);
        }
    const bool alone = data.sequences() == 1;
    const auto rows = static_cast<std::size_t>(data.table.rows());
    const double width = dot_width(rows), pale = rows > 400 ? 0.45 : alone ? 1 : 0.8;  // the curve lies over them
    seen.add_to(plot, alone ? "observed" : "", color, width, pale);
    others.add_to(plot, alone ? "held out" : "", color, width, pale / 2);
}

Plot course(const FitData& data, const FitCurve& curve, std::size_t j, const std::string& model) {
    const bool alone = data.sequences() == 1, log = data.units.states.log;
    const double origin = round_origin(data);
    Plot plot(
        {.title = data.table.names[j], .x = name_of_time(data, origin), .log_y = log, .dates_x = data.table.dates});
    if (alone && data.held_out())
        plot.band(data.table.list[0].times[static_cast<std::size_t>(data.seen[0]) - 1] - origin, INFINITY, "forecast");
    const auto colour = [&](std::size_t b) { return palette(alone ? j % 2 : b); };
    for (std::size_t b = 0; b < data.table.list.size(); ++b) add_points(plot, data, b, j, origin, colour(b));
    for (std::size_t b = 0; b < data.table.list.size(); ++b) {
        std::vector<double> times, y;
        for (const double t : curve.times[b]) times.push_back(data.units.time(t) - origin);
        for (const double z : component(curve.z, static_cast<Index>(j), static_cast<Index>(b)))
            y.push_back(data.units.states.unscaled(z, static_cast<Index>(j)));
        plot.line(std::move(times), std::move(y),
                  {.label = alone             ? model
                            : b < most_labels ? short_name(data.table.list[b].name)
                                              : "",
                   .color = alone ? palette(2) : colour(b),
                   .width = 2.4});
    }
    return plot;
}

// The rows of the first sequence in which nothing is missing.
Observations complete_rows(const FitData& data) {
    const Sequence& s = data.table.list.front();
    Series series{data.table.time_name, data.table.names, {}, {}};
    std::vector<double> values;
    Index seen = 0;
    for (std::size_t i = 0; i < s.times.size(); ++i) {
        if (std::isnan(s.y[0][i]) || std::isnan(s.y[1][i])) continue;
        series.times.push_back(s.times[i]);
        values.push_back(s.y[0][i]), values.push_back(s.y[1][i]);
        if (static_cast<Index>(i) < data.seen[0]) ++seen;
    }
    series.values = Tensor({std::ssize(series.times), 2}, std::span<const double>(values));
    return {series, seen, data.units.states};
}

}  // namespace

std::vector<Plot> fit_panels(const FitSettings& s, const FitModel& model, const FitData& data, const FitCurve& curve) {
    const std::string name = s.law.empty() ? "neural ODE" : s.law;
    std::vector<Plot> panels;
    for (std::size_t j = 0; j < data.table.names.size(); ++j) panels.push_back(course(data, curve, j, name));
    if (data.sequences() == 1 && data.columns() == 2 && model.field.states() == 2 && model.field.autonomous()) {
        const double last_seen = data.all_times[0][static_cast<std::size_t>(data.seen[0]) - 1];
        const auto& times = curve.times[0];
        const auto forecast =
            static_cast<std::size_t>(std::lower_bound(times.begin(), times.end() - 1, last_seen) - times.begin());
        const auto slopes = [&](const Tensor& z) { return model.slopes(Tensor::scalar(0), z); };
        panels.push_back(phase_plane(complete_rows(data), curve.z, forecast, slopes, name));
    }
    return panels;
}

}  // namespace costate::support
