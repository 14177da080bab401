// examples/26_flow_matching.cpp — can a flow be trained without a solver, and is it cheaper?
//   the field of row 20, dx/dt = f(t, x), which carries data at t = 0 to N(0, 1) at t = 1, from the same start by
//   matching     x_t = (1 − t) x + t z,   L = mean of |f(t, x_t) − (z − x)|²:  512 points an update                  (a)
//   likelihood   L = −mean ln q(x) + κ ∫|f|² dt + λ ∫‖∂f/∂x‖² dt by 8 steps of RK4:  256 points an update            (b)
// look for   (a) evaluates f once for a point, (b) 32 times with its trace, and steps back through them: a point costs (a)
//            a sixtieth. An update of (b) brings more, so at equal updates the likelihood is far ahead. At equal seconds
//            matching is, after 20 s still; after 80 s the likelihood's gap is the smaller one (pinwheel; the others' in
//            20_toy_flows.cpp, .006 and .090, are smaller than all here, too). The lines of (a) cross, so its
//            paths are bent: (b), which pays for ∫|f|², has straight ones, and a solve of them needs fewer evaluations.
//            Sampling is the same solve.
// straight   |x(1) − x(0)|² over ∫|f|² dt, both in the mean: 1 for lines at constant speed
// source     Lipman et al. 2023, Flow matching for generative modeling; straightness after Liu, Gong & Liu 2023
#include <algorithm>
#include <cmath>
#include <ctime>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_flow, train_flow, match_flow, gap_to, density_picture

using namespace costate;
using namespace costate::support;

struct Trial {
    std::string name;
    double sine, high;                 // of the net's first layer; of the picture's colours
    std::vector<int> matched, likely;  // updates
};

double train(const PlaneFlow& flow, bool matching, const nn::ToyDensity& data, int updates, Rng& rng) {
    const std::clock_t start = std::clock();
    if (matching)
        match_flow(flow, sampler_of(data), {.updates = updates, .rate = 1e-2, .batch = 512}, rng);  // (a)
    else
        train_flow(flow, sampler_of(data), {.updates = updates, .batch = 256}, rng);  // (b)
    return double(std::clock() - start) / CLOCKS_PER_SEC;
}

// The gap; where the training was the longest, straightness and evaluations too.
double measure(Experiment& run, const PlaneFlow& flow, const nn::ToyDensity& data, const std::string& name, bool last) {
    Rng rng = Rng(run.seed).split(1);
    const Tensor x = data.sample(run.quick ? 4'000 : 20'000, rng);
    double log_q = 0, moved = 0, work = 0, evaluations = 0;  // sums over x; the most
    in_parts(x, [&](const Tensor& part) {
        const auto there = flow.regularised(part);
        log_q += double(part.size(0)) * mean_of(there.log_density);
        work += double(part.size(0)) * mean_of(there.kinetic_energy);
        for (Index i = 0; i < 2 * part.size(0); ++i) moved += std::pow(double(there.z[i] - part[i]), 2);
        evaluations = std::max(evaluations, double(there.statistics.evaluations));
    });
    const double gap = gap_to(data, x, -log_q / double(x.size(0)));
    run.merit("gap_" + name, gap);
    if (!last) return gap;
    run.merit("straightness_" + name, moved / work);
    run.merit("evaluations_" + name, evaluations);
    return gap;
}

void draw_paths(Plot& plot, const PlaneFlow& flow, const Style& style, std::uint64_t seed) {  // from noise to data
    Rng rng(seed);
    const Tensor z = ode::gaussian_probes({30, 2}, rng);
    const Tensor path = ode::solve(flow.velocity(), z, linspace(1, 0, 41), {.method = ode::dopri5}).z;
    for (Index row = 0; row < 30; ++row)
        plot.line(component(path, 0, row), component(path, 1, row),
                  {.label = row == 0 ? style.label : "", .color = style.color, .width = 1.2, .opacity = 0.8});
}

void flow_matching(Experiment& run) {
    std::vector<Trial> trials{{"8gaussians", 2, 0.16, {300, 1200, 20'000}, {100, 300}},
                              {"pinwheel", 2, 0.3, {300, 1200, 10'000, 40'000}, {100, 300, 1200}},
                              {"checkerboard", 3, 0.045, {300, 1200, 10'000}, {100, 300}}};
    if (run.quick) trials = {{"pinwheel", 2, 0.3, {1000}, {20}}};
    const ode::SolveOptions accurate{.method = ode::dopri5, .rtol = 1e-5, .atol = 1e-5};
    Plot by_time({.title = "At equal seconds", .x = "CPU seconds", .y = "gap, nats", .log_x = true, .log_y = true}),
        by_update({.title = "At equal updates", .x = "updates", .y = "gap, nats", .log_x = true, .log_y = true}),
        paths({.title = "Paths to the pinwheel", .x = "x₁", .y = "x₂", .equal = true});
    std::vector<Plot> panels;
    double seconds[2]{}, points[2]{};  // of all trainings by likelihood, by matching
    for (const Trial& trial : trials) {
        const nn::ToyDensity& data = nn::toy_density(trial.name);
        const std::string color = palette(panels.size());
        for (const bool matching : {true, false}) {
            const std::string way = matching ? "matching" : "likelihood";
            const std::vector<int>& list = matching ? trial.matched : trial.likely;
            std::vector<double> spent, gaps;
            for (const int updates : list) {
                const bool last = updates == list.back();
                Rng rng(run.seed);
                const PlaneFlow flow = plane_flow({.sine = trial.sine}, rng), solved = flow.with(accurate);
                spent.push_back(train(flow, matching, data, updates, rng));
                const std::string name = way + "_" + trial.name + "_" + std::to_string(updates);
                gaps.push_back(measure(run, solved, data, name, last));
                seconds[matching] += spent.back();
                points[matching] += updates * (matching ? 512.0 : 256.0);
                if (last && matching)
                    panels.push_back(density_picture(trial.name + ", matched", 4.4, 80, solved, trial.high));
                if (last && trial.name == "pinwheel")
                    draw_paths(paths, flow, {.label = "path: " + way, .color = matching ? palette(3) : "#1f2933"},
                               run.seed);
            }
            const Style line{.label = matching ? trial.name : "", .color = color, .dashed = !matching};
            const std::vector<double> updates(list.begin(), list.end());
            by_time.line(spent, gaps, line).scatter(spent, gaps, {.color = color});
            by_update.line(updates, gaps, line).scatter(updates, gaps, {.color = color});
        }
    }
    run.merit("microseconds_a_point_by_matching", 1e6 * seconds[1] / points[1]);
    run.merit("microseconds_a_point_by_likelihood", 1e6 * seconds[0] / points[0]);
    run.merit("peak_megabytes", peak_megabytes());
    by_time.line({}, {}, {.label = "by matching", .color = "#6b7480"});
    by_time.line({}, {}, {.label = "by likelihood", .color = "#6b7480", .dashed = true});
    panels.push_back(by_time), panels.push_back(by_update), panels.push_back(paths);
    run.save(panels, {.title = "Flows trained without a solver, and with one", .columns = 3, .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("26_flow_matching", "Can a flow be trained without a solver, and is it cheaper?")
        .run(argc, argv, flow_matching);
}
