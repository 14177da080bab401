#include "examples/support/plot.hpp"

#include <algorithm>
#include <cmath>

#include "examples/support/axis.hpp"  // brings: Axis::shows

namespace costate::support {

Values::Values(View tensor) {
    for (const Real number : tensor.entries()) numbers_.push_back(static_cast<double>(number));
}

Plot& Plot::line(Values x, Values y, Style style, Where at) {
    return add(Mark(Mark::a_line, std::move(x), std::move(y), std::move(style)), at);
}

Plot& Plot::scatter(Values x, Values y, Style style, Where at) {
    return add(Mark(Mark::a_scatter, std::move(x), std::move(y), std::move(style)), at);
}

Plot& Plot::between(Values x, Values low, Values high, Style style, Where at) {
    if (low.size() != x.size() || high.size() != x.size())
        fail(at, {.what = "Plot::between: the edges do not fit x",
                  .got = std::to_string(x.size()) + " x, " + std::to_string(low.size()) + " low, " +
                         std::to_string(high.size()) + " high",
                  .expected = "one low and one high for each x"});
    Mark area(Mark::an_area, std::move(x), std::move(low), std::move(style));  // there below, back above
    const std::vector<double> above = std::move(high).take();
    for (std::size_t i = above.size(); i-- > 0;) {
        area.x.push_back(double{area.x[i]});
        area.y.push_back(above[i]);
    }
    return add(std::move(area), at);
}

Plot& Plot::arrows(Values x, Values y, Values dx, Values dy, Style style, Where at) {
    if (dx.size() != x.size() || dy.size() != x.size())
        fail(at, {.what = "Plot::arrows: the directions do not fit the points",
                  .got = std::to_string(x.size()) + " points, " + std::to_string(dx.size()) + " dx, " +
                         std::to_string(dy.size()) + " dy",
                  .expected = "one dx and one dy a point"});
    Mark mark(Mark::some_arrows, std::move(x), std::move(y), std::move(style));
    mark.dx = std::move(dx).take(), mark.dy = std::move(dy).take();
    return add(std::move(mark), at);
}

Plot& Plot::field(Range x, Range y, const Slopes& slopes, Style style, Where at) {
    const Tensor points = plane_points(x, y, 17, 15), rates = slopes(points);
    if (rates.shape() != points.shape())
        fail(at, {.what = "Plot::field: the slopes do not fit the states",
                  .got = to_text(rates.shape()) + " for states " + to_text(points.shape()),
                  .expected = "dz/dt [N,2] for states z [N,2]"});
    return arrows(component(points, 0), component(points, 1), component(rates, 0), component(rates, 1),
                  std::move(style), at);
}

Plot& Plot::heat(Range x, Range y, const Tensor& table, Heat heat, Where at) {
    if (table.shape().rank() != 2 || axes_.log_x || axes_.log_y)
        fail(at, {.what = "Plot::heat: no table over linear axes",
                  .got = to_text(table.shape()) + (axes_.log_x || axes_.log_y ? " over a logarithmic axis" : ""),
                  .expected = "[rows,columns], a row for each y",
                  .fix = "tabulate(x, y, 80, f); of a positive quantity take the logarithm in f"});
    if (heat.low > heat.high) {
        heat.low = INFINITY, heat.high = -INFINITY;
        for (const Real number : table.entries())
            if (const auto value = static_cast<double>(number); std::isfinite(value))
                heat.low = std::min(heat.low, value), heat.high = std::max(heat.high, value);
        if (heat.low > heat.high) heat.low = 0, heat.high = 1;
    }
    Mark mark(Mark::a_heat, {x.low, x.high}, {y.low, y.high}, {.color = "none"});
    mark.heat = std::move(heat), mark.table = table;
    return add(std::move(mark), at);
}

Plot& Plot::contour(Range x, Range y, const Tensor& table, Values levels, Style style, Where at) {
    if (table.shape().rank() != 2)
        fail(at, {.what = "Plot::contour: no table", .got = to_text(table.shape()), .expected = "[rows,columns]"});
    Polyline all;
    for (const double level : levels.numbers()) {
        const Polyline lines = level_lines(x, y, table, level);
        all.x.insert(all.x.end(), lines.x.begin(), lines.x.end());
        all.y.insert(all.y.end(), lines.y.begin(), lines.y.end());
    }
    return line(std::move(all.x), std::move(all.y), std::move(style), at);
}

Plot& Plot::text(double x, double y, std::string words, std::string color) {
    return add(Mark(Mark::a_text, {x}, {y}, {.label = std::move(words), .color = std::move(color)}), {});
}

Plot& Plot::band(double x0, double x1, std::string label, std::string color) {
    return add(Mark(Mark::a_band, {x0, x1}, {}, {.label = std::move(label), .color = std::move(color)}), {});
}

Plot& Plot::x_range(double low, double high) { return x_range_ = {low, high}, *this; }
Plot& Plot::y_range(double low, double high) { return y_range_ = {low, high}, *this; }
Plot& Plot::names_on_x(std::vector<std::string> names) { return names_on_x_ = std::move(names), *this; }

const Plot::Mark* Plot::heat_map() const {
    const Mark* last = nullptr;
    for (const Mark& mark : marks_)
        if (mark.kind == Mark::a_heat) last = &mark;
    return last;
}

Plot& Plot::add(Mark mark, Where at) {
    if (mark.kind != Mark::a_band && mark.x.size() != mark.y.size())
        fail(at, {.what = "Plot: x and y differ in length",
                  .got = std::to_string(mark.x.size()) + " x and " + std::to_string(mark.y.size()) + " y",
                  .expected = "one y for each x"});
    if (mark.style.color.empty()) mark.style.color = palette(colors_used_++);
    marks_.push_back(std::move(mark));
    return *this;
}

Range Plot::range(Range given, std::vector<double> Mark::*values, bool log, double margin) const {
    if (given.low <= given.high) return given;
    const Axis axis{0, 1, 0, 1, log};
    Range seen{INFINITY, -INFINITY};
    for (const Mark& mark : marks_)
        for (const double value : mark.*values)
            if (axis.shows(value)) seen = {std::min(seen.low, value), std::max(seen.high, value)};
    if (heat_map()) margin = 0;  // it fills the panel
    if (log && seen.low <= seen.high) {
        const double factor = std::pow(seen.high / seen.low, margin);
        return {seen.low / factor, seen.high * factor};
    }
    const double more = margin * (seen.high - seen.low);
    return seen.low <= seen.high ? Range{seen.low - more, seen.high + more} : Range{};
}

}  // namespace costate::support
