// examples/support/plot.hpp — what to draw: lines, points, arrows and bands over a pair of axes
//   Plot plot({.title = "Fit", .x = "t", .y = "z"});
//   plot.band(8, INFINITY, "forecast").line(t, z, {.label = "model"}).scatter(t, data, {.label = "data"});
// A point with a coordinate that is not finite (on a logarithmic axis: not positive) is left out; its line breaks.
// Ranges are those of the data with a small margin, unless x_range or y_range says otherwise.
// source   colours: Okabe & Ito, "Color Universal Design" (2008): colour-blind readers can tell them apart
// see      examples/support/svg.hpp, which draws it
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"  // brings: Where

namespace costate::support {

std::string palette(std::size_t i);  // the colour of the i-th series; repeats after seven

struct Style {
    std::string label = {};  // shown in the legend, if any
    std::string color = {};  // empty: the next of the palette
    double width = 2;        // of a line, in pixels; a scattered point has twice this radius
    bool dashed = false;
    double opacity = 1;
};

struct Axes {
    std::string title = {}, x = {}, y = {};
    bool log_x = false, log_y = false;
    bool equal = false;  // one unit has the same length on both axes
};

class Plot {
public:
    using Values = std::span<const double>;

    explicit Plot(Axes axes = {}) : axes_(std::move(axes)) {}
    Plot& line(Values x, Values y, Style style = {}, Where at = {});
    Plot& scatter(Values x, Values y, Style style = {}, Where at = {});
    Plot& arrows(Values x, Values y, Values dx, Values dy, Style style = {.color = "#9aa3ad", .width = 1.2},
                 Where at = {});
    Plot& band(double x0, double x1, std::string label = {},
               std::string color = "#e9edf2");  // shaded, over the whole height
    Plot& x_range(double low, double high);
    Plot& y_range(double low, double high);

    struct Range {
        double low = 1, high = 0;  // low > high: nothing
    };
    struct Mark {
        enum Kind { a_line, a_scatter, some_arrows, a_band } kind;
        std::vector<double> x, y, dx, dy;
        Style style;
    };
    const Axes& axes() const { return axes_; }
    const std::vector<Mark>& marks() const { return marks_; }
    Range x_range() const { return range(x_range_, &Mark::x, axes_.log_x, 0.02); }
    Range y_range() const { return range(y_range_, &Mark::y, axes_.log_y, 0.06); }

private:
    Plot& add(Mark mark, Where at);
    Range range(Range given, std::vector<double> Mark::*values, bool log, double margin) const;

    Axes axes_;
    std::vector<Mark> marks_;
    Range x_range_, y_range_;
    std::size_t colors_used_ = 0;
};

}  // namespace costate::support
