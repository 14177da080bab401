// examples/support/heat.cpp — the parts of a panel that show numbers as colours
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "examples/support/markup.hpp"  // brings: cat, text_at
#include "examples/support/panel.hpp"
#include "examples/support/png.hpp"  // brings: png_data_uri, Color

namespace costate::support {

namespace {

constexpr std::size_t shades = 255;  // and one more, grey, for what is not finite

std::vector<Color> shades_of(ColorMap map) {
    std::vector<Color> out;
    for (std::size_t i = 0; i < shades; ++i)
        out.push_back(color_at(map, static_cast<double>(i) / static_cast<double>(shades - 1)));
    out.push_back({0xb0, 0xb5, 0xba});
    return out;
}

std::uint8_t shade(double value, const Heat& heat) {
    const double share = heat.high > heat.low ? (value - heat.low) / (heat.high - heat.low) : 0.5;
    if (!std::isfinite(share)) return shades;
    return static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.0, 1.0) * (shades - 1)));
}

std::vector<Tick> bar_ticks(const Heat& heat, double y0, double y1) {
    return ticks(Axis::fitted(heat.low, heat.high, y1, y0, false), 44);
}

}  // namespace

// A number of the table is the colour of its point, not of a cell: the image reaches half a cell beyond the range, and
// is clipped there. Whoever shows it interpolates between the points.
std::string Panel::heat(const Plot::Mark& mark) const {
    const Index rows = mark.table.shape()[0], columns = mark.table.shape()[1];
    if (rows == 0 || columns == 0) return "";
    std::vector<std::uint8_t> pixels;
    for (Index i = rows; i-- > 0;)
        for (Index j = 0; j < columns; ++j) pixels.push_back(shade(static_cast<double>(mark.table(i, j)), mark.heat));
    const double left = x_(mark.x[0]), right = x_(mark.x[1]), top = y_(mark.y[1]), bottom = y_(mark.y[0]);
    const double wide = (right - left) / static_cast<double>(std::max<Index>(1, columns - 1));
    const double tall = (bottom - top) / static_cast<double>(std::max<Index>(1, rows - 1));
    return cat("<image x='", left - wide / 2, "' y='", top - tall / 2, "' width='", wide * static_cast<double>(columns),
               "' height='", tall * static_cast<double>(rows), "' preserveAspectRatio='none' href='",
               png_data_uri(pixels, static_cast<std::uint32_t>(columns), static_cast<std::uint32_t>(rows),
                            shades_of(mark.heat.map)),
               "'/>\n");
}

constexpr double bar_gap = 14, bar_width = 14;

std::string color_bar(const Plot::Mark& mark, double x, double y0, double y1) {
    const Heat& heat = mark.heat;
    std::vector<std::uint8_t> pixels;
    for (std::size_t i = shades; i-- > 0;) pixels.push_back(static_cast<std::uint8_t>(i));
    std::string out =
        cat("<image x='", x + bar_gap, "' y='", y0, "' width='", bar_width, "' height='", y1 - y0,
            "' preserveAspectRatio='none' href='", png_data_uri(pixels, 1, shades, shades_of(heat.map)), "'/>\n");
    const Axis axis = Axis::fitted(heat.low, heat.high, y1, y0, false);
    double widest = 0;
    for (const Tick& tick : bar_ticks(heat, y0, y1)) {
        out += text_at(x + bar_gap + bar_width + 6, axis(tick.value) + 5.5, tick.label, "class='small'");
        widest = std::max(widest, text_width(tick.label));
    }
    const double label_x = x + bar_gap + bar_width + 6 + widest + 20, middle = (y0 + y1) / 2;
    return out + text_at(label_x, middle, heat.label,
                         cat("text-anchor='middle' transform='rotate(-90 ", label_x, " ", middle, ")'"));
}

double color_bar_width(const Plot& plot, double height) {
    const Plot::Mark* mark = plot.heat_map();
    if (!mark || !mark->heat.bar) return 0;
    double widest = 0;
    for (const Tick& tick : bar_ticks(mark->heat, 0, height)) widest = std::max(widest, text_width(tick.label));
    return bar_gap + bar_width + 6 + widest + (mark->heat.label.empty() ? 0 : 24);
}

}  // namespace costate::support
