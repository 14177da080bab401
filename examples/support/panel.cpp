#include "examples/support/panel.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "examples/support/dates.hpp"   // brings: date_ticks
#include "examples/support/markup.hpp"  // brings: cat, text_at, stroked, filled, dot

namespace costate::support {

namespace {

double distance(std::pair<double, double> p, std::pair<double, double> a, std::pair<double, double> b) {
    const double ux = b.first - a.first, uy = b.second - a.second, vx = p.first - a.first, vy = p.second - a.second;
    const double square = ux * ux + uy * uy,
                 share = square > 0 ? std::clamp((ux * vx + uy * vy) / square, 0.0, 1.0) : 0;
    return std::hypot(vx - share * ux, vy - share * uy);
}

std::string path_of(const Pixels& line) {
    std::string path;
    for (const auto& [x, y] : line) path += cat(path.empty() ? "M" : "L", x, " ", y);
    return path;
}

}  // namespace

Pixels simplified(const Pixels& line, double tolerance) {
    std::vector<bool> kept(line.size(), false);
    std::vector<std::pair<std::size_t, std::size_t>> open;
    if (!line.empty()) kept.front() = kept.back() = true, open.push_back({0, line.size() - 1});
    while (!open.empty()) {
        const auto [first, last] = open.back();
        open.pop_back();
        double farthest = tolerance;
        std::size_t at = first;
        for (std::size_t i = first + 1; i < last; ++i)
            if (const double d = distance(line[i], line[first], line[last]); d > farthest) farthest = d, at = i;
        if (at == first) continue;
        kept[at] = true;
        open.push_back({first, at});
        open.push_back({at, last});
    }
    Pixels out;
    for (std::size_t i = 0; i < line.size(); ++i)
        if (kept[i]) out.push_back(line[i]);
    return out;
}

Panel::Panel(const Plot& plot, double x0, double y0, double x1, double y1)
    : plot_(plot), x0_(x0), y0_(y0), x1_(x1), y1_(y1) {
    const Range x = plot.x_range(), y = plot.y_range();
    x_ = Axis::fitted(x.low, x.high, x0, x1, plot.axes().log_x);
    y_ = Axis::fitted(y.low, y.high, y1, y0, plot.axes().log_y);
    if (!plot.axes().equal) return;
    const double scale = std::min(x_.pixels_per_unit(), y_.pixels_per_unit());
    if (plot.heat_map()) {
        x1_ = x_.last_pixel = x0 + scale * (x_.high - x_.low);
        y0_ = y_.last_pixel = y1 - scale * (y_.high - y_.low);
    }
    x_.widen_to(scale);
    y_.widen_to(scale);
}

double Panel::widest_label() const {
    double widest = 0;
    for (const Tick& tick : ticks_y()) widest = std::max(widest, text_width(tick.label));
    return widest;
}

// As close as their labels allow.
std::vector<Tick> Panel::ticks_x() const {
    std::vector<Tick> named;
    for (const std::string& name : plot_.names_on_x()) named.push_back({static_cast<double>(named.size() + 1), name});
    if (!named.empty()) return named;
    const auto of = [this](double pixels) { return plot_.axes().dates_x ? date_ticks(x_, pixels) : ticks(x_, pixels); };
    double spacing = 40;
    for (int attempt = 0; attempt < 5; ++attempt) {
        double widest = 0;
        for (const Tick& tick : of(spacing)) widest = std::max(widest, text_width(tick.label));
        if (widest + 18 <= spacing) break;
        spacing = widest + 18;
    }
    return of(spacing);
}

std::vector<Tick> Panel::ticks_y() const {  // closer where a low panel would show one or two
    const std::vector<Tick> airy = ticks(y_, 44);
    return airy.size() < 3 ? ticks(y_, 26) : airy;
}

std::string Panel::svg(const std::string& id) const {
    std::string bands, marks;
    for (const Plot::Mark& mark : plot_.marks()) (mark.kind == Plot::Mark::a_band ? bands : marks) += drawn(mark);
    return cat("<clipPath id='", id, "'>", rectangle(x0_, x1_), "/></clipPath>\n", bands, grid(),  //
               "<g clip-path='url(#", id, ")'>\n", marks, "</g>\n",                                //
               "<path d='M", x0_, " ", y0_, "V", y1_, "H", x1_, "' fill='none' stroke='#6b7480'/>\n");
}

std::string Panel::rectangle(double from, double to) const {  // left open, so that a fill may follow
    return cat("<rect x='", from, "' y='", y0_, "' width='", std::max(0.0, to - from), "' height='", y1_ - y0_, "'");
}

std::string Panel::grid() const {
    std::string lines, labels;
    for (const Tick& tick : ticks_x()) {
        const double x = x_(tick.value);
        lines += cat("M", x, " ", y0_, "V", y1_);
        labels += text_at(x, y1_ + 20, tick.label, "text-anchor='middle' class='small'");
    }
    for (const Tick& tick : ticks_y()) {
        const double y = y_(tick.value);
        lines += cat("M", x0_, " ", y, "H", x1_);
        labels += text_at(x0_ - 7, y + 5.5, tick.label, "text-anchor='end' class='small'");
    }
    return cat("<path d='", lines, "' stroke='#dfe3e8'/>\n", labels);
}

std::string Panel::drawn(const Plot::Mark& mark) const {
    switch (mark.kind) {
        case Plot::Mark::a_line: return line(mark);
        case Plot::Mark::a_scatter: return scatter(mark);
        case Plot::Mark::an_area: return filled(path_of(simplified(pixels(mark), 0.1)), mark.style);
        case Plot::Mark::some_arrows: return arrows(mark);
        case Plot::Mark::a_heat: return heat(mark);
        case Plot::Mark::a_text:
            if (!shows(mark, 0)) return "";
            return text_at(x_(mark.x[0]), y_(mark.y[0]), mark.style.label,
                           cat("fill='", escaped(mark.style.color), "'"));
        case Plot::Mark::a_band: break;
    }
    return band(mark);
}

Pixels Panel::pixels(const Plot::Mark& mark) const {
    Pixels out;
    for (std::size_t i = 0; i < mark.x.size(); ++i)
        if (shows(mark, i)) out.push_back({x_(mark.x[i]), y_(mark.y[i])});
    return out;
}

std::string Panel::line(const Plot::Mark& mark) const {
    std::string path;
    Pixels piece;
    for (std::size_t i = 0; i <= mark.x.size(); ++i) {
        if (i < mark.x.size() && shows(mark, i)) {
            piece.push_back({x_(mark.x[i]), y_(mark.y[i])});
            continue;
        }
        path += path_of(simplified(piece, 0.1));
        piece.clear();
    }
    return stroked(path, mark.style);
}

// A hundred points or more are one path of round dots: a tenth of the bytes, but without the white rims that part neighbours.
std::string Panel::scatter(const Plot::Mark& mark) const {
    const Pixels points = pixels(mark);
    std::string out;
    if (points.size() < 100) {
        for (const auto& [x, y] : points) out += dot(x, y, mark.style);
        return out;
    }
    std::set<std::pair<long, long>> taken;  // of thousands one for each pixel
    for (const auto& [x, y] : points)
        if (points.size() < 2000 || taken.insert({std::lround(x), std::lround(y)}).second)
            out += cat("M", x, " ", y, "h0");
    Style round = mark.style;
    round.width *= 4;
    round.dashed = false;
    return stroked(out, round);
}

// The longest arrow is a sixteenth of the panel long; the square root keeps the direction of slow ones visible.
std::string Panel::arrows(const Plot::Mark& mark) const {
    const auto across = [&](std::size_t i) { return mark.dx[i] * x_.pixels_per_unit(); };
    const auto down = [&](std::size_t i) { return -mark.dy[i] * y_.pixels_per_unit(); };
    const auto length = [&](std::size_t i) { return std::hypot(across(i), down(i)); };
    const double most = std::min(22.0, (x1_ - x0_) / 16);
    double longest = 0;
    for (std::size_t i = 0; i < mark.x.size(); ++i)
        if (std::isfinite(length(i))) longest = std::max(longest, length(i));
    std::string path;
    for (std::size_t i = 0; i < mark.x.size(); ++i) {
        if (!(length(i) > 0 && length(i) <= longest && shows(mark, i))) continue;
        const double pixels = most * std::sqrt(length(i) / longest), c = across(i) / length(i), s = down(i) / length(i);
        const double back = 0.3 * pixels, aside = 0.15 * pixels;  // the two barbs of its head
        // Where its head would leave the panel, it is moved inside.
        const auto outside = [](double from, double to, double low, double high) {
            return std::max(0.0, low - std::min(from, to)) + std::min(0.0, high - std::max(from, to));
        };
        double x = x_(mark.x[i]), y = y_(mark.y[i]);
        x += outside(x, x + pixels * c, x0_ + aside, x1_ - aside);
        y += outside(y, y + pixels * s, y0_ + aside, y1_ - aside);
        const double tip_x = x + pixels * c, tip_y = y + pixels * s;
        path += cat("M", x, " ", y, "L", tip_x, " ", tip_y);
        path += cat("M", tip_x - back * c - aside * s, " ", tip_y - back * s + aside * c, "L", tip_x, " ", tip_y);
        path += cat("L", tip_x - back * c + aside * s, " ", tip_y - back * s - aside * c);
    }
    return stroked(path, mark.style);
}

std::string Panel::band(const Plot::Mark& mark) const {
    const auto inside = [this](double x) { return std::clamp(x_.shows(x) ? x_(x) : x, x0_, x1_); };
    const double from = inside(mark.x[0]), to = inside(mark.x[1]);
    const double half = std::min(text_width(mark.style.label), x1_ - x0_) / 2;  // a wide label stays over the panel
    return cat(rectangle(from, to), " fill='", escaped(mark.style.color), "'/>\n",
               text_at(std::clamp((from + to) / 2, x0_ + half, x1_ - half), y0_ - 5, mark.style.label,
                       "text-anchor='middle' class='small'"));
}

}  // namespace costate::support
