// examples/chapters/pictures/autodiff.cpp — the pictures of autodiff/README.md: differences, and three numbers at each node
//   autodiff FOLDER      autodiff_wrong.svg, autodiff_right.svg
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"                    // brings: grad, jvp
#include "autodiff/program/program.hpp"          // brings: compile, Program
#include "examples/chapters/pictures/graph.hpp"  // brings: Graph
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

double flops(const Program& program) {
    double count = 0;
    for (const Program::Instruction& line : program.code) count += program.flops(line);
    return count;
}

// The floating-point operations of x₁ x₂ ... x_n with its gradient, for one of it alone.
double cost(int n) {
    Tape tape;
    std::vector<Var> xs;
    for (int i = 0; i < n; ++i) xs.push_back(tape.variable(1));
    Var y = xs[0];
    for (std::size_t i = 1; i < xs.size(); ++i) y = y * xs[i];
    const auto g = grad(y, xs);
    std::vector<Var> outputs(g.begin(), g.end());
    outputs.push_back(y);
    return flops(compile(tape, xs, outputs)) / flops(compile(tape, xs, Vars(&y, 1)));
}

void wrong(const std::string& to) {
    const auto f = [](double x) { return 1 / (1 + x * x); };  // sums, products, a quotient: every machine rounds alike
    const double x = 0.7, slope = -2 * x * f(x) * f(x);
    std::vector<double> hs, one_side, two_sides;
    for (int k = 1; k <= 50; k += 1) {
        const double h = std::ldexp(1.0, -k);
        hs.push_back(h);
        one_side.push_back(std::abs((f(x + h) - f(x)) / h / slope - 1));
        two_sides.push_back(std::abs((f(x + h) - f(x - h)) / (2 * h) / slope - 1));
    }
    Plot v(
        {.title = "Error of the slope of 1/(1 + x²)", .x = "h", .y = "relative error", .log_x = true, .log_y = true});
    v.line(hs, one_side, {.label = "(f(x + h) − f(x)) / h", .color = palette(1), .width = 3})
        .line(hs, two_sides, {.label = "(f(x + h) − f(x − h)) / 2h", .color = palette(0), .width = 3, .dashed = true})
        .text(3e-15, 3e-9, "rounding: ε / h")
        .text(1.5e-5, 3e-12, "curvature: h, h²");
    v.y_range(1e-13, 30);

    Plot runs({.title = "Cost of one gradient", .x = "inputs n", .y = "in runs of f", .log_x = true, .log_y = true});
    std::vector<double> n, differences, tape;
    for (int inputs = 3; inputs <= 3000; inputs *= 10) {
        n.push_back(inputs);
        differences.push_back(inputs + 1);
        tape.push_back(cost(inputs));
    }
    runs.line(n, differences, {.label = "differences: n + 1", .color = palette(1), .width = 3})
        .line(n, tape, {.label = "the tape, counted", .color = palette(2), .width = 4, .dashed = true})
        .scatter(n, tape, {.color = palette(2), .width = 3})
        .scatter(n, differences, {.color = palette(1), .width = 3});
    runs.y_range(1, 10000);
    save_svg(to + "/autodiff_wrong.svg", {v, runs},
             {.title = "A difference loses digits at any h, and n slopes cost n + 1 runs"});
}

void right(const std::string& to) {
    Tape tape;
    const Var x1 = tape.variable(2), x2 = tape.variable(3);
    const Var p = x1 * x2, s = sin(x1), y = p + s;
    const std::array all{x1, x2, p, s, y};
    const char* names[] = {"x₁", "x₂", "p", "s", "y"};
    const char* rules[] = {"x₁", "x₂", "p = x₁ x₂", "s = sin x₁", "y = p + s"};
    const char* back[] = {"x̄₁ = x₂ p̄ + cos x₁ s̄", "x̄₂ = x₁ p̄", "p̄ = ȳ", "s̄ = ȳ", "ȳ = 1"};
    const char* forth[] = {"ẋ₁ = 1", "ẋ₂ = 0", "ṗ = x₂ ẋ₁ + x₁ ẋ₂", "ṡ = cos x₁ ẋ₁", "ẏ = ṗ + ṡ"};

    Graph graph("Tangents go down the list, cotangents come back up it: y = x₁ x₂ + sin x₁", 525);
    const double at_x[] = {120, 120, 500, 500, 860}, at_y[] = {110, 220, 220, 110, 165};
    for (std::size_t i = 0; i < all.size(); ++i) graph.node(names[i], at_x[i], at_y[i], rules[i], i < 2);
    const auto both = [&](const char* from, const char* into, const std::string& label) {
        graph.edge(from, into, "", 8).back(into, from, label, 8);
    };
    both("x₁", "s", ""), both("x₁", "p", ""), both("x₂", "p", ""), both("s", "y", ""), both("p", "y", "");

    const double first = 330, step = 42;
    const auto cell = [&](double x, double row, const std::string& what, const std::string& more) {
        graph.words(x, first + step * row, what, "font-size='19' " + more);
    };
    const std::string blue = "fill='" + palette(0) + "'", orange = "fill='" + palette(1) + "' font-weight='bold'";
    cell(20, -1, "value ↓", "font-weight='bold'");
    cell(300, -1, "tangent ↓, along x₁", blue + " font-weight='bold'");
    cell(640, -1, "cotangent ↑, of y", orange);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double row = static_cast<double>(i);
        char number[32];
        const auto shown = [&](double value) {
            std::snprintf(number, sizeof number, "%.3f", value);
            return value < 0 ? "−" + std::string(number + 1) : std::string(number);
        };
        const double tangent = double(or_zeros(jvp(all[i], x1, tape.constant(1)), all[i]).item());
        cell(20, row, rules[i], "");
        cell(240, row, shown(double(all[i].item())), "text-anchor='end'");
        cell(300, row, forth[i], blue);
        cell(590, row, shown(tangent), blue + " text-anchor='end'");
        cell(640, row, back[i], orange);
        cell(970, row, shown(double(grad(y, all[i]).item())), orange + " text-anchor='end'");
    }
    graph.save(to + "/autodiff_right.svg");
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    wrong(to);
    right(to);
}
