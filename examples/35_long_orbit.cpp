// examples/35_long_orbit.cpp — where does a long solve spend its steps, and how far can it be trusted?
//   x″ = −x/|x|³        a comet's orbit of eccentricity ε = .967 (Halley's), from perihelion; a = 1, period 2π        (a)
//   x((k + ½) 2π) = (−1 − ε, 0)        at every aphelion: what Kepler's laws say                                      (b)
//   |v|²/2 − 1/|x| = −½                its energy, at all times                                                       (c)
// The solve is driven by hand, step after step: so it can tell how far it is, be looked at within its steps, and be left.
// look for   Steps are as short as the comet is close: h ∝ r^{3/2}, as are Kepler's periods, over nearly three decades. The
//            energy drifts by the same amount at each return, the place on the orbit as its square: twice as many
//            returns are off four times as far. A tolerance is a step's; how far to trust a long solve is another question.
// source     Kepler's laws; errors that grow as t²: Hairer, Lubich & Wanner, "Geometric Numerical Integration", §I.2 and §X.3
#include <array>
#include <cmath>
#include <numbers>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot, Progress
#include "examples/support/line_fit.hpp"    // brings: fit_line, logs

using namespace costate;
using namespace costate::support;

using Comet = std::array<double, 4>;  // x, y and their rates

constexpr double eccentricity = 0.967, period = 2 * std::numbers::pi;

void pull(double, std::span<const double, 4> z, std::span<double, 4> dz) {  // (a)
    const double r = std::hypot(z[0], z[1]), cube = r * r * r;
    dz[0] = z[2], dz[1] = z[3], dz[2] = -z[0] / cube, dz[3] = -z[1] / cube;
}

double energy_error(std::span<const double, 4> z) {  // (c)
    return std::abs((z[2] * z[2] + z[3] * z[3]) / 2 - 1 / std::hypot(z[0], z[1]) + 0.5);
}

struct Returns {
    std::vector<double> number, place, energy;  // how far both are off at aphelion
};

Returns follow(const Comet& start, int returns, const ode::SolveOptions& options, Experiment& run) {
    Returns found;
    ode::Stepper stepper(pull, start, {0, returns * period}, options);
    Progress progress(returns, {.step = "return", .number = "energy off by"});
    int passed = 0;
    while (stepper.step()) {
        const double begin = stepper.t() - stepper.h(), aphelion = (passed + 0.5) * period;
        if (stepper.t() < aphelion) continue;
        const auto z = stepper.at((aphelion - begin) / stepper.h());
        found.number.push_back(++passed), found.energy.push_back(energy_error(z));
        found.place.push_back(std::hypot(z[0] + 1 + eccentricity, z[1]));  // (b)
        progress.update(passed, found.energy.back(), stepper.outcome().statistics.evaluations);
    }
    const ode::Outcome outcome = stepper.outcome();  // had it stopped before: where, and why
    const ode::Statistics& s = outcome.statistics;
    std::printf("%ld steps, %ld rejected: from %.1e, at t = %.6g, to %.3f\n", s.accepted, s.rejected, s.smallest_step,
                s.smallest_at, s.largest_step);
    run.merit("arrived", outcome.status == ode::Status::ok);
    run.merit("steps_per_return", double(s.accepted) / returns);
    run.merit("longest_by_shortest_step", s.largest_step / s.smallest_step);
    return found;
}

void long_orbit(Experiment& run) {
    const Comet start{1 - eccentricity, 0, 0, std::sqrt((1 + eccentricity) / (1 - eccentricity))};
    const ode::SolveOptions options{.method = ode::dop853, .rtol = 1e-10, .atol = 1e-10, .max_steps = 10'000'000};

    const auto z = ode::solve_dense(pull, start, {0, period}, options);  // one period, to look at: steps, and the curve
    Plot orbit({.title = "One return, and its steps", .x = "x", .y = "y", .equal = true});
    std::vector<double> x, y, step_x, step_y, r, h;
    for (std::size_t i = 0; i + 1 < z.t.size(); ++i) {
        for (const double t : linspace(z.t[i], z.t[i + 1], 6)) x.push_back(z(t)[0]), y.push_back(z(t)[1]);
        step_x.push_back(z.z[i][0]), step_y.push_back(z.z[i][1]);
        const auto middle = z((z.t[i] + z.t[i + 1]) / 2);
        r.push_back(std::hypot(middle[0], middle[1])), h.push_back(z.t[i + 1] - z.t[i]);
    }
    orbit.line(x, y, {.width = 1.4}).scatter(step_x, step_y, {.label = "a step begins", .width = 1.4});
    orbit.scatter({0}, {0}, {.label = "sun", .color = "#1f2933"});
    Plot steps({.title = "Their lengths",
                .x = "distance to the sun",
                .y = "length of the step",
                .log_x = true,
                .log_y = true});
    const LineFit law = fit_line(logs(r), logs(h));
    steps.scatter(r, h, {.width = 1.4})
        .line({0.033, 1.967}, {std::exp(law.b) * std::pow(0.033, 1.5), std::exp(law.b) * std::pow(1.967, 1.5)},
              {.label = "power 3/2", .dashed = true});
    run.merit("power_of_steps", law.a);

    const Returns off = follow(start, run.quick ? 1000 : 10'000, options, run);
    Plot drift({.title = "How far it is off", .x = "returns", .y = "error at aphelion", .log_x = true, .log_y = true});
    drift.line(off.number, off.place, {.label = "place: power 2"})
        .line(off.number, off.energy, {.label = "energy: power 1"});
    run.merit("power_of_place", fit_line(logs(off.number), logs(off.place)).a);
    run.merit("power_of_energy", fit_line(logs(off.number), logs(off.energy)).a);
    run.merit("place_off_at_the_end", off.place.back());
    run.save({orbit, steps, drift}, {.title = "A comet's returns"});
}

int main(int argc, char** argv) {
    return Experiment("35_long_orbit", "Where does a long solve spend its steps, and how far can it be trusted?")
        .run(argc, argv, long_orbit);
}
