#include "examples/support/svg.hpp"

#include <algorithm>
#include <cstdint>

#include "core/files/file.hpp"          // brings: replace_file
#include "examples/support/markup.hpp"  // brings: cat, text_at, text_width, stroked, dot
#include "examples/support/panel.hpp"   // brings: Panel, color_bar

namespace costate::support {

namespace {

constexpr double sheet_width = 1000, edge = 14, legend_height = 24;
constexpr double right_edge = 24;  // room for half of the last label under the axes
using Marks = std::vector<const Plot::Mark*>;

void add_legend_marks(const Plot& plot, Marks& marks) {
    for (const Plot::Mark& mark : plot.marks()) {
        const bool explained = mark.kind == Plot::Mark::a_band || mark.kind == Plot::Mark::a_text ||
                               mark.kind == Plot::Mark::a_heat || mark.style.label.empty();
        const bool known = std::any_of(marks.begin(), marks.end(), [&](const Plot::Mark* other) {
            return other->style.label == mark.style.label && other->kind == mark.kind;
        });
        if (!explained && !known) marks.push_back(&mark);
    }
}

// Between the title and the axes, where it hides no data. Returns the number of rows used.
int legend(const Marks& marks, double x0, double x1, double y, std::string& out) {
    int rows = 0;
    double x = x1;
    for (const Plot::Mark* mark : marks) {
        const bool dots = mark->kind == Plot::Mark::a_scatter;
        const double sample = dots ? 12 : 26, width = sample + 8 + text_width(mark->style.label);
        if (x + width > x1) x = x0, ++rows;
        const double middle = y + legend_height * (rows - 1);
        if (dots) {
            Style legible = mark->style;
            legible.width = std::max(legible.width, 1.6);
            out += support::dot(x + sample / 2, middle, legible);
        } else if (mark->kind == Plot::Mark::an_area) {
            out += filled(cat("M", x, " ", middle - 7, "h", sample, "v14h", -sample), mark->style);
        } else {
            out += stroked(cat("M", x, " ", middle, "h", sample), mark->style);
        }
        out += text_at(x + sample + 8, middle + 5.5, mark->style.label);
        x += width + 18;
    }
    return rows;
}

std::string with_scale(const std::string& name, bool log) {
    return !log ? name : name.empty() ? "log scale" : name + ", log scale";
}
std::string name_of_x(const Plot& plot) { return with_scale(plot.axes().x, plot.axes().log_x); }
std::string name_of_y(const Plot& plot) { return with_scale(plot.axes().y, plot.axes().log_y); }

struct Grid {  // of panels: how wide and tall everything is, the same in all of them
    int columns, rows;
    double axes_width, axes_height, left = 0;  // the last: beside the axes, for ticks and name

    Grid(std::span<const Plot> plots, const Sheet& sheet) {
        const int count = static_cast<int>(plots.size()), suitable = count == 4 ? 2 : std::min(3, count);
        columns = std::max(1, std::min(sheet.columns > 0 ? sheet.columns : suitable, count));
        rows = (count + columns - 1) / columns;
        const double share = sheet_width / columns;
        axes_height = sheet.height > 0 ? sheet.height : std::min(400.0, 0.72 * share);
        double bars = 0;  // of the row that has the widest
        for (int first = 0; first < count; first += columns) {
            double of_row = 0;
            for (const Plot& plot : row(plots, first)) {
                const double name = name_of_y(plot).empty() ? 0 : 26;
                left = std::max(left, edge + name + 7 + Panel(plot, 0, 0, share - 100, axes_height).widest_label());
                of_row += color_bar_width(plot, axes_height);
            }
            bars = std::max(bars, of_row);
        }
        axes_width = share - bars / columns - left - right_edge;
    }
    std::span<const Plot> row(std::span<const Plot> plots, int first) const {
        const auto at = static_cast<std::size_t>(first), most = static_cast<std::size_t>(columns);
        return plots.subspan(at, std::min(most, plots.size() - at));
    }
};

std::vector<std::string> title_lines(const Plot& plot, const Grid& grid) {
    return wrapped(plot.axes().title, grid.axes_width + right_edge - edge, 1.1 * title_size);
}

// A row of panels, whose axes have one height and stand at one level; y moves below it.
std::string row_of(std::span<const Plot> plots, int first, const Grid& grid, bool legends, double& y) {
    double title = 0, words = 0, below = 28;
    int legend_rows = 0;
    std::string unused;
    std::vector<Marks> marks(plots.size());
    std::size_t place = 0;
    for (const Plot& plot : plots) {
        title = std::max(title, 28.0 * static_cast<double>(title_lines(plot, grid).size()));
        if (!name_of_x(plot).empty()) below = 54;
        for (const Plot::Mark& mark : plot.marks())
            if (mark.kind == Plot::Mark::a_band && !mark.style.label.empty()) words = 18;
        if (legends) add_legend_marks(plot, marks[place]);
        legend_rows = std::max(legend_rows, legend(marks[place++], 0, grid.axes_width + right_edge - edge, 0, unused));
    }
    const double top = y + title + legend_height * legend_rows + words + 8, bottom = top + grid.axes_height;
    std::string out;
    place = 0;
    double x = 0;
    for (const Plot& plot : plots) {
        const double x0 = x + grid.left, name_x = x + edge + 12;
        const Panel panel(plot, x0, top, x0 + grid.axes_width, bottom);
        const double middle_x = (x0 + panel.right()) / 2, middle_y = (panel.top() + bottom) / 2;
        double line = y + 19;
        for (const std::string& part : title_lines(plot, grid)) {
            out += text_at(x0, line, part, "class='title'");
            line += 28;
        }
        legend(marks[place], x0, x0 + grid.axes_width + right_edge - edge, y + title + 10, out);
        out += panel.svg(cat("panel", first + static_cast<int>(place)));
        out += text_at(middle_x, bottom + 45, name_of_x(plot), "text-anchor='middle'");
        out += text_at(name_x, middle_y, name_of_y(plot),
                       cat("text-anchor='middle' transform='rotate(-90 ", name_x, " ", middle_y, ")'"));
        if (const Plot::Mark* heat = plot.heat_map(); heat && heat->heat.bar)
            out += color_bar(*heat, panel.right(), panel.top(), bottom);
        x = x0 + grid.axes_width + color_bar_width(plot, grid.axes_height) + right_edge;
        ++place;
    }
    y = bottom + below;
    return out;
}

}  // namespace

std::string to_svg(const std::vector<Plot>& panels, const Sheet& sheet) {
    const int count = static_cast<int>(panels.size());
    const Grid grid(panels, sheet);
    double y = 10;
    std::string out;
    if (!sheet.title.empty()) {
        for (const std::string& words : wrapped(sheet.title, sheet_width - 2 * edge, 1.1 * sheet_title_size)) {
            out += text_at(edge, y + 24, words, "class='sheet'");
            y += 30;
        }
        y += 10;
    }
    if (sheet.one_legend) {
        Marks marks;
        for (const Plot& plot : panels) add_legend_marks(plot, marks);
        y += legend_height * legend(marks, edge, sheet_width - edge, y + 10, out);
    }
    for (int first = 0; first < count; first += grid.columns)
        out += row_of(grid.row(panels, first), first, grid, !sheet.one_legend, y);
    const double height = y + 6;
    return cat("<svg xmlns='http://www.w3.org/2000/svg' width='", sheet_width, "' height='", height, "' viewBox='0 0 ",
               sheet_width, " ", height, "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' font-size='",
               text_size, "' fill='#1f2933'>\n<style>.small{fill:#3e4c59} .title{font-size:", title_size,
               "px;font-weight:bold} .sheet{font-size:", sheet_title_size, "px;font-weight:bold}</style>\n",
               "<rect width='100%' height='100%' fill='#ffffff'/>\n", out, "</svg>\n");
}

void save_svg(const std::string& path, const std::vector<Plot>& panels, const Sheet& sheet, Where at) {
    const std::string svg = to_svg(panels, sheet);
    replace_file(path, std::vector<std::uint8_t>(svg.begin(), svg.end()), at);
}

}  // namespace costate::support
