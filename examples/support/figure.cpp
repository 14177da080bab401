#include "examples/support/figure.hpp"

#include <algorithm>
#include <span>

namespace costate::support {

namespace {

constexpr const char *dark = "#1f2933", *pale = "#9aa3ad";

// Observed points of a plane, or of one column over time.
void add_dots(Plot& plot, std::span<const double> x, std::span<const double> y, Index seen_rows,
              const std::string& color, const std::string& label) {
    const auto seen = static_cast<std::size_t>(seen_rows);
    const double width = dot_width(x.size());
    plot.scatter(x.first(seen), y.first(seen), {.label = label, .color = color, .width = width});
    if (seen == x.size()) return;
    plot.scatter(x.subspan(seen), y.subspan(seen),
                 {.label = label + ", not seen", .color = color, .width = width, .opacity = 0.5});
}

}  // namespace

double dot_width(std::size_t points) { return points <= 60 ? 2.1 : points <= 400 ? 1.4 : 0.8; }

std::vector<double> grid(double low, double high, int n) {
    std::vector<double> points;
    for (int i = 0; i <= n; ++i) points.push_back(low + (high - low) * i / n);
    return points;
}

void add_observed(Plot& plot, const Observations& data, Index j, const std::string& color, const std::string& label) {
    add_dots(plot, data.times, data.scaling.column(data.z, j), data.seen, color, label);
}

Plot phase_plane(const Observations& data, const Tensor& path, std::size_t forecast,
                 const std::function<Tensor(const Tensor&)>& slopes, const std::string& model) {
    const Scaling& scaling = data.scaling;
    Plot plane({.title = "The learned field",
                .x = data.names[0],
                .y = data.names[1],
                .log_x = scaling.log,
                .log_y = scaling.log});

    double low[2], high[2];  // of all that is shown, with a margin
    for (const Index j : {0, 1}) {
        low[j] = high[j] = 0;
        for (const Tensor* shown : {&path, &data.z})
            for (Index i = j; i < shown->size(); i += 2) {
                low[j] = std::min(low[j], static_cast<double>((*shown)[i]));
                high[j] = std::max(high[j], static_cast<double>((*shown)[i]));
            }
        const double margin = 0.08 * (high[j] - low[j]);
        low[j] -= margin, high[j] += margin;
    }
    const Tensor points = plane_points({low[0], high[0]}, {low[1], high[1]}, 17, 15);
    const Tensor rates = slopes(points);
    std::vector<double> across, up;  // on logarithmic axes: of the logs
    for (Index i = 0; i < points.shape()[0]; ++i) {
        across.push_back(static_cast<double>(rates(i, 0) * scaling.deviation[0]));
        up.push_back(static_cast<double>(rates(i, 1) * scaling.deviation[1]));
    }
    const auto x = scaling.column(path, 0), y = scaling.column(path, 1);
    const std::span<const double> path_x(x), path_y(y);
    plane.arrows(scaling.column(points, 0), scaling.column(points, 1), across, up,
                 {.label = "dz/dt", .color = pale, .width = 1.4});
    add_dots(plane, scaling.column(data.z, 0), scaling.column(data.z, 1), data.seen, dark, "observed");
    plane.line(path_x.first(forecast + 1), path_y.first(forecast + 1),
               {.label = model, .color = "#009e73", .width = 2.6});
    if (forecast + 1 < x.size())
        plane.line(path_x.subspan(forecast), path_y.subspan(forecast),
                   {.label = "its forecast", .color = "#cc79a7", .width = 2.6});
    return plane;
}

}  // namespace costate::support
