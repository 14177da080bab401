// examples/chapters/pictures/discrete.cpp — the pictures of ode/discrete.md: a coarse solve, a step transposed
//   discrete FOLDER      discrete_wrong.svg, discrete_right.svg
#include <cmath>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/chapters/pictures/graph.hpp"  // brings: Graph
#include "examples/support/svg.hpp"              // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

struct Slope {
    double loss, by_theta;
};

// z' = −θ z from 1 over [0, 2], L = z(2)², by so many steps of Euler
Slope solved(double theta, int steps, const ode::Route& route) {
    Tape tape;
    const Var rate = tape.variable(theta);
    const ode::SolveOptions options{.method = ode::euler, .gradient = route, .steps = steps};
    const Var loss = sum(square(ode::solve(
                                    tape, [rate](Var, Var z) { return -rate * z; }, Tensor({1}, {1}), {0, 2}, options)
                                    .end()));
    return {static_cast<double>(loss.item()), static_cast<double>(grad(loss, rate).item())};
}

void wrong(const std::string& to) {
    const int steps = 3;
    const double at = 0.7;
    std::vector<double> theta = linspace(0.05, 1.3, 64), loss;
    for (const double value : theta) loss.push_back(solved(value, steps, ode::discrete).loss);
    const Slope own = solved(at, steps, ode::discrete), other = solved(at, steps, ode::backsolve);
    const auto tangent = [&](const Slope& s, double width) {
        return std::vector{s.loss - width * s.by_theta, s.loss + width * s.by_theta};
    };
    Plot slopes({.title = "z' = −θz by three steps of Euler", .x = "θ", .y = "L = z(2)², as computed"});
    slopes.line(theta, loss, {.label = "loss", .color = "#1f2933", .width = 2})
        .line({at - 0.35, at + 0.35}, tangent(own, 0.35), {.label = "discrete", .color = palette(0), .width = 4})
        .line({at - 0.35, at + 0.35}, tangent(other, 0.35),
              {.label = "of the equation", .color = palette(1), .width = 3, .dashed = true})
        .scatter({at}, {own.loss}, {.color = "#1f2933", .width = 4});
    slopes.y_range(-0.03, 0.3);

    Plot error({.title = "How far off it is", .x = "steps", .y = "relative error", .log_x = true, .log_y = true});
    std::vector<double> count, off;
    for (const int n : {3, 6, 12, 24, 48, 96, 192}) {
        const double right = solved(at, n, ode::discrete).by_theta;
        count.push_back(n), off.push_back(std::abs(solved(at, n, ode::backsolve).by_theta / right - 1));
    }
    error.line(count, off, {.label = "of the equation", .color = palette(1), .width = 3, .dashed = true})
        .scatter(count, off, {.color = palette(1), .width = 3});
    save_svg(to + "/discrete_wrong.svg", {slopes, error},
             {.title = "The equation’s gradient is not the slope of what coarse steps compute"});
}

void right(const std::string& to) {
    Graph graph("A step, transposed: every arrow turned round, and what parted now adds up", 500);
    const double x[] = {90, 260, 420, 580, 740, 910};
    const char* k[] = {"", "k₁", "k₂", "k₃", "k₄"};
    const char* w[] = {"", "w₁, μ₁", "w₂, μ₂", "w₃, μ₃", "w₄, μ₄"};
    graph.words(20, 80, "forwards: RK4, four looks").words(20, 310, "backwards: the blame of each");
    for (const bool forwards : {true, false}) {
        const double y = forwards ? 150 : 390;
        const std::string tag = forwards ? "" : "w";
        graph.node(tag + "0", x[0], y, forwards ? "z" : "λ", true)
            .node(tag + "5", x[5], y, forwards ? "z⁺" : "λ⁺", true);
        for (int i = 1; i <= 4; ++i) graph.node(tag + std::to_string(i), x[i], y, forwards ? k[i] : w[i]);
        for (int i = 1; i <= 4; ++i) {
            const std::string one = tag + std::to_string(i), before = tag + std::to_string(i - 1);
            const auto arrow = [&](const std::string& from, const std::string& into, double bend) {
                forwards ? graph.edge(from, into, "", bend) : graph.back(into, from, "", -bend);
            };
            arrow(before, one, 0);
            if (i > 1) arrow(tag + "0", one, 14 + 9 * i);
            arrow(one, tag + "5", i == 4 ? 0 : -(50 - 9 * i));
        }
        if (forwards)
            graph.edge("0", "5", "", 64);
        else
            graph.back("w5", "w0", "", -64);
        graph.words(x[0] - 60, y + 84, forwards ? "above: all begin at z" : "above: λ⁺ and every μ add up to λ");
        graph.words(x[3] - 20, y + 84, forwards ? "below: z⁺ moves along all four" : "below: λ⁺ blames all four");
    }
    graph.save(to + "/discrete_right.svg");
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    wrong(to);
    right(to);
}
