#include "examples/support/slider.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "examples/support/markup.hpp"  // brings: cat, text_at, escaped
#include "examples/support/panel.hpp"   // brings: Panel, Axis

namespace costate::support {

namespace {

constexpr double sheet_width = 1000, left = 96, right = 24, above = 34, below = 30;

void require_numbers(const Slider& slider, Where at) {
    const auto check = [&](const std::string& name, std::size_t count) {
        if (count == slider.x.size() && count > 1) return;
        fail(at, {.what = "slider: a number for each place on the axis",
                  .got = text(count, " of ", name, " for ", slider.x.size(), " places"),
                  .expected = "two or more, and as many of each as of .x"});
    };
    check(".x", slider.x.size());
    if (!slider.notes.empty()) check(".notes", slider.notes.size());
    for (const SliderPanel& panel : slider.panels)
        for (const Curve& curve : panel.curves) check(curve.name, curve.y.size());
}

std::string five_digits(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.5g", value);
    return digits;
}

std::string in_row(const std::vector<double>& numbers) {
    std::string row;
    for (const double number : numbers) row += cat(row.empty() ? "" : " ", five_digits(number));
    return row;
}

// A panel with its curves: its own plot, a veil, and a dot on each curve that the script moves.
std::string panel_svg(const Slider& slider, std::size_t number, double top) {
    SliderPanel panel = slider.panels[number];
    const auto [low, high] = std::minmax_element(slider.x.begin(), slider.x.end());
    const double beside = 0.02 * (*high - *low);
    panel.plot.x_range(*low - beside, *high + beside);
    std::size_t colors = 0;
    for (Curve& curve : panel.curves) {
        if (curve.color.empty()) curve.color = palette(colors++);
        panel.plot.line(slider.x, curve.y, {.color = curve.color, .width = 2.5, .dashed = curve.dashed});
    }
    const double x0 = left, x1 = sheet_width - right, y0 = top + above, y1 = y0 + slider.height;
    const Plot::Range x_range = panel.plot.x_range(), y_range = panel.plot.y_range();
    const Axis x = Axis::fitted(x_range.low, x_range.high, x0, x1, false);
    const Axis y = Axis::fitted(y_range.low, y_range.high, y1, y0, panel.plot.axes().log_y);
    std::string out = text_at(x0, y0 - 11, panel.plot.axes().title, "class='title'");
    out += Panel(panel.plot, x0, y0, x1, y1).svg(cat(slider.id, "-panel", static_cast<double>(number)));
    const char* const veils[] = {"none", "before", "after"};
    out +=
        cat("<rect class='veil' data-veil='", veils[static_cast<int>(panel.veil)], "' data-from='", x0, "' data-to='",
            x1, "' x='", x0, "' y='", y0, "' width='0' height='", slider.height, "' fill='#ffffff' opacity='0.8'/>\n");
    double name_x = x1;
    for (std::size_t c = panel.curves.size(); c-- > 0;) {  // names, from the right
        const Curve& curve = panel.curves[c];
        std::string places;
        for (std::size_t i = 0; i < slider.x.size(); ++i)
            places += cat(places.empty() ? "" : " ", x(slider.x[i]), ",", y.shows(curve.y[i]) ? y(curve.y[i]) : -100.0);
        out += cat("<circle class='dot' r='0' fill='", escaped(curve.color), "' stroke='#ffffff' data-at='", places,
                   "'/>\n",
                   text_at(name_x, y0 - 11, curve.name, cat("text-anchor='end' fill='", escaped(curve.color), "'")));
        out += cat("<path d='M", name_x - text_width(curve.name) - 44, " ", y0 - 16, "h34' stroke='",
                   escaped(curve.color), "' stroke-width='3'", curve.dashed ? " stroke-dasharray='7 6'" : "", "/>\n");
        name_x -= text_width(curve.name) + 66;
    }
    return out;
}

std::string figure(const Slider& slider) {
    const double each = above + slider.height + below, height = each * static_cast<double>(slider.panels.size()) + 26;
    std::string panels, cursor;  // outside the sheet, until the script moves it
    for (std::size_t p = 0; p < slider.panels.size(); ++p) {
        const double top = each * static_cast<double>(p);
        panels += panel_svg(slider, p, top);
        cursor += cat("M-10 ", top + above, "v", slider.height);
    }
    return cat("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ", sheet_width, " ", height,
               "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' font-size='", text_size,
               "' fill='#1f2933' role='img' aria-label='", escaped(slider.title), "'>\n",
               "<rect width='100%' height='100%' fill='#ffffff'/>\n", panels, "<path class='cursor' d='", cursor,
               "' stroke='#1f2933' stroke-width='1.5' stroke-dasharray='3 3'/>\n",
               text_at((left + sheet_width - right) / 2, height - 8, slider.axis, "text-anchor='middle'"), "</svg>\n");
}

// What the script reads out: each curve's numbers, one behind the other.
std::string readout(const Slider& slider) {
    std::string out = cat("<span data-numbers='", in_row(slider.x), "'>", escaped(slider.axis), " = <b></b></span>\n");
    for (const SliderPanel& panel : slider.panels)
        for (const Curve& curve : panel.curves)
            out += cat("<span data-numbers='", in_row(curve.y), "'>", escaped(curve.name), " = <b></b></span>\n");
    return out;
}

// For readers without scripts: where there are notes, and some places between.
std::string table(const Slider& slider) {
    std::string head = cat("<th>", escaped(slider.axis), "</th>"), rows;
    for (const SliderPanel& panel : slider.panels)
        for (const Curve& curve : panel.curves) head += cat("<th>", escaped(curve.name), "</th>");
    const std::size_t n = slider.x.size(), stride = std::max<std::size_t>(1, n / 12);
    for (std::size_t i = 0; i < n; ++i) {
        const std::string note = slider.notes.empty() ? "" : slider.notes[i];
        if (note.empty() && i % stride != 0 && i + 1 != n) continue;
        rows += cat("<tr><th scope='row'>", five_digits(slider.x[i]), "</th>");
        for (const SliderPanel& panel : slider.panels)
            for (const Curve& curve : panel.curves) rows += cat("<td>", five_digits(curve.y[i]), "</td>");
        rows += cat("<td>", escaped(note), "</td></tr>\n");
    }
    return cat("<table>\n<thead><tr>", head, "<th></th></tr></thead>\n<tbody>\n", rows, "</tbody>\n</table>\n");
}

constexpr const char* style = R"style(
.slider h2 { font-size: 1.4rem; margin: 0.5rem 0 }
.slider figure { margin: 0.5rem 0; max-width: 62rem; overflow: auto }
.slider svg { width: 100%; min-width: 36rem; border-radius: 6px }
.slider svg .title { font-weight: bold }
.slider svg .small { fill: #3e4c59 }
.slider .controls { max-width: 62rem }
.slider input { width: 88%; margin-left: 9.6%; accent-color: var(--tape-now) }
.slider .readout span { display: inline-block; min-width: 12em; padding-right: 1em }
.slider .readout span { font-size: 1.15rem; font-variant-numeric: tabular-nums }
.slider .note { min-height: 1.5em; font-style: italic }
.slider table { border-collapse: collapse }
.slider th, .slider td { text-align: left; padding: 0.15rem 0.8rem; border-bottom: 1px solid var(--tape-line);
                         font-variant-numeric: tabular-nums }
@media print { .slider .controls { display: none } }
)style";

constexpr const char* script = R"script(
// A section with curves and a range input, whose value is a place in their lists of numbers.
function slideAlong(section) {
  const all = (what) => [...section.querySelectorAll(what)];
  const input = section.querySelector("input"), notes = all(".notes li").map((note) => note.textContent);
  const dots = all(".dot").map((dot) => [dot, dot.dataset.at.split(" ").map((at) => at.split(",").map(Number))]);
  const spans = all("[data-numbers]").map((span) => [span.querySelector("b"), span.dataset.numbers.split(" ")]);
  function show() {
    const i = Number(input.value), x = dots[0][1][i][0];
    for (const [dot, at] of dots) {
      dot.setAttribute("r", 7);
      dot.setAttribute("cx", at[i][0]);
      dot.setAttribute("cy", at[i][1]);
    }
    for (const [number, list] of spans) number.textContent = list[i];
    for (const veil of all(".veil")) {
      const from = Number(veil.dataset.from), to = Number(veil.dataset.to), kind = veil.dataset.veil;
      veil.setAttribute("x", kind === "after" ? x : from);
      veil.setAttribute("width", kind === "before" ? x - from : kind === "after" ? to - x : 0);
    }
    section.querySelector(".cursor").setAttribute("transform", "translate(" + (x + 10) + " 0)");
    section.querySelector(".note").textContent = notes[i] || "";
    input.setAttribute("aria-valuetext", spans.map(([number]) => number.parentNode.textContent).join(", "));
  }
  input.addEventListener("input", show);
  section.querySelector(".controls").hidden = false;
  section.querySelector("details").open = false;
  show();
}
document.querySelectorAll("section.slider").forEach(slideAlong);
)script";

}  // namespace

std::string to_html_section(const Slider& slider, Where at) {
    require_numbers(slider, at);
    const double last = static_cast<double>(slider.x.size() - 1);
    std::string notes;
    for (const std::string& note : slider.notes) notes += cat("<li>", escaped(note), "</li>");
    return cat("<section class='slider' id='", escaped(slider.id), "' aria-label='", escaped(slider.title), "'>\n<h2>",
               escaped(slider.title), "</h2>\n<p>", escaped(slider.says), "</p>\n",
               "<div class='controls' hidden='hidden'>\n<input type='range' aria-label='", escaped(slider.axis),
               "' min='0' max='", last, "' value='", last, "'/>\n<div class='readout'>\n", readout(slider),
               "</div>\n<p class='note' aria-live='polite'></p>\n",
               notes.empty() ? "" : cat("<ul class='notes' hidden='hidden'>", notes, "</ul>\n"), "</div>\n<figure>\n",
               figure(slider), "</figure>\n<details open='open'>\n<summary>Some of its numbers</summary>\n",
               table(slider), "</details>\n</section>\n");
}

std::string slider_style() { return style + 1; }
std::string slider_script() { return script + 1; }

}  // namespace costate::support
