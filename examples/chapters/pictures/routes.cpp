// examples/chapters/pictures/routes.cpp — the pictures of ode/routes.md: a path not found back, what each route keeps
//   routes FOLDER      routes_wrong.svg, routes_right.svg
#include <cmath>
#include <string>
#include <vector>

#include "costate.hpp"
#include "examples/support/svg.hpp"  // brings: Plot, save_svg

using namespace costate;
using namespace costate::support;

namespace {

// x' = −x from 1 to T and back again, at the default tolerance.
void there_and_back(const std::string& path) {
    const auto fall = [](double, std::span<const double> x, std::span<double> dx) { dx[0] = -x[0]; };
    Plot plot({.x = "t", .y = "x", .log_y = true});
    const std::vector<double> there = linspace(0, 30, 301);
    std::vector<double> x;
    for (const double t : there) x.push_back(std::exp(-t));
    plot.line(there, x, {.label = "there: x' = −x from 1", .width = 4});
    for (const int T : {20, 30}) {
        const std::vector<double> back = linspace(T, 0, 10 * T + 1);
        const auto end = ode::solve(fall, std::array{1.0}, {0, T}).end();
        const auto s = ode::solve(fall, end, back);
        std::vector<double> at;
        for (const auto& z : s.z) at.push_back(z[0]);
        plot.line(back, at, {.label = text("back from t = ", T), .width = 2.5, .dashed = T == 20});
    }
    save_svg(path, {plot}, {.title = "Solved backwards, a path that contracts is not found again", .height = 400});
}

// x' = −θx, y' = x, L = y(25): how far off is dL/dθ, and what was kept?
void routes(const std::string& path) {
    const Parameter theta("theta", 1);
    const auto field = [&](Var, Var z) { return stack({-z.tape().use(theta) * z[0], z[0]}); };
    const auto s = ode::compare_sensitivities(field, Tensor({2}, {1, 0}), {0, 25}, [](Var z) { return z[1][1]; });
    Plot plot({.x = "bytes kept of the solve", .y = "error of dL/dθ", .log_x = true, .log_y = true});
    for (const ode::Sensitivity& row : s.routes) {
        if (!row.refused.empty()) continue;
        const std::string_view name = row.route.name;
        const bool back = name == "backsolve", near = back || name == "interpolating";
        const double kept = static_cast<double>(row.bytes);
        plot.scatter({kept}, {row.difference}, {.color = palette(near ? 1 : 0), .width = near ? 3.0 : 4.5});
        plot.text(1.12 * kept, row.difference * 4, std::string(name));
    }
    plot.scatter({}, {}, {.label = "discrete: the steps, differentiated", .color = palette(0), .width = 4.5})
        .scatter({}, {}, {.label = "continuous: the equation", .color = palette(1), .width = 3});
    plot.x_range(1e3, 6e6).y_range(1e-11, 1e2);
    save_svg(path, {plot},
             {.title = "Only the route that keeps nothing and solves back loses the gradient", .height = 400});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "out";
    there_and_back(folder + "/routes_wrong.svg");
    routes(folder + "/routes_right.svg");
}
