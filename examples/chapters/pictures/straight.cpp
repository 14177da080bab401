// examples/chapters/pictures/straight.cpp — the pictures of ode/straight.md: turns and their bill, straight paths, matching
//   straight FOLDER      straight_wrong.svg, straight_right.svg, straight_matching.svg
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// From N(0, 4) in the plane at t = 0 to N(0, 1) at t = 1: shrink evenly to a half, and turn on the way.
const double shrink = std::log(2), full = 2 * std::numbers::pi;

Plot plane(const std::string& title) {
    Plot plot({.title = title, .x = "z₁", .y = "z₂", .equal = true});
    return plot.x_range(-4.4, 4.4).y_range(-4.4, 4.4);
}

template <class Place>
void draw(Plot& plot, const std::string& color, const Place& place) {  // place(t, radius, angle) -> (radius, angle)
    for (const double radius : {2.0, 4.0})
        for (int k = 0; k < 6; ++k) {
            std::vector<double> x, y, at_x, at_y;
            for (int i = 0; i <= 100; ++i) {
                const auto [r, angle] = place(i / 100.0, radius, (k + (radius < 3 ? 0.5 : 0)) * full / 6);
                x.push_back(r * std::cos(angle)), y.push_back(r * std::sin(angle));
                if (i % 20 == 0) at_x.push_back(x.back()), at_y.push_back(y.back());
            }
            plot.line(x, y, {.color = color, .width = 2}).scatter(at_x, at_y, {.color = color, .width = 1.8});
        }
}

void turns(const std::string& to) {
    Plot paths = plane("One turn, and the same two ends");
    draw(paths, palette(1),
         [](double t, double r, double angle) { return std::pair(r * std::exp(-shrink * t), angle + full * t); });
    Plot bill({.title = "Evaluations of a solve", .x = "turns on the way"});
    std::vector<double> count, evaluations;
    for (int n = 0; n <= 8; ++n) {
        const double turn = full * n;
        const auto field = [turn](double, std::span<const double> z, std::span<double> dz) {
            dz[0] = -shrink * z[0] - turn * z[1], dz[1] = -shrink * z[1] + turn * z[0];
        };
        const auto solution = ode::solve(field, std::array{2.0, 0.0}, {0, 1}, {.method = ode::dopri5, .rtol = 1e-6});
        count.push_back(n), evaluations.push_back(double(solution.statistics().evaluations));
    }
    bill.line(count, evaluations, {.color = palette(1), .width = 3});
    bill.scatter(count, evaluations, {.color = palette(1), .width = 3}).y_range(0, 1.05 * evaluations.back());
    save_svg(to + "/straight_wrong.svg", {paths, bill},
             {.title = "Every turn is paid for, and changes nothing at the ends", .height = 340});
}

void lines(const std::string& to) {
    Plot paths = plane("Straight, at constant speed");
    draw(paths, palette(0), [](double t, double r, double angle) { return std::pair(r * (1 - t / 2), angle); });
    Plot energy({.title = "Mean kinetic energy", .x = "turns on the way"});
    std::vector<double> count = linspace(0, 0.5, 41), spirals;
    for (const double n : count) spirals.push_back(3 / shrink * (shrink * shrink + full * full * n * n));
    energy.line(count, spirals, {.label = "with turns", .color = palette(1), .width = 3});
    energy.line({0, 0.5}, {2, 2}, {.label = "squared distance", .color = "#1f2933", .width = 2.4, .dashed = true});
    energy.scatter({0}, {2}, {.label = "straight lines", .color = palette(0), .width = 4}).y_range(0, 24);
    save_svg(to + "/straight_right.svg", {paths, energy},
             {.title = "Straight paths at constant speed cost least: squared distance", .height = 340});
}

void matching(const std::string& to) {
    Plot pairs({.title = "Lines from data to noise, at random", .x = "t", .y = "z"});
    Plot flow({.title = "Paths of their mean velocity", .x = "t"});
    Rng rng(5);
    for (int k = 0; k < 28; ++k) {
        const double x = 2 * rng.normal();
        pairs.line({0, 1}, {x, rng.normal()}, {.color = palette(1), .width = 1.6, .opacity = 0.8});
    }
    const std::vector<double> t = linspace(0, 1, 61);
    for (const double z :
         {-1.644854, -1.036433, -0.67449, -0.38532, -0.125661, 0.125661, 0.38532, 0.67449, 1.036433, 1.644854}) {
        std::vector<double> path, line{2 * z, z};
        for (const double at : t) path.push_back(z * std::sqrt(5 * at * at - 8 * at + 4));
        flow.line({0, 1}, line, {.color = "#6b7480", .width = 1.4, .dashed = true});
        flow.line(t, path, {.color = palette(0), .width = 2.6});
    }
    pairs.y_range(-5, 5), flow.y_range(-5, 5);
    save_svg(to + "/straight_matching.svg", {pairs, flow},
             {.title = "Lines may cross; the flow of their mean velocity bends instead", .height = 320});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    turns(to);
    lines(to);
    matching(to);
}
