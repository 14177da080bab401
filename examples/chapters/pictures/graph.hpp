// examples/chapters/pictures/graph.hpp — graphs of a few nodes, drawn where the program says: boxes, arrows, words
//   Graph graph("One step of Euler", 360);      1000 wide, 360 high
//   graph.node("z", 80, 200, "zₙ").node("f", 300, 200, "f").edge("z", "f").back("f", "z", "h aᵀ ∂f/∂z");
//   graph.save("figures/adjoint_step.svg");
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "examples/chapters/pictures/canvas.hpp"  // brings: Canvas, text
#include "examples/support/colors.hpp"            // brings: palette

namespace costate::support {

class Graph : public Canvas<Graph> {
public:
    Graph(const std::string& title, double height) : Canvas(title, height) {}
    Graph& node(const std::string& name, double x, double y, const std::string& label, bool known = false) {
        const double half = 20 + 4.6 * static_cast<double>(letters(label));
        nodes_[name] = {x, y, half};
        marks_ +=
            text("<rect x='", x - half, "' y='", y - 22, "' width='", 2 * half, "' height='44' rx='", known ? 22 : 5,
                 "' fill='", known ? "#e9edf2" : "#ffffff", "' stroke='#1f2933' stroke-width='2'/>\n");
        marks_ += text("<text x='", x, "' y='", y + 7, "' text-anchor='middle' font-size='20'>", label, "</text>\n");
        return *this;
    }
    // Values go along edges, cotangents back along dashed ones, `bend` pixels beside the straight way.
    Graph& edge(const std::string& from, const std::string& to, const std::string& label = {}, double bend = 0) {
        return arrow(nodes_.at(from), nodes_.at(to), label, bend, "#1f2933", "", 2);
    }
    Graph& back(const std::string& from, const std::string& to, const std::string& label = {}, double bend = 0) {
        return arrow(nodes_.at(from), nodes_.at(to), label, bend, palette(1), " stroke-dasharray='8 5'", 3.5);
    }

private:
    struct Node {
        double x = 0, y = 0, half = 0;
    };
    static std::size_t letters(const std::string& label) {  // of UTF-8: bytes that begin one
        std::size_t count = 0;
        for (const char c : label) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        return count;
    }
    // Where a line from the middle of a box towards (x, y) leaves it, a little outside.
    static Node leave(const Node& box, double x, double y, double gap) {
        const double dx = x - box.x, dy = y - box.y, w = box.half + gap, h = 22 + gap;
        const double scale = 1 / std::max(std::abs(dx) / w, std::abs(dy) / h);
        return {box.x + scale * dx, box.y + scale * dy, 0};
    }
    Graph& arrow(const Node& from, const Node& to, const std::string& label, double bend, const std::string& color,
                 const std::string& dash, double width) {
        const double length = std::hypot(to.x - from.x, to.y - from.y);
        const double nx = (to.y - from.y) / length, ny = -(to.x - from.x) / length;  // left of the way
        const double mx = (from.x + to.x) / 2 + 2 * bend * nx, my = (from.y + to.y) / 2 + 2 * bend * ny;
        const Node a = leave(from, mx, my, 4), b = leave(to, mx, my, 6);
        const double along = std::hypot(b.x - mx, b.y - my), ux = (b.x - mx) / along, uy = (b.y - my) / along;
        below_ += text("<path d='M", a.x, ",", a.y, " Q", mx, ",", my, " ", b.x - 8 * ux, ",", b.y - 8 * uy,
                       "' fill='none' stroke='", color, "' stroke-width='", width, "'", dash, "/>\n");
        below_ += text("<path d='M", b.x, ",", b.y, " L", b.x - 14 * ux - 6 * uy, ",", b.y - 14 * uy + 6 * ux, " L",
                       b.x - 14 * ux + 6 * uy, ",", b.y - 14 * uy - 6 * ux, " Z' fill='", color, "'/>\n");
        if (!label.empty()) {
            const double beside = 20 + 4.6 * std::abs(nx) * static_cast<double>(letters(label));
            const double away = bend + (bend < 0 ? -beside : beside);
            const double x = (from.x + to.x) / 2 + away * nx, y = (from.y + to.y) / 2 + away * ny;
            words(x, y + 6, label, text("font-size='17' text-anchor='middle' fill='", color, "'"));
        }
        return *this;
    }

    std::map<std::string, Node> nodes_;
};

}  // namespace costate::support
