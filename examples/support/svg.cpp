#include "examples/support/svg.hpp"

#include <algorithm>
#include <cstdint>

#include "core/file.hpp"                // brings: replace_file
#include "examples/support/markup.hpp"  // brings: cat, text_at, text_width, stroked, dot
#include "examples/support/panel.hpp"   // brings: Panel, color_bar

namespace costate::support {

namespace {

constexpr double sheet_width = 1000, edge = 14, legend_height = 24;
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
        if (dots)
            out += support::dot(x + sample / 2, middle, mark->style);
        else if (mark->kind == Plot::Mark::an_area)
            out += filled(cat("M", x, " ", middle - 7, "h", sample, "v14h", -sample), mark->style);
        else
            out += stroked(cat("M", x, " ", middle, "h", sample), mark->style);
        out += text_at(x + sample + 8, middle + 5.5, mark->style.label);
        x += width + 18;
    }
    return rows;
}

struct Grid {  // of panels: how wide and tall everything is
    int columns, rows;
    double panel_width, axes_height;

    Grid(int count, const Sheet& sheet) {
        const int suitable = count == 4 ? 2 : std::min(3, count);
        columns = std::max(1, std::min(sheet.columns > 0 ? sheet.columns : suitable, count));
        rows = (count + columns - 1) / columns;
        panel_width = sheet_width / columns;
        axes_height = sheet.height > 0 ? sheet.height : std::min(400.0, 0.72 * panel_width);
    }
};

// A row of panels, whose axes have one height and stand at one level; y moves below it.
std::string row_of(std::span<const Plot> plots, int first, const Grid& grid, bool legends, double& y) {
    double title = 0, below = 28, left = 0;
    std::size_t place = 0;
    for (const Plot& plot : plots) {
        if (!plot.axes().title.empty()) title = 28;
        if (!plot.axes().x.empty()) below = 54;
        const double name = plot.axes().y.empty() ? 0 : 26;
        left = std::max(left,
                        edge + name + 7 + Panel(plot, 0, 0, grid.panel_width - 100, grid.axes_height).widest_label());
    }
    int legend_rows = 0;
    std::string unused;
    std::vector<Marks> marks(plots.size());
    for (const Plot& plot : plots) {
        if (legends) add_legend_marks(plot, marks[place]);
        legend_rows = std::max(legend_rows, legend(marks[place++], left, grid.panel_width - edge, 0, unused));
    }
    const double top = y + title + legend_height * legend_rows + 8, bottom = top + grid.axes_height;
    std::string out;
    place = 0;
    for (const Plot& plot : plots) {
        const double x = grid.panel_width * static_cast<double>(place), x0 = x + left;
        const double x1 = x + grid.panel_width - edge - color_bar_width(plot, grid.axes_height);
        const double middle_x = (x0 + x1) / 2, middle_y = (top + bottom) / 2, name_x = x + edge + 12;
        out += text_at(x0, y + 19, plot.axes().title, "class='title'");
        legend(marks[place], x0, x + grid.panel_width - edge, y + title + 10, out);
        out += Panel(plot, x0, top, x1, bottom).svg(cat("panel", first + static_cast<int>(place)));
        out += text_at(middle_x, bottom + 45, plot.axes().x, "text-anchor='middle'");
        out += text_at(name_x, middle_y, plot.axes().y,
                       cat("text-anchor='middle' transform='rotate(-90 ", name_x, " ", middle_y, ")'"));
        if (const Plot::Mark* heat = plot.heat_map(); heat && heat->heat.bar) out += color_bar(*heat, x1, top, bottom);
        ++place;
    }
    y = bottom + below;
    return out;
}

}  // namespace

std::string to_svg(const std::vector<Plot>& panels, const Sheet& sheet) {
    const int count = static_cast<int>(panels.size());
    const Grid grid(count, sheet);
    double y = 10;
    std::string out;
    if (!sheet.title.empty()) {
        out += text_at(edge, y + 24, sheet.title, "class='sheet'");
        y += 40;
    }
    if (sheet.one_legend) {
        Marks marks;
        for (const Plot& plot : panels) add_legend_marks(plot, marks);
        y += legend_height * legend(marks, edge, sheet_width - edge, y + 10, out);
    }
    for (int first = 0; first < count; first += grid.columns) {
        const auto many = static_cast<std::size_t>(std::min(grid.columns, count - first));
        out +=
            row_of(std::span(panels).subspan(static_cast<std::size_t>(first), many), first, grid, !sheet.one_legend, y);
    }
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
