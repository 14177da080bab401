// examples/30_bouncing_ball.cpp — can gravity be heard?
//   y' = v,  v' = −g;   where y falls through 0:  v⁺ = −e v                                                       (a)
//   t_1 = (v_0 + w)/g,   t_{n+1} = t_n + 2 eⁿ w/g,   w = √(v_0² + 2 g y_0)                    the n-th bounce       (b)
//   data        ten bounces of a ball dropped from 10 m, heard to 0.1 ms
//   fit         least Σ (t_n(g, e) − heard_n)², the times and their derivatives those of the solve's events         (c)
// look for   The events' times are those of the closed form (b), and so are their derivatives, through up to eleven
//            jumps. Two numbers fitted to ten sounds: gravity within 0.01 %, from a start half an octave off.
// why        A solver that steps over the floor sees nothing of it: v jumps where y(t; g, e) = 0, a time that depends on
//            both. That time has a derivative (the implicit function theorem), and it takes the jump's share with it.
// source     Chen, Amos & Nickel 2021, "Learning neural event functions for ordinary differential equations", §3
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/sampling.hpp"    // brings: noisy

using namespace costate;
using namespace costate::support;

const ode::SolveOptions fine{.rtol = 1e-10, .atol = 1e-12};

auto fall(Var start, Var g, Var e, int bounces) {  // (a)
    const auto field = [g](Var, Var z) { return stack({z[1], -g}); };
    const auto height = [](Var, Var z) { return z[0]; };
    const auto bounce = [e](Var, Var z) { return stack({0, -e * z[1]}); };
    return ode::solve_events(field, start, {0, 100},  // until the last of so many bounces
                             {{.when = height, .direction = ode::falling, .terminal = bounces, .reset = bounce}}, fine);
}

void check(Experiment& run) {
    Tape tape;
    const Var g = tape.variable(9.8), e = tape.variable(0.9), y0 = tape.variable(10.0), v0 = tape.variable(0.0);
    const Var w = sqrt(v0 * v0 + 2 * g * y0);
    Var closed = (v0 + w) / g;  // (b)
    const auto off = [](Var a, Var b) { return double(abs(a - b).item()); };
    double time_error = 0, gradient_error = 0, n = 0;
    for (const auto& bounce : fall(stack({y0, v0}), g, e, 12).events) {
        time_error = std::max(time_error, off(bounce.t, closed));
        const Vars d = grad(bounce.t, {g, e, y0, v0}), exact = grad(closed, {g, e, y0, v0});
        for (int i : {0, 1, 2, 3}) gradient_error = std::max(gradient_error, off(d[i], exact[i]));
        closed = closed + 2 * pow(e, ++n) * w / g;
    }
    run.merit("bounce_time_error", time_error), run.merit("gradient_error", gradient_error);
}

Var bounce_times(Var g, Var e) {
    std::vector<Var> times;
    for (const auto& bounce : fall(g.tape().constant(Tensor({2}, {10, 0})), g, e, 10).events) times.push_back(bounce.t);
    return stack(times);
}

// The same by numbers alone, to look at.
auto thrown(double g, double e, const ode::Times& times) {
    const auto field = [g](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -g; };
    const auto bounce = [e](double, std::span<double> z) { z[1] *= -e; };
    const auto height = [](double, std::span<const double> z) { return z[0]; };
    return ode::solve_events(field, std::array{10.0, 0.0}, times,
                             {{.when = height, .direction = ode::falling, .terminal = 10, .reset = bounce}}, fine);
}

void listen(Experiment& run) {
    check(run);
    Rng rng(run.seed);
    Tape tape;
    const Tensor exact(bounce_times(tape.constant(9.81), tape.constant(0.85)).value());
    const Tensor heard = noisy(exact, 1e-4, rng), start({2}, {7, 0.7});
    const auto fit = optim::least_squares(start, [&](Var b) { return bounce_times(b[0], b[1]) - heard; });  // (c)
    const double g = double(fit.estimates[0]), e = double(fit.estimates[1]);
    run.merit("gravity_error", std::fabs(g - 9.81)), run.merit("restitution_error", std::fabs(e - 0.85));

    const auto height = [](double by_g, double by_e) {
        std::vector<double> y;
        for (const auto& z : thrown(by_g, by_e, linspace(0, 14.5, 1451)).z) y.push_back(z[0]);
        return y;
    };
    Plot course({.title = "Dropped from 10 m", .x = "t in s", .y = "height in m"});
    course.line(linspace(0, 14.5, 1451), height(7, 0.7), {.label = "first guess", .color = "#9aa3ad"})
        .line(linspace(0, 14.5, 1451), height(g, e), {.label = "fit", .color = palette(0)})
        .scatter(heard, Tensor({10}), {.label = "bounces heard", .color = palette(1), .width = 3});
    const auto misfit = [&](const Tensor& at) {
        Tensor logs({at.shape()[0]});
        for (Index i = 0; i < logs.size(); ++i) {
            double squares = 0, n = 0;
            for (const auto& bounce : thrown(double(at[2 * i]), double(at[2 * i + 1]), {0, 100}).events)
                squares += std::pow(bounce.t - double(heard[Index(n++)]), 2);
            logs[i] = Real(0.5 * std::log10(squares / 10));
        }
        return logs;
    };
    Plot map({.title = "How far the bounces are off", .x = "gravity", .y = "restitution"});
    map.heat({6, 12}, {0.65, 0.9}, tabulate({6, 12}, {0.65, 0.9}, 80, misfit), {.label = "log₁₀ of seconds"})
        .scatter({7}, {0.7}, {.color = "#9aa3ad", .width = 4})
        .scatter({g}, {e}, {.color = palette(0), .width = 4});
    run.save({course, map}, {.title = "Gravity and restitution, heard"});
}

int main(int argc, char** argv) {
    return Experiment("30_bouncing_ball", "Can gravity be heard?").run(argc, argv, listen);
}
