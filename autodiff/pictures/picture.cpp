#include "autodiff/pictures/picture.hpp"

#include <algorithm>
#include <cstdio>

#include "autodiff/pictures/graph.hpp"   // brings: Graph, graph_of, xml_text
#include "autodiff/pictures/layers.hpp"  // brings: Layout, layered

namespace costate::inline COSTATE_PRECISION {
namespace pictures {

namespace {

constexpr double text_height = 16, line_height = 21, padding = 12;
constexpr const char *ink = "#1f2933", *first_ink = "#3e4c59", *gradient_ink = "#b34700";

std::string pixels(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.1f", value == 0 ? 0.0 : value);
    return digits;
}

std::string pair(Point p) { return text(pixels(p.x), " ", pixels(p.y)); }

std::string heading(const Graph::Node& node) { return node.name + ": " + node.operation; }

double width_of(std::size_t characters) {  // on average: a font cannot be asked
    return 0.56 * text_height * static_cast<double>(characters) + 2 * padding;
}

std::size_t characters(const std::string& text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string name_of(const Sheet& sheet, const char* kind, std::size_t i) {
    return sheet.id.empty() ? "" : text(" id='", xml_text(sheet.id), "-", kind, "-", i, "'");
}

// A curve, and then in turn a straight line through a layer and a curve to the next one; a head at its tip.
std::string arrow(const std::vector<Point>& bends, bool down, const std::string& name) {
    constexpr double head = 9, half = 4.5;
    const Point tip = bends.back(), neck = down ? Point{tip.x, tip.y - head} : Point{tip.x - head, tip.y};
    std::string path = text("M", pair(bends[0]));
    for (std::size_t i = 1; i < bends.size(); ++i) {
        const Point a = bends[i - 1], b = i + 1 < bends.size() ? bends[i] : neck;
        if (i % 2 == 0) {
            path += text("L", pair(b));
            continue;
        }
        const Point c = down ? Point{a.x, (a.y + b.y) / 2} : Point{(a.x + b.x) / 2, a.y};
        const Point d = down ? Point{b.x, c.y} : Point{c.x, b.y};
        path += text("C", pair(c), " ", pair(d), " ", pair(b));
    }
    const double across = down ? half : 0, along = down ? 0 : half;
    const Point left{neck.x - across, neck.y - along}, right{neck.x + across, neck.y + along};
    return text("<g class='arrow'", name, "><path class='shaft' d='", path, "' fill='none' stroke='", ink,
                "' stroke-width='1.6'/><path class='head' d='M", pair(tip), "L", pair(left), "L", pair(right),
                "Z' fill='", ink, "'/></g>\n");
}

std::string box(const Graph::Node& node, const Layout::Box& box, const std::string& name, bool third_line) {
    const double middle = box.corner.x + box.width / 2;
    double y = box.corner.y + 4;
    const auto line = [&](const char* kind, const std::string& words, const char* color, const char* more) {
        y += line_height;
        return text("<text class='", kind, "' x='", pixels(middle), "' y='", pixels(y), "' text-anchor='middle' fill='",
                    color, "'", more, ">", xml_text(words), "</text>");
    };
    std::string out = text("<g class='node'", name, "><rect class='box' x='", pixels(box.corner.x), "' y='",
                           pixels(box.corner.y), "' width='", pixels(box.width), "' height='", pixels(box.height),
                           "' rx='7' fill='#f5f7fa' stroke='", ink, "' stroke-width='1.6'/>");
    out += line("operation", heading(node), first_ink, "");
    out += line("number", node.number, ink, " font-weight='bold'");
    if (third_line || !node.gradient.empty()) out += line("derivative", node.gradient, gradient_ink, "");
    return out + "</g>\n";
}

}  // namespace

std::string svg_of(const Graph& graph, const Sheet& sheet) {
    bool third_line = sheet.third_line;
    std::vector<double> widths;
    for (const Graph::Node& node : graph.nodes) {
        widths.push_back(width_of(std::max({characters(heading(node)), characters(node.number),
                                            characters(node.gradient), sheet.longest, std::size_t(4)})));
        third_line = third_line || !node.gradient.empty();
    }
    const Layout layout = layered(graph, widths, line_height * (third_line ? 3 : 2) + 14);
    const std::string width = pixels(layout.width), height = pixels(layout.height);
    std::string out =
        text("<svg xmlns='http://www.w3.org/2000/svg' width='", width, "' height='", height, "' viewBox='0 0 ", width,
             " ", height, "' font-family='Helvetica, Arial, Liberation Sans, sans-serif' font-size='",
             pixels(text_height), "' role='img' aria-label='a tape as a graph'>\n");
    if (!sheet.ground.empty()) out += text("<rect width='100%' height='100%' fill='", sheet.ground, "'/>\n");
    for (std::size_t a = 0; a < graph.arrows.size(); ++a)
        out += arrow(layout.bends[a], layout.down, name_of(sheet, "arrow", a));
    for (std::size_t v = 0; v < graph.nodes.size(); ++v)
        out += box(graph.nodes[v], layout.boxes[v], name_of(sheet, "node", v), third_line);
    return out + "</svg>\n";
}

}  // namespace pictures

std::string to_svg(const Tape& tape, const Drawing& drawing, Where at) {
    return pictures::svg_of(pictures::graph_of("to_svg", tape, drawing, at), {});
}

}  // namespace costate
