// examples/34_arenstorf.cpp — what are order and step control for?
// A satellite between the earth and the moon, in the plane that turns with them (examples/support/classics.hpp). From this
// start it is back after T = 17.0652…: the distance between end and start is the error of the whole solve.
// look for   24,000 steps of Euler's method and 6,000 of the classical rk4 lose the orbit; dopri5 closes it with 216 of its
//            own choosing, from 1/2000 near the moon to 1/6 far away; and each digit more costs it half as much again.
// why        Near the moon the satellite turns within a thousandth of the time. Equal steps must be that small everywhere.
// source     Arenstorf 1963; Hairer, Nørsett & Wanner I, 2nd ed., §II.0, figure 0.1
#include <array>
#include <cmath>

#include "costate.hpp"
#include "examples/support/classics.hpp"    // brings: arenstorf
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

double distance(std::span<const double, 4> end) {
    return std::hypot(end[0] - arenstorf.start[0], end[1] - arenstorf.start[1]);
}

struct Path {
    std::vector<double> x, y, t, h;  // along the path; of its steps
    double error = 0;
};

Path follow(const ode::SolveOptions& options, int points_of_a_step) {
    Path path;
    ode::Stepper stepper(arenstorf.field, arenstorf.start, {0, arenstorf.end}, options);
    while (stepper.step()) {
        path.t.push_back(stepper.t());
        path.h.push_back(stepper.h());
        for (int i = 1; i <= points_of_a_step; ++i) {
            const auto z = stepper.at(double(i) / points_of_a_step);
            path.x.push_back(z[0]), path.y.push_back(z[1]);
        }
    }
    path.error = distance(stepper.z());
    return path;
}

void compare(Experiment& run) {
    Plot orbit({.title = "One period", .x = "x", .y = "y", .equal = true});
    Plot steps({.title = "The steps of dopri5", .x = "t", .y = "length of the step", .log_y = true});
    Plot work(
        {.title = "Work and error", .x = "evaluations", .y = "distance to the start", .log_x = true, .log_y = true});

    const Path euler = follow({.method = ode::euler, .steps = 24'000}, 1);
    const Path rk4 = follow({.method = ode::rk4_classic, .steps = 6'000}, 1);
    const Path dopri5 = follow({.method = ode::dopri5, .rtol = 1e-7, .atol = 1e-7}, 8);
    orbit.line(euler.x, euler.y, {.label = "Euler, 24,000 steps", .width = 1.2});
    orbit.line(rk4.x, rk4.y, {.label = "rk4, 6,000 steps", .width = 1.2, .dashed = true});
    orbit.line(dopri5.x, dopri5.y, {.label = "dopri5, " + std::to_string(dopri5.t.size()) + " steps"});
    orbit.scatter({-0.012277471, 1 - 0.012277471}, {0, 0}, {.label = "earth, moon", .color = "#1f2933"});
    orbit.x_range(-1.6, 1.6).y_range(-1.6, 1.6);
    steps.scatter(dopri5.t, dopri5.h, {.color = palette(2), .width = 1.4});
    run.merit("distance_by_24000_steps_of_euler", euler.error);
    run.merit("distance_by_6000_steps_of_rk4", rk4.error);
    run.merit("distance_by_dopri5", dopri5.error);
    run.merit("steps_of_dopri5", double(dopri5.t.size()));

    const auto add = [&](int color, const char* label, const ode::Method& method, std::vector<double> choices) {
        std::vector<double> evaluations, errors;
        for (const double choice : choices) {  // so many equal steps, or a tolerance
            ode::SolveOptions options{.method = method, .rtol = choice, .atol = choice, .max_steps = 1'000'000};
            if (choice > 1) options = {.method = method, .steps = static_cast<int>(choice)};
            const auto s = ode::solve(arenstorf.field, arenstorf.start, {0, arenstorf.end}, options);
            evaluations.push_back(double(s.statistics().evaluations)), errors.push_back(distance(s.end()));
        }
        work.line(evaluations, errors, {.label = label, .color = palette(color)});
        work.scatter(evaluations, errors, {.color = palette(color), .width = 1.6});
    };
    add(0, "Euler, equal steps", ode::euler, {1e4, 1e5, 1e6});
    add(1, "rk4, equal steps", ode::rk4_classic, {3e3, 1e4, 3e4, 1e5, 3e5});
    add(2, "dopri5", ode::dopri5, {1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12});
    add(3, "dop853", ode::dop853, {1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12});
    run.save({orbit, steps, work}, {.title = "The Arenstorf orbit: order and step control"});
}

int main(int argc, char** argv) {
    return Experiment("34_arenstorf", "What are order and step control for?").run(argc, argv, compare);
}
