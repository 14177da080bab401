// examples/20_toy_flows.cpp — does a continuous normalising flow learn a density, and how well?
//   dz/dt = f(t, z) from x at 0 to z ~ N(0, 1) at 1:   ln q(x) = ln N(z) + ∫ tr ∂f/∂z dt        exact traces           (a)
//   KL(p ‖ q) = E[ln p − ln q] on 20,000 new points:   p is known, so this is the distance itself, in nats             (b)
// look for   All eight are learned by one net of 9,224 numbers in 900 to 2,200 updates of 256 fresh points. A first layer of
//            sines makes the difference where there is a hole or an edge: with tanh alone circles end at .14, rings at .74,
//            and the swissroll grows a fork. Every q integrates to 1, and the training solver (RK4) and dopri5 agree: those
//            are the tests that a wrong sign or a coarse grid would fail.
// inverse    There and back, the median point of each set returns to within 10 tolerances. Not all points do: a tolerance
//            bounds the error of a step, and between two arms the map stretches what it has by then. The worst hundredth is
//            15 to 80 tolerances off, and hardly less where every point is solved alone.
// source   Chen et al. 2018, §4 (a); data and net: FFJORD, Grathwohl et al. 2019, who show pictures and no figures
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/film.hpp"        // brings: save_film
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: train_flow, gap_to, density_picture, ...

using namespace costate;
using namespace costate::support;

struct Recipe {
    const char* name;
    FlowNet net;
    FlowTraining training;
    double size, high;  // of its picture; of the colours
};
const Recipe recipes[]{
    {"8gaussians", {.sine = 2}, {.updates = 900}, 4.2, 0.16},
    {"moons", {.sine = 2}, {.updates = 1200}, 4.2, 0.16},
    {"circles", {.sine = 2}, {.updates = 1200}, 4.2, 0.1},
    {"pinwheel", {.sine = 2}, {.updates = 1200}, 4.2, 0.3},
    {"rings", {.sine = 6, .steps = 10}, {.updates = 2200}, 4.2, 0.3},
    {"2spirals", {.sine = 4, .steps = 10}, {.updates = 1500, .kinetic = 1e-3, .jacobian = 2e-4}, 4.2, 0.2},
    {"swissroll", {.sine = 2}, {.updates = 1500}, 4.2, 0.2},
    {"checkerboard", {.sine = 3}, {.updates = 1500, .kinetic = 1e-2, .jacobian = 2e-3}, 4.4, 0.045},
};
const ode::SolveOptions accurate{.method = ode::dopri5, .rtol = 1e-5, .atol = 1e-5};

std::vector<double> inverse_errors(const PlaneFlow& flow, View x) {  // |x − inverse(map(x))|, rising
    const Tensor back = flow.inverse(flow.map(x));
    std::vector<double> errors;
    for (Index i = 0; i < x.size(); i += 2)
        errors.push_back(std::hypot(static_cast<double>(back[i] - x[i]), static_cast<double>(back[i + 1] - x[i + 1])));
    std::sort(errors.begin(), errors.end());
    return errors;
}

void learn(Experiment& run, const Recipe& recipe, std::vector<Plot>& panels) {
    const nn::ToyDensity& density = nn::toy_density(recipe.name);
    Rng rng(run.seed), test(run.seed + 1000);
    const PlaneFlow flow = plane_flow(recipe.net, rng);
    FlowTraining training = recipe.training;
    if (run.quick) training.updates /= 15;
    train_flow(flow, sampler_of(density), training, rng);

    const Tensor x = density.sample(run.quick ? 2000 : 20'000, test);
    const ode::FlowCheck check = check_in_parts(flow, x);
    const PlaneFlow solved = flow.with(accurate);
    const std::string name = recipe.name;
    const Index fine = name == "checkerboard" ? 241 : 151;  // its edges are steeper
    run.merit("gap_" + name, gap_to(density, x, check.nll));
    run.merit("solvers_apart_" + name, std::fabs(check.difference()));
    run.merit("mass_error_" + name, std::fabs(mass_of(solved, 6, run.quick ? 100 : fine) - 1));
    const std::vector<double> errors = inverse_errors(solved, x.rows(0, 2000));
    run.merit("median_inverse_error_over_tolerance_" + name, errors[1000] / accurate.rtol);
    run.merit("inverse_error_of_99_percent_over_tolerance_" + name, errors[1980] / accurate.rtol);
    run.merit("evaluations_" + name, static_cast<double>(check.evaluations));
    run.merit("updates_" + name, training.updates);

    for (const double t : {0.4, 0.0})
        panels.push_back(
            density_picture(name + (t > 0 ? ", t = .4" : ""), recipe.size, t > 0 ? 56 : 84, flow.from(t), recipe.high));
    if (name != "2spirals" && !run.quick) return;
    std::vector<Plot> film;
    for (int frame = 1, frames = run.quick ? 4 : 16; frame <= frames; ++frame) {
        const double t = 1 - frame / double(frames);
        char title[32];
        std::snprintf(title, sizeof title, "t = %.2f", t);
        film.push_back(density_picture(title, recipe.size, 56, flow.from(t), recipe.high));
    }
    save_film(run.figure("film"), film, {.title = "A normal distribution becomes " + name, .height = 900});
}

void toy_flows(Experiment& run, const std::string& only) {
    std::vector<Plot> panels, sheet;
    for (const Recipe& recipe : recipes)
        if (only.empty() ? !run.quick || std::string(recipe.name) == "moons" : only == recipe.name)
            learn(run, recipe, panels);
    for (std::size_t row = 0; row < panels.size(); row += 8)  // on their way, and below there
        for (const std::size_t i : {0U, 2U, 4U, 6U, 1U, 3U, 5U, 7U})
            if (row + i < panels.size()) sheet.push_back(panels[row + i]);
    run.merit("peak_megabytes", peak_megabytes());
    run.save(sheet, {.title = "From a normal distribution to eight densities",
                     .columns = std::min(4, static_cast<int>(panels.size() / 2))});
}

int main(int argc, char** argv) {
    std::string only;
    std::vector<std::string> names;
    for (const Recipe& recipe : recipes) names.push_back(recipe.name);
    return Experiment("20_toy_flows", "Does a continuous normalising flow learn a density?")
        .add("only", only, "one set alone", names)
        .run(argc, argv, [&](Experiment& run) { toy_flows(run, only); });
}
