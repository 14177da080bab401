// examples/chapters/pictures/flows.cpp — the pictures of ode/flows.md: a density without and with the trace, and estimates
//   flows FOLDER       flows_wrong.svg, flows_right.svg, flows_noise.svg
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// dz/dt = −a tanh z from data at t = 0 to N(0, 1) at t = 1: sinh z(t) = e^−at sinh x
constexpr double a = 1.5;
double along(double x, double t) { return std::asinh(std::exp(-a * t) * std::sinh(x)); }
double data_of(double z) { return std::asinh(std::exp(a) * std::sinh(z)); }
double normal(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }
double slope(double x) { return std::exp(-a) * std::cosh(x) / std::cosh(along(x, 1)); }

Plot paths() {  // a tenth of the base's probability between any two
    Plot plot({.title = "Paths: a tenth of all between two", .x = "t", .y = "z"});
    const std::vector<double> t = linspace(0, 1, 41);
    for (const double z : {-1.281552, -0.841621, -0.524401, -0.253347, 0.0, 0.253347, 0.524401, 0.841621, 1.281552}) {
        std::vector<double> path;
        for (const double at : t) path.push_back(along(data_of(z), at));
        plot.line(t, path, {.color = palette(0), .width = 2.4});
    }
    return plot.y_range(-4, 4);
}

Plot density(const std::string& title, bool with_trace) {
    Plot plot({.title = title, .x = "x", .y = "density"});
    const std::vector<double> x = linspace(-5, 5, 201);
    std::vector<double> base, carried, zero;
    for (const double at : x) {
        base.push_back(normal(at));
        carried.push_back(normal(along(at, 1)) * (with_trace ? slope(at) : 1));
        zero.push_back(0);
    }
    const std::string color = palette(with_trace ? 2 : 1);
    plot.between(x, zero, carried, {.color = color, .opacity = 0.25});
    plot.line(x, base, {.label = "base, t = 1", .color = "#6b7480", .width = 2.4, .dashed = true});
    plot.line(x, carried, {.label = "data, t = 0", .color = color, .width = 3.2});
    return plot.y_range(0, 0.52);
}

void estimates(const std::string& to) {  // of the trace of [[1, c], [c, −½]]: one number, ±1 or normal
    Plot plot({.title = "Spread of one estimate", .x = "off-diagonal entry c", .y = "standard deviation"});
    const std::vector<double> c = linspace(0, 2, 41);
    std::vector<double> by_signs, by_normal;
    for (const double at : c) {
        by_signs.push_back(std::sqrt(4 * at * at));
        by_normal.push_back(std::sqrt(2 * (1 + 0.25 + 2 * at * at)));
    }
    plot.line(c, by_normal, {.label = "normal", .color = palette(1), .width = 3, .dashed = true});
    plot.line(c, by_signs, {.label = "±1", .color = palette(0), .width = 3});
    Plot mean({.title = "Mean of n estimates, c = 1", .x = "n", .log_x = true});
    std::vector<double> n, of_signs, of_normal, upper, lower;
    Rng rng(4);
    double sums[2] = {};
    for (int k = 1; k <= 3000; ++k) {
        const double u = rng.normal(), v = rng.normal();
        sums[0] += u * u + 2 * u * v - v * v / 2;
        sums[1] += 0.5 + (rng.bits() >> 63 ? 2 : -2);
        if (k > 20 && k % (k < 200 ? 5 : 50)) continue;
        n.push_back(k), of_normal.push_back(sums[0] / k), of_signs.push_back(sums[1] / k);
        const double sd = std::sqrt(6.5 / k);
        upper.push_back(0.5 + sd), lower.push_back(0.5 - sd);
    }
    mean.between(n, lower, upper, {.label = "trace ± sd, normal", .color = "#9aa3ad", .opacity = 0.3});
    mean.line(n, of_normal, {.label = "normal", .color = palette(1), .width = 2.4, .dashed = true});
    mean.line(n, of_signs, {.label = "±1", .color = palette(0), .width = 2.4});
    mean.y_range(-3, 4);
    save_svg(to + "/flows_noise.svg", {plot, mean},
             {.title = "A noisy trace is right on average; signs are the calmer noise", .height = 300});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    save_svg(to + "/flows_wrong.svg", {paths(), density("Values carried along: area 2.06", false)},
             {.title = "Carried along without the trace, a density adds up to more than 1", .height = 320});
    save_svg(to + "/flows_right.svg", {paths(), density("Thinned where paths part: area 1", true)},
             {.title = "With the trace a density thins where paths part, and adds up to 1", .height = 320});
    estimates(to);
}
