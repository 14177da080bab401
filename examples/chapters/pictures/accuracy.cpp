// examples/chapters/pictures/accuracy.cpp — the pictures of ode/accuracy.md: many curves from one start, the fan, three fields
//   accuracy FOLDER      accuracy_wrong.svg, accuracy_right.svg, accuracy_fields.svg
#include <cmath>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

void many_curves(const std::string& to) {  // y' = 3 y^(2/3): y = 0 until any time c, then (t − c)³
    Plot plot({.x = "t", .y = "y"});
    plot.field({0, 1.5}, {0, 2}, [](const Tensor& z) {
        Tensor dz(z.shape());
        for (Index i = 0; i < z.size() / 2; ++i) {
            dz(i, 0) = 1;
            dz(i, 1) = Real(3 * std::pow(double(z(i, 1)), 2.0 / 3));
        }
        return dz;
    });
    std::size_t color = 0;
    for (const double leave : {0.0, 0.25, 0.5, 1.5}) {
        std::vector<double> t = linspace(0, 1.5, 151), y;
        for (const double s : t) y.push_back(std::pow(std::max(0.0, s - leave), 3));
        plot.line(t, y,
                  {.label = leave < 1 ? text("leaves 0 at t = ", leave) : "stays at 0",
                   .color = palette(color),
                   .width = 5 - static_cast<double>(color),
                   .dashed = color % 2 == 1});
        ++color;
    }
    plot.y_range(-0.1, 2);
    save_svg(to + "/accuracy_wrong.svg", {plot}, {.title = "From one start, many curves follow the arrows"});
}

void fan(const std::string& to) {
    Plot plot({.x = "t", .y = "y"});
    std::vector<double> at = {0}, walk = {1};
    for (int n = 1; n <= 4; ++n) at.push_back(0.5 * n), walk.push_back(1.5 * walk.back());
    for (std::size_t n = 0; n < 4; ++n) {
        std::vector<double> t = linspace(at[n], 2, 61), y;
        for (const double s : t) y.push_back(walk[n] * std::exp(s - at[n]));
        plot.line(t, y,
                  {.label = n == 0   ? "the curve to follow"
                            : n == 1 ? "the curves through the steps' ends"
                                     : "",
                   .color = n == 0 ? "#1f2933" : palette(0),
                   .width = n == 0 ? 4.0 : 2.0,
                   .dashed = n > 0});
    }
    plot.line(at, walk, {.label = "Euler's steps for y' = y", .color = palette(1), .width = 2.4})
        .scatter(at, walk, {.color = palette(1), .width = 3});
    for (std::size_t n = 1; n < 5; ++n)
        plot.line({at[n], at[n]}, {walk[n], walk[n - 1] * std::exp(0.5)},
                  {.label = n == 1 ? "a step's own error" : "", .color = palette(3), .width = 6});
    plot.x_range(-0.05, 2.1);
    save_svg(to + "/accuracy_right.svg", {plot},
             {.title = "Each step's error is carried on by the curve it landed on"});
}

void three_fields(const std::string& to) {
    using Law = double (*)(double, double);
    const struct {
        const char* name;
        Law law;
    } all[] = {{"dy/dt = y − 2e⁻ᵗ: each error grows", [](double t, double y) { return y - 2 * std::exp(-t); }},
               {"dy/dt = −e⁻ᵗ: each stays", [](double t, double) { return -std::exp(-t); }},
               {"dy/dt = −y: each fades", [](double, double y) { return -y; }}};
    Plot plot({.x = "t", .y = "error / tolerance", .log_y = true});
    std::size_t color = 0;
    for (const auto& each : all) {
        const auto f = [&](double t, std::span<const double> y, std::span<double> dy) { dy[0] = each.law(t, y[0]); };
        const auto steps = ode::solve_steps(f, std::array{1.0}, {0, 10}, {.rtol = 1e-6, .atol = 1e-6});
        std::vector<double> t, error;
        for (std::size_t i = 0; i < steps.t.size(); ++i) {
            if (steps.t[i] < 0.5) continue;  // the first errors are roundings
            t.push_back(steps.t[i]);
            error.push_back(std::abs(steps.z[i][0] - std::exp(-t.back())) / 1e-6);
        }
        plot.line(t, error,
                  {.label = each.name,
                   .color = palette(color),
                   .width = 2 + static_cast<double>(color),
                   .dashed = color == 1});
        plot.scatter(t, error, {.color = palette(color), .width = 2.5});
        ++color;
    }
    save_svg(to + "/accuracy_fields.svg", {plot}, {.title = "The field decides what becomes of a step's error"});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    many_curves(to);
    fan(to);
    three_fields(to);
}
