// examples/31_thermostat.cpp — are a thermostat's set points learned from the temperatures of a room?
//   T' = (outside(t) − T)/2 + 12 s,   s' = 0;   outside = 5 + 4 sin(2π t/24)          hours, °C; s: it heats, 1, or not, 0
//   s⁺ = 1 where T falls through low;   s⁺ = 0 where T rises through high                                         (a)
//   data        T every 6 minutes for 12 hours, without noise; low = 18.5, high = 21.5
//   fit         least squares over the readings of the first 0.8 hours, then of 1.6, of 4, of all                 (b)
// look for   Both set points to a thousandth, from guesses that are 1.5 °C off. Over 12 hours the misfit has a valley
//            for each beat that can be missed; over 1.6 hours it has one. So the horizon grows.
// why        s says what the room remembers: at 20 °C it may heat or not (a hysteresis), so no function of T is the law. A
//            comparison in the field, where(less(T, low), ...), has no derivative by low either; an event's time has.
// source     the two-state thermostat of hybrid systems: Branicky, Borkar & Mitter 1998, IEEE Trans. Automatic Control 43
#include <cmath>
#include <numbers>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

Var room(Var t, Var z) {
    const Var outside = 5 + 4 * sin(2 * std::numbers::pi / 24 * t);
    return stack({0.5 * (outside - z[0]) + 12 * z[1], 0});
}

// T at these times, from 20 °C and not heating.
Var temperatures(Var low, Var high, const std::vector<double>& times) {
    const ode::Event<Var> on{.when = [low](Var, Var z) { return z[0] - low; },  // (a)
                             .direction = ode::falling,
                             .reset =
                                 [](Var, Var z) {
                                     return stack({z[0], 1});
                                 }};
    const ode::Event<Var> off{.when = [high](Var, Var z) { return z[0] - high; },
                              .direction = ode::rising,
                              .reset =
                                  [](Var, Var z) {
                                      return stack({z[0], 0});
                                  }};
    const Var start = low.tape().constant(Tensor({2}, {20, 0}));
    return column(ode::solve_events(room, start, times, {on, off}, {.rtol = 1e-8, .atol = 1e-8}).z, 0);
}

std::vector<double> every_6_minutes(double hours) { return linspace(0, hours, Index(10 * hours) + 1); }

Tensor temperatures(double low, double high, const std::vector<double>& times) {
    Tape tape;
    return Tensor(temperatures(tape.constant(low), tape.constant(high), times).value());
}

void learn(Experiment& run) {
    Tensor points({2}, {17, 23});
    for (const double hours : {0.8, 1.6, 4., 12.}) {  // (b)
        const auto times = every_6_minutes(hours);
        const Tensor data = temperatures(18.5, 21.5, times);
        points = optim::least_squares(points, [&](Var b) { return temperatures(b[0], b[1], times) - data; }).estimates;
        std::printf("%4.1f hours: low %.6f, high %.6f\n", hours, double(points[0]), double(points[1]));
    }
    run.merit("low_error", std::fabs(double(points[0]) - 18.5));
    run.merit("high_error", std::fabs(double(points[1]) - 21.5));

    const auto readings = every_6_minutes(12), times = linspace(0, 12, 1201);
    Plot course({.title = "A room in winter", .x = "t in hours", .y = "°C"});
    course.line(times, temperatures(17, 23, times), {.label = "first guess", .color = "#9aa3ad", .width = 1.5})
        .line(times, temperatures(double(points[0]), double(points[1]), times), {.label = "fit", .color = palette(0)})
        .scatter(readings, temperatures(18.5, 21.5, readings), {.label = "readings", .color = palette(1), .width = 2})
        .x_range(0, 6);
    Plot valleys({.title = "Misfit over the lower set point", .x = "low in °C", .y = "root mean square, °C"});
    for (const double hours : {12., 4., 1.6}) {
        const auto at = every_6_minutes(hours);
        const Tensor data = temperatures(18.5, 21.5, at);
        std::vector<double> misfit;
        for (const double low : linspace(16.5, 19.9, 171)) {
            Tape tape;
            const Tensor off = temperatures(low, 21.5, at);
            misfit.push_back(std::sqrt(double(mean(square(tape.constant(off) - data)).item())));
        }
        valleys.line(linspace(16.5, 19.9, 171), misfit, {.label = text(hours, " hours")});
    }
    run.save({course, valleys}, {.title = "The set points of a thermostat"});
}

int main(int argc, char** argv) {
    return Experiment("31_thermostat", "Are a thermostat's set points learned?").run(argc, argv, learn);
}
