#include "examples/support/svg.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "core/file.hpp"              // brings: replace_file
#include "examples/support/axis.hpp"  // brings: Axis, ticks

namespace costate::support {

namespace {

constexpr double left = 66, right = 16, bottom = 50, title_height = 30, legend_height = 19, sheet_title_height = 40;
constexpr double character_width = 6.6;  // of 12 px text, on average: SVG cannot be asked

void append(std::string& out, const std::string& text) { out += text; }
void append(std::string& out, double pixels) {  // two decimals at most: "12.5", "3"
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", pixels);
    out += text;
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
}

// cat("M", 1.5, " ", 2.0) is "M1.5 2"
template <class... Parts>
std::string cat(const Parts&... parts) {
    std::string out;
    (append(out, parts), ...);
    return out;
}

// Bytes of the UTF-8 character that begins the text; 0 when none does.
std::size_t character_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    for (std::size_t i = 1; i < length; ++i)
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    return length;
}

// Text as XML accepts it: no markup, no control characters, and a "?" for what is not UTF-8.
std::string escaped(std::string_view text) {
    constexpr std::string_view special = "&<>'";
    const char* const names[] = {"&amp;", "&lt;", "&gt;", "&apos;"};
    std::string out;
    while (!text.empty()) {
        const std::size_t length = character_length(text), found = special.find(text.front());
        if (found != special.npos)
            out += names[found];
        else if (static_cast<unsigned char>(text.front()) >= ' ')
            out += length > 0 ? text.substr(0, length) : "?";
        text.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out;
}

std::string text_at(double x, double y, const std::string& text, const std::string& attributes = "") {
    return text.empty() ? "" : cat("<text x='", x, "' y='", y, "' ", attributes, ">", escaped(text), "</text>\n");
}

std::string opacity(const Style& style) { return style.opacity < 1 ? cat("' opacity='", style.opacity) : ""; }

std::string stroked(const std::string& path, const Style& style) {
    if (path.empty()) return "";
    return cat("<path d='", path, "' fill='none' stroke='", escaped(style.color), "' stroke-width='", style.width,
               "' stroke-linejoin='round' stroke-linecap='round", style.dashed ? "' stroke-dasharray='7 6" : "",
               opacity(style), "'/>\n");
}

std::string dot(double x, double y, const Style& style) {
    return cat("<circle cx='", x, "' cy='", y, "' r='", 2 * style.width, "' fill='", escaped(style.color),
               "' stroke='#ffffff", opacity(style), "'/>\n");
}

class Panel {
public:
    Panel(const Plot& plot, double x0, double y0, double x1, double y1)
        : plot_(plot), x0_(x0), y0_(y0), x1_(x1), y1_(y1) {
        const Plot::Range x = plot.x_range(), y = plot.y_range();
        x_ = Axis::fitted(x.low, x.high, x0, x1, plot.axes().log_x);
        y_ = Axis::fitted(y.low, y.high, y1, y0, plot.axes().log_y);
        if (!plot.axes().equal) return;
        const double scale = std::min(x_.pixels_per_unit(), y_.pixels_per_unit());
        x_.widen_to(scale);
        y_.widen_to(scale);
    }

    std::string svg(const std::string& id) const {
        const double middle_x = (x0_ + x1_) / 2, middle_y = (y0_ + y1_) / 2, label_x = x0_ - 48;
        std::string bands, marks;
        for (const Plot::Mark& mark : plot_.marks()) (mark.kind == Plot::Mark::a_band ? bands : marks) += drawn(mark);
        return cat("<clipPath id='", id, "'>", rectangle(x0_, x1_), "/></clipPath>\n", bands, grid(),  //
                   "<g clip-path='url(#", id, ")'>\n", marks, "</g>\n",                                //
                   "<path d='M", x0_, " ", y0_, "V", y1_, "H", x1_, "' fill='none' stroke='#6b7480'/>\n",
                   text_at(middle_x, y1_ + 38, plot_.axes().x, "text-anchor='middle'"),
                   text_at(label_x, middle_y, plot_.axes().y,
                           cat("text-anchor='middle' transform='rotate(-90 ", label_x, " ", middle_y, ")'")));
    }

private:
    std::string rectangle(double from, double to) const {  // left open, so that a fill may follow
        return cat("<rect x='", from, "' y='", y0_, "' width='", std::max(0.0, to - from), "' height='", y1_ - y0_,
                   "'");
    }

    std::string grid() const {
        std::string lines, labels;
        for (const Tick& tick : ticks(x_, 62)) {
            const double x = x_(tick.value);
            lines += cat("M", x, " ", y0_, "V", y1_);
            labels += text_at(x, y1_ + 18, tick.label, "text-anchor='middle' class='small'");
        }
        for (const Tick& tick : ticks(y_, 34)) {
            const double y = y_(tick.value);
            lines += cat("M", x0_, " ", y, "H", x1_);
            labels += text_at(x0_ - 8, y + 4, tick.label, "text-anchor='end' class='small'");
        }
        return cat("<path d='", lines, "' stroke='#dfe3e8'/>\n", labels);
    }

    std::string drawn(const Plot::Mark& mark) const {
        switch (mark.kind) {
            case Plot::Mark::a_line:
                return line(mark);
            case Plot::Mark::a_scatter:
                return scatter(mark);
            case Plot::Mark::some_arrows:
                return arrows(mark);
            case Plot::Mark::a_band:
                break;
        }
        return band(mark);
    }

    bool shows(const Plot::Mark& mark, std::size_t i) const { return x_.shows(mark.x[i]) && y_.shows(mark.y[i]); }

    std::string line(const Plot::Mark& mark) const {
        std::string path;
        for (std::size_t i = 0; i < mark.x.size(); ++i)
            if (shows(mark, i)) path += cat(i > 0 && shows(mark, i - 1) ? "L" : "M", x_(mark.x[i]), " ", y_(mark.y[i]));
        return stroked(path, mark.style);
    }

    std::string scatter(const Plot::Mark& mark) const {
        std::string dots;
        for (std::size_t i = 0; i < mark.x.size(); ++i)
            if (shows(mark, i)) dots += dot(x_(mark.x[i]), y_(mark.y[i]), mark.style);
        return dots;
    }

    // The longest arrow is 20 pixels long; the square root keeps the direction of slow ones visible.
    std::string arrows(const Plot::Mark& mark) const {
        const auto across = [&](std::size_t i) { return mark.dx[i] * x_.pixels_per_unit(); };
        const auto down = [&](std::size_t i) { return -mark.dy[i] * y_.pixels_per_unit(); };
        const auto length = [&](std::size_t i) { return std::hypot(across(i), down(i)); };
        double longest = 0;
        for (std::size_t i = 0; i < mark.x.size(); ++i)
            if (std::isfinite(length(i))) longest = std::max(longest, length(i));
        std::string path;
        for (std::size_t i = 0; i < mark.x.size(); ++i) {
            if (!(length(i) > 0 && length(i) <= longest && shows(mark, i))) continue;
            const double pixels = 20 * std::sqrt(length(i) / longest), c = across(i) / length(i),
                         s = down(i) / length(i);
            const double x = x_(mark.x[i]), y = y_(mark.y[i]), tip_x = x + pixels * c, tip_y = y + pixels * s;
            const double back = 0.3 * pixels, aside = 0.15 * pixels;  // the two barbs of its head
            path += cat("M", x, " ", y, "L", tip_x, " ", tip_y);
            path += cat("M", tip_x - back * c - aside * s, " ", tip_y - back * s + aside * c, "L", tip_x, " ", tip_y);
            path += cat("L", tip_x - back * c + aside * s, " ", tip_y - back * s - aside * c);
        }
        return stroked(path, mark.style);
    }

    std::string band(const Plot::Mark& mark) const {
        const auto inside = [this](double x) { return std::clamp(x_.shows(x) ? x_(x) : x, x0_, x1_); };
        const double from = inside(mark.x[0]), to = inside(mark.x[1]);
        return cat(rectangle(from, to), " fill='", escaped(mark.style.color), "'/>\n",
                   text_at((from + to) / 2, y0_ + 15, mark.style.label, "text-anchor='middle' class='small'"));
    }

    const Plot& plot_;
    double x0_, y0_, x1_, y1_;
    Axis x_{}, y_{};
};

// Between the title and the axes, where it hides no data. Returns the number of rows used.
int legend(const Plot& plot, double x0, double x1, double y, std::string& out) {
    int rows = 0;
    double x = x1;
    for (const Plot::Mark& mark : plot.marks()) {
        const std::string& label = mark.style.label;
        if (label.empty() || mark.kind == Plot::Mark::a_band) continue;
        const auto characters = std::count_if(label.begin(), label.end(), [](char c) {  // UTF-8: not its second bytes
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        const double sample = mark.kind == Plot::Mark::a_scatter ? 10 : 22;
        const double width = sample + 7 + character_width * static_cast<double>(characters);
        if (x + width > x1) x = x0, ++rows;
        const double middle = y + legend_height * (rows - 1);
        out += mark.kind == Plot::Mark::a_scatter ? dot(x + sample / 2, middle, mark.style)
                                                  : stroked(cat("M", x, " ", middle, "h", sample), mark.style);
        out += text_at(x + sample + 7, middle + 4, label);
        x += width + 16;
    }
    return rows;
}

}  // namespace

std::string to_svg(const std::vector<Plot>& panels, const Sheet& sheet) {
    const int count = static_cast<int>(panels.size()), columns = std::max(1, std::min(sheet.columns, count));
    int legend_rows = 0;  // the same for all, so that the axes of neighbours are aligned
    std::string unused;
    for (const Plot& plot : panels)
        legend_rows = std::max(legend_rows, legend(plot, left, sheet.panel_width - right, 0, unused));
    const double header = sheet.title.empty() ? 0 : sheet_title_height;
    const double row_height = sheet.panel_height + legend_height * legend_rows;
    const double width = sheet.panel_width * columns, height = header + row_height * ((count + columns - 1) / columns);

    std::string out = cat(
        "<svg xmlns='http://www.w3.org/2000/svg' width='", width, "' height='", height, "' viewBox='0 0 ", width, " ",
        height, "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' font-size='12' fill='#1f2933'>\n",
        "<style>.small{font-size:11px;fill:#52606d} .title{font-size:13px;font-weight:bold} "
        ".sheet{font-size:17px;font-weight:bold}</style>\n",
        "<rect width='100%' height='100%' fill='#ffffff'/>\n",  //
        text_at(left, 28, sheet.title, "class='sheet'"));
    for (int i = 0; i < count; ++i) {
        const Plot& plot = panels[static_cast<std::size_t>(i)];
        const double x = sheet.panel_width * (i % columns), y = header + row_height * (i / columns);
        const double x0 = x + left, x1 = x + sheet.panel_width - right;
        out += text_at(x0, y + 20, plot.axes().title, "class='title'");
        legend(plot, x0, x1, y + title_height + 8, out);
        out += Panel(plot, x0, y + title_height + legend_height * legend_rows + 6, x1, y + row_height - bottom)
                   .svg(cat("panel", i));
    }
    return out + "</svg>\n";
}

void save_svg(const std::string& path, const std::vector<Plot>& panels, const Sheet& sheet, Where at) {
    const std::string svg = to_svg(panels, sheet);
    replace_file(path, std::vector<std::uint8_t>(svg.begin(), svg.end()), at);
}

}  // namespace costate::support
