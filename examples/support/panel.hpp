// examples/support/panel.hpp — one plot in its place on the sheet
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "examples/support/axis.hpp"  // brings: Axis, Tick
#include "examples/support/plot.hpp"  // brings: Plot

namespace costate::support {

using Pixels = std::vector<std::pair<double, double>>;

// Without the points that lie within `tolerance` pixels of the line that is drawn without them.
// source   Ramer 1972; Douglas & Peucker 1973
Pixels simplified(const Pixels& line, double tolerance);

class Panel {
public:
    // Between these corners are the axes; a heat map whose units are equal takes no more of it than it fills.
    Panel(const Plot& plot, double x0, double y0, double x1, double y1);

    double widest_label() const;  // of the ticks of y, in pixels
    double right() const { return x1_; }
    double top() const { return y0_; }
    std::string svg(const std::string& id) const;

private:
    std::vector<Tick> ticks_x() const;
    std::vector<Tick> ticks_y() const;
    std::string rectangle(double from, double to) const;
    std::string grid() const;
    std::string drawn(const Plot::Mark& mark) const;
    bool shows(const Plot::Mark& mark, std::size_t i) const { return x_.shows(mark.x[i]) && y_.shows(mark.y[i]); }
    Pixels pixels(const Plot::Mark& mark) const;
    std::string line(const Plot::Mark& mark) const;
    std::string scatter(const Plot::Mark& mark) const;
    std::string arrows(const Plot::Mark& mark) const;
    std::string heat(const Plot::Mark& mark) const;
    std::string band(const Plot::Mark& mark) const;

    const Plot& plot_;
    double x0_, y0_, x1_, y1_;
    Axis x_{}, y_{};
};

// The colour bar of a heat map, from y0 down to y1, and the pixels that it takes beside the axes.
std::string color_bar(const Plot::Mark& heat, double x, double y0, double y1);
double color_bar_width(const Plot& plot, double height);

}  // namespace costate::support
