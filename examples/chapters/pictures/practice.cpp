// examples/chapters/pictures/practice.cpp — the pictures of ode/practice.md: a dose stepped over or landed on, bounces
//   practice FOLDER      practice_wrong.svg, practice_right.svg, practice_events.svg
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

constexpr double begin = 10.3, end = 10.301;
void medicine(double t, std::span<const double> z, std::span<double> dz) {
    dz[0] = (begin <= t && t < end ? 1000 : 0) - z[0];
}

void dose(const std::string& path, const ode::SolveOptions& options, const std::string& title) {
    std::vector<double> t, z;
    for (const double s : linspace(0, 12, 1201)) {
        t.push_back(s);
        z.push_back(s < begin ? 0 : std::exp(begin - s));
    }
    const auto steps = ode::solve_steps(medicine, std::array{0.0}, {0, 12}, options);
    std::vector<double> at(steps.t.begin(), steps.t.end()), state;
    for (std::size_t i = 0; i < at.size(); ++i) state.push_back(steps.z[i][0]);
    Plot plot({.x = "t, hours", .y = "medicine in the body"});
    plot.line(t, z, {.label = "what is true: one dose at 10.3", .color = "#9aa3ad", .width = 6})
        .line(at, state, {.label = "the solve", .color = palette(1), .width = 1.6, .dashed = true})
        .scatter(at, state, {.label = "where its steps end", .color = palette(1), .width = 2.4})
        .y_range(-0.08, 1.15);
    save_svg(path, {plot}, {.title = title});
}

void bounces(const std::string& to) {
    const auto fall = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -9.81; };
    const std::vector<double> times = linspace(0, 5, 201);
    const auto s = ode::solve_events(fall, std::array{10.0, 0.0}, times,
                                     {{.when = [](double, std::span<const double> z) { return z[0]; },
                                       .direction = ode::falling,
                                       .reset = [](double, std::span<double> z) { z[0] = 0, z[1] *= -0.8; }}});
    std::vector<double> height, hit, floor;
    for (int i = 0; i < 201; ++i) height.push_back(s.at(i)[0]);
    for (const auto& event : s.events) hit.push_back(event.t), floor.push_back(0);
    Plot plot({.x = "t, seconds", .y = "height, metres"});
    plot.line(times, height, {.label = "z(t)", .color = palette(0), .width = 2.5})
        .scatter(hit, floor,
                 {.label = "found: g(t, z) = z₀ crosses 0, and the speed is reset", .color = palette(1), .width = 4});
    save_svg(to + "/practice_events.svg", {plot},
             {.title = "An event is found where it happens, and a reset puts z elsewhere"});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string to = argc > 1 ? argv[1] : "out";
    dose(to + "/practice_wrong.svg", {}, "Steps that see no error grow tenfold, and one jumps over the dose");
    dose(to + "/practice_right.svg", {.jump_t = {begin, end}}, "Told where the dose is, the solve lands there");
    bounces(to);
}
