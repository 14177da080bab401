// examples/support/plot.hpp — what to draw: lines, points, bands, arrows, heat maps and level lines over a pair of axes
//   Plot course({.title = "Fit", .x = "t", .y = "z"});
//   course.between(t, low, high, {.label = "± sd"}).line(t, mean, {.label = "model"}).scatter(t, data, {.label = "data"});
//   Plot plane({.title = "Learned", .x = "u", .y = "v", .equal = true});
//   plane.field({-2, 2}, {-2, 2}, [&](const Tensor& z) { return net(0, z); }).line(component(z, 0), component(z, 1));
//   plane.heat(x, y, tabulate(x, y, 80, error), {.label = "error"}).contour(x, y, tabulate(x, y, 80, net), {0});
// Numbers may be a list, a vector, a span or a Tensor (examples/support/plane.hpp has component, tabulate).
// A point with a coordinate that is not finite (on a logarithmic axis: not positive) is left out; its line breaks.
// Ranges are those of the data with a small margin, unless x_range or y_range says otherwise. Marks are drawn in order.
// source   colours: Okabe & Ito, "Color Universal Design" (2008): colour-blind readers can tell them apart
// see      examples/support/svg.hpp, which draws it
#pragma once
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"               // brings: Where
#include "core/tensor.hpp"              // brings: Tensor, View
#include "examples/support/colors.hpp"  // brings: palette, ColorMap
#include "examples/support/plane.hpp"   // brings: Range, component, tabulate

namespace costate::support {

class Values {
public:
    Values() = default;
    Values(std::initializer_list<double> list) : numbers_(list) {}
    Values(std::vector<double> list) : numbers_(std::move(list)) {}
    Values(std::span<const double> list) : numbers_(list.begin(), list.end()) {}
    Values(std::span<double> list) : numbers_(list.begin(), list.end()) {}
    Values(View tensor);  // its entries, in order
    Values(const Tensor& tensor) : Values(View(tensor)) {}

    std::size_t size() const { return numbers_.size(); }
    std::vector<double> take() && { return std::move(numbers_); }
    const std::vector<double>& numbers() const { return numbers_; }

private:
    std::vector<double> numbers_;
};

struct Style {
    std::string label = {};  // shown in the legend, if any
    std::string color = {};  // empty: the next of the palette
    double width = 2;        // of a line, in pixels; a scattered point has twice this radius
    bool dashed = false;
    double opacity = 1;
};

struct Axes {
    std::string title = {}, x = {}, y = {};
    bool log_x = false, log_y = false;  // and their names say so
    bool dates_x = false;               // x counts days since 1970-01-01
    bool equal = false;                 // one unit has the same length on both axes
};

struct Heat {
    std::string label = {};            // of the colour bar
    ColorMap map = ColorMap::viridis;  // or diverging, or pale (for regions behind points)
    double low = 1, high = 0;          // what the ends of the map mean; low > high: the table's smallest and largest
    bool bar = true;                   // beside the panel
};

class Plot {
public:
    using Range = support::Range;
    using Slopes = std::function<Tensor(const Tensor&)>;  // states [N,2] -> dz/dt [N,2]

    explicit Plot(Axes axes = {}) : axes_(std::move(axes)) {}
    Plot& line(Values x, Values y, Style style = {}, Where at = {});
    Plot& scatter(Values x, Values y, Style style = {}, Where at = {});
    Plot& between(Values x, Values low, Values high, Style style = {.opacity = 0.25}, Where at = {});
    Plot& arrows(Values x, Values y, Values dx, Values dy, Style style = {.color = "#9aa3ad", .width = 1.4},
                 Where at = {});
    Plot& field(Range x, Range y, const Slopes& slopes, Style style = {.color = "#9aa3ad", .width = 1.4},
                Where at = {});
    Plot& heat(Range x, Range y, const Tensor& table, Heat heat = {}, Where at = {});  // [rows,columns]: y rises by row
    Plot& contour(Range x, Range y, const Tensor& table, Values levels, Style style = {}, Where at = {});
    Plot& text(double x, double y, std::string words, std::string color = "#1f2933");  // begins there
    Plot& band(double x0, double x1, std::string label = {},
               std::string color = "#e9edf2");  // shaded, over the whole height, the label above the axes
    Plot& x_range(double low, double high);
    Plot& y_range(double low, double high);
    Plot& names_on_x(std::vector<std::string> names);  // in place of the numbers 1, 2, 3, ...

    struct Mark {
        enum Kind { a_line, a_scatter, an_area, some_arrows, a_heat, a_text, a_band } kind;
        std::vector<double> x, y, dx, dy;  // an area's outline; a heat map's ranges
        Style style;
        Heat heat;
        Tensor table;

        Mark(Kind of_kind, Values at_x, Values at_y, Style in_style)
            : kind(of_kind), x(std::move(at_x).take()), y(std::move(at_y).take()), style(std::move(in_style)) {}
    };
    const Axes& axes() const { return axes_; }
    const std::vector<Mark>& marks() const { return marks_; }
    const Mark* heat_map() const;  // the last one, whose colours the bar explains; null: none
    const std::vector<std::string>& names_on_x() const { return names_on_x_; }
    Range x_range() const { return range(x_range_, &Mark::x, axes_.log_x, 0.02); }
    Range y_range() const { return range(y_range_, &Mark::y, axes_.log_y, 0.06); }

private:
    Plot& add(Mark mark, Where at);
    Range range(Range given, std::vector<double> Mark::*values, bool log, double margin) const;

    Axes axes_;
    std::vector<Mark> marks_;
    std::vector<std::string> names_on_x_;
    Range x_range_, y_range_;
    std::size_t colors_used_ = 0;
};

}  // namespace costate::support
