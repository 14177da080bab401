#include "examples/support/plot.hpp"

#include <algorithm>
#include <cmath>

#include "examples/support/axis.hpp"  // brings: Axis::shows

namespace costate::support {

std::string palette(std::size_t i) {
    static const char* const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#333333"};
    return colors[i % 7];
}

Plot& Plot::line(Values x, Values y, Style style, Where at) {
    return add({Mark::a_line, {x.begin(), x.end()}, {y.begin(), y.end()}, {}, {}, std::move(style)}, at);
}

Plot& Plot::scatter(Values x, Values y, Style style, Where at) {
    return add({Mark::a_scatter, {x.begin(), x.end()}, {y.begin(), y.end()}, {}, {}, std::move(style)}, at);
}

Plot& Plot::arrows(Values x, Values y, Values dx, Values dy, Style style, Where at) {
    if (dx.size() != x.size() || dy.size() != x.size())
        fail({.what = "Plot::arrows: the directions do not fit the points",
              .got = std::to_string(x.size()) + " points, " + std::to_string(dx.size()) + " dx, " +
                     std::to_string(dy.size()) + " dy",
              .expected = "one dx and one dy a point"},
             at);
    return add({Mark::some_arrows,
                {x.begin(), x.end()},
                {y.begin(), y.end()},
                {dx.begin(), dx.end()},
                {dy.begin(), dy.end()},
                std::move(style)},
               at);
}

Plot& Plot::band(double x0, double x1, std::string label, std::string color) {
    return add({Mark::a_band, {x0, x1}, {}, {}, {}, {.label = std::move(label), .color = std::move(color)}}, {});
}

Plot& Plot::x_range(double low, double high) { return x_range_ = {low, high}, *this; }
Plot& Plot::y_range(double low, double high) { return y_range_ = {low, high}, *this; }

Plot& Plot::add(Mark mark, Where at) {
    if (mark.kind != Mark::a_band && mark.x.size() != mark.y.size())
        fail({.what = "Plot: x and y differ in length",
              .got = std::to_string(mark.x.size()) + " x and " + std::to_string(mark.y.size()) + " y",
              .expected = "one y for each x"},
             at);
    if (mark.style.color.empty()) mark.style.color = palette(colors_used_++);
    marks_.push_back(std::move(mark));
    return *this;
}

Plot::Range Plot::range(Range given, std::vector<double> Mark::*values, bool log, double margin) const {
    if (given.low <= given.high) return given;
    const Axis axis{0, 1, 0, 1, log};
    Range seen{INFINITY, -INFINITY};
    for (const Mark& mark : marks_)
        for (const double value : mark.*values)
            if (axis.shows(value)) seen = {std::min(seen.low, value), std::max(seen.high, value)};
    if (log && seen.low <= seen.high) {
        const double factor = std::pow(seen.high / seen.low, margin);
        return {seen.low / factor, seen.high * factor};
    }
    const double more = margin * (seen.high - seen.low);
    return seen.low <= seen.high ? Range{seen.low - more, seen.high + more} : Range{};
}

}  // namespace costate::support
