// examples/26_flow_matching.cpp — can a flow be trained without a solver, and is it cheaper?
//   the field of row 20, dx/dt = f(t, x), which carries data at t = 0 to N(0, 1) at t = 1, from the same start by
//   matching     x_t = (1 − t) x + t z,   L = mean of |f(t, x_t) − (z − x)|²:  512 points an update                  (1)
//   likelihood   L = −mean ln q(x) + κ ∫|f|² dt + λ ∫‖∂f/∂x‖² dt by 8 steps of RK4:  256 points an update            (2)
// look for   (1) evaluates f once for a point, (2) 32 times with its trace, and steps back through them: a point costs (1)
//            about a hundredth. An update of (2) brings more, so at equal updates the likelihood is far ahead. At equal
//            seconds matching is, for the first minute; after two the likelihood's gaps are the smallest of all. The lines
//            of (1) cross, so its paths are bent: (2), which pays for ∫|f|², has straight ones, and a solve of them needs
//            fewer evaluations. Sampling is the same solve.
// straight   |x(1) − x(0)|² over ∫|f|² dt, both in the mean: 1 for lines at constant speed
// source     Lipman et al. 2023, Flow matching for generative modeling; straightness after Liu, Gong & Liu 2023
#include <algorithm>
#include <cmath>
#include <ctime>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot, Progress
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_net, train_flow, gap_to, density_picture

using namespace costate;
using namespace costate::support;

struct Trial {
    const char* name;
    double sine, high;                 // of the net's first layer; of the picture's colours
    std::vector<int> matched, likely;  // updates
};

struct Trained {
    nn::Sequential net;
    double seconds;
    PlaneFlow flow() const { return {net, 2, {0, 1}, {.method = ode::dopri5, .rtol = 1e-5, .atol = 1e-5}}; }
};

Trained train(const nn::ToyDensity& data, double sine, bool matching, int updates, std::uint64_t seed) {
    Rng rng(seed);
    const nn::Sequential net = plane_net({.sine = sine}, rng);
    const auto count = static_cast<std::uint64_t>(updates);
    const std::clock_t start = std::clock();
    if (matching) {
        optim::Adam adam(net);
        Progress progress(updates);
        const auto loss = [&](Tape& tape) { return ode::matching_loss(tape, net, data.sample(512, rng), rng); };  // (1)
        optim::train(adam, loss,
                     {.updates = count,
                      .rate = optim::Cosine{.peak = 1e-2, .steps = count, .warmup = count / 10},
                      .progress = progress.follow()});
    } else {  // (2)
        const PlaneFlow flow(net, 2, {0, 1}, {.method = ode::rk4_classic, .steps = 8});
        train_flow(
            flow, [&](Index n, Rng& r) { return data.sample(n, r); }, {.updates = updates}, rng);
    }
    return {net, double(std::clock() - start) / CLOCKS_PER_SEC};
}

// The gap E[ln p − ln q]; how straight the paths are, and what a solve of them takes.
double measure(Experiment& run, const Trained& trained, const nn::ToyDensity& data, const std::string& name,
               bool last) {
    Rng rng = Rng(run.seed).split(1);
    const Tensor x = data.sample(run.quick ? 4'000 : 20'000, rng);
    double nll = 0, moved = 0, work = 0, evaluations = 0;
    for (Index first = 0; first < x.size(0); first += 2'000) {  // all at once would take ten times the memory
        const Tensor part(x.rows(first, 2'000));
        const auto there = trained.flow().regularised(part);
        for (Index i = 0; i < part.size(0); ++i) {
            nll -= double(there.log_density[i]) / double(x.size(0));
            moved += std::pow(double(there.z(i, 0) - part(i, 0)), 2) + std::pow(double(there.z(i, 1) - part(i, 1)), 2);
            work += double(there.kinetic_energy[i]);
        }
        evaluations = std::max(evaluations, double(there.statistics.evaluations));
    }
    const double gap = gap_to(data, x, nll);
    run.merit("gap_" + name, gap);
    if (!last) return gap;
    run.merit("straightness_" + name, moved / work);
    run.merit("evaluations_" + name, evaluations);
    return gap;
}

void draw_paths(Plot& plot, const nn::Sequential& net, const Style& style, std::uint64_t seed) {
    Rng rng(seed);
    const Tensor z = ode::gaussian_probes({30, 2}, rng);
    const Tensor path = ode::solve(net, z, linspace(1, 0, 41), {.method = ode::dopri5}).z;  // from noise to data
    for (Index row = 0; row < 30; ++row)
        plot.line(component(path, 0, row), component(path, 1, row),
                  {.label = row == 0 ? style.label : "", .color = style.color, .width = 1.2, .opacity = 0.8});
}

void flow_matching(Experiment& run) {
    std::vector<Trial> trials{{"8gaussians", 2, 0.16, {300, 1200, 10'000}, {100, 300}},
                              {"pinwheel", 2, 0.3, {300, 1200, 10'000, 40'000}, {100, 300, 1200}},
                              {"checkerboard", 3, 0.045, {300, 1200, 10'000}, {100, 300}}};
    if (run.quick) trials = {{"pinwheel", 2, 0.3, {1000}, {20}}};
    Plot by_time({.title = "At equal seconds", .x = "CPU seconds", .y = "gap, nats", .log_x = true, .log_y = true});
    Plot by_update({.title = "At equal updates", .x = "updates", .y = "gap, nats", .log_x = true, .log_y = true});
    Plot paths({.title = "Paths to the pinwheel", .x = "x₁", .y = "x₂", .equal = true});
    std::vector<Plot> panels;
    double seconds[2]{}, points[2]{};
    for (const Trial& trial : trials)
        for (const bool matching : {true, false}) {
            const nn::ToyDensity& data = nn::toy_density(trial.name);
            std::vector<double> gaps, costs, updates;
            Style style{.label = trial.name, .color = palette(panels.size()), .dashed = !matching};
            for (const int budget : matching ? trial.matched : trial.likely) {
                const bool last = budget == (matching ? trial.matched : trial.likely).back();
                const Trained trained = train(data, trial.sine, matching, budget, run.seed);
                const std::string way = matching ? "matching" : "likelihood";
                gaps.push_back(
                    measure(run, trained, data, way + "_" + trial.name + "_" + std::to_string(budget), last));
                costs.push_back(trained.seconds), updates.push_back(budget);
                seconds[matching] += trained.seconds, points[matching] += budget * (matching ? 512.0 : 256.0);
                if (last && trial.name == std::string("pinwheel"))
                    draw_paths(paths, trained.net, {.label = way, .color = palette(matching ? 0 : 1)}, run.seed);
                if (matching && budget == (run.quick ? 1000 : 10'000))
                    panels.push_back(density_picture(
                        trial.name, 4.4, 80, [&](const Tensor& x) { return trained.flow().log_density(x); },
                        trial.high));
            }
            if (!matching)
                style.color = palette(panels.size() - 1), style.label = panels.size() == 1 ? "by likelihood" : "";
            by_time.line(costs, gaps, style).scatter(costs, gaps, {.color = style.color});
            style.label = "";
            by_update.line(updates, gaps, style).scatter(updates, gaps, {.color = style.color});
        }
    run.merit("microseconds_a_point_by_matching", 1e6 * seconds[1] / points[1]);
    run.merit("microseconds_a_point_by_likelihood", 1e6 * seconds[0] / points[0]);
    run.merit("peak_megabytes", peak_megabytes());
    panels.push_back(by_time), panels.push_back(by_update), panels.push_back(paths);
    run.save(panels, {.title = "Flows trained without a solver, and with one", .columns = 3});
}

int main(int argc, char** argv) {
    return Experiment("26_flow_matching", "Can a flow be trained without a solver, and is it cheaper?")
        .run(argc, argv, flow_matching);
}
