// examples/22_rnode.cpp — what does a flow gain that is made to move simply?
//   L = −mean ln q + κ mean ∫ |f|² dt + λ mean ∫ ‖∂f/∂z‖²_F dt              sums over components, without ½            (a)
//   transport  least ∫ |f|² from p to N(0, 1) is W₂²(p, N), on straight lines; between Gaussians N(m, S):
//              W₂² = |m|² + tr(S + 1 − 2 S^½)                                                                        (b)
// look for   Gaussians: with κ the energy is within 1 % of (b), the lines bend a little, and dopri5 needs four steps.
//            Pinwheel, each weight at 0, low and high: both terms save 30 % of the evaluations and cost nothing in nats,
//            each alone 22 %.
// beside it  22b_rnode_digits.cpp: images · 22c_solver_error.cpp: what a flow can do to a coarse solver, and how κ helps
// source   Finlay, Jacobsen, Nurbekyan & Oberman 2020, "How to train your neural ODE" (weights there for means, κ with ½,
//          and bits) · (b): Gelbrich 1990
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_flow, train_flow, gap_to, mean_of

using namespace costate;
using namespace costate::support;

Plot gaussians(Experiment& run) {  // x = m + (2 ε₁, ε₂ / 2)
    const double m[2] = {2, -1}, deviation[2] = {2, 0.5};
    const Sampler sample = [&](Index n, Rng& rng) {
        Tensor x({n, 2});
        for (Index i = 0; i < 2 * n; ++i) x[i] = static_cast<Real>(m[i % 2] + deviation[i % 2] * rng.normal());
        return x;
    };
    double transport = 0, entropy = 0;  // (b)
    for (const int i : {0, 1}) {
        transport += m[i] * m[i] + (deviation[i] - 1) * (deviation[i] - 1);
        entropy += std::log(deviation[i]) + 0.5 * (std::log(2 * std::acos(-1.0)) + 1);
    }
    Rng rng(run.seed), test(run.seed + 1000);
    const PlaneFlow flow = plane_flow({.steps = 4, .width = 32, .gain = 0.5}, rng);
    const FlowTraining training{
        .updates = run.quick ? 300 : 1500, .rate = 1e-2, .kinetic = 0.1, .jacobian = 0.05, .clip = 10};
    train_flow(flow, sample, training, rng);
    const Tensor x = sample(4000, test);
    ode::SolveOptions straight = ode::flow_check_options();
    straight.first_step = 0.25;  // a straight line needs no careful start
    const ode::FlowCheck check = flow.check(x, 0.05, straight);
    run.merit("gaussian_energy_over_transport", mean_of(flow.with(straight).regularised(x).kinetic_energy) / transport);
    run.merit("gaussian_evaluations", static_cast<double>(check.evaluations));
    run.merit("gaussian_gap", check.nll - entropy);

    const View data = x.rows(0, 60);
    const Tensor path = ode::solve(flow.velocity(), data, linspace(0, 1, 21)).z;
    const Tensor base = Tensor(path.rows(20, 1)).reshaped({60, 2});
    Plot plot({.title = "Gaussians", .x = "z₁", .y = "z₂", .equal = true});
    for (Index i = 0; i < 60; ++i)
        plot.line(component(path, 0, i), component(path, 1, i), {.color = "#9aa3ad", .width = 1});
    plot.scatter(component(data, 0), component(data, 1), {.label = "data", .color = palette(0), .width = 1.3});
    return plot.scatter(component(base, 0), component(base, 1), {.label = "base", .color = palette(1), .width = 1.3});
}

// Evaluations and gap of every row, and the most that is saved by one whose gap is at most .005 larger than the plain one's.
Plot pareto(Experiment& run) {
    const nn::ToyDensity& pinwheel = nn::toy_density("pinwheel");
    const struct {
        std::string name;
        double kinetic, jacobian;
    } table[]{{"none", 0, 0},   {"K1", 0.01, 0},        {"K2", 0.05, 0},       {"J1", 0, 0.001},
              {"J2", 0, 0.005}, {"both1", 0.01, 0.001}, {"both2", 0.05, 0.005}};
    std::vector<double> evaluations, gaps;
    double saved = 0;
    for (const auto& [name, kinetic, jacobian] : table) {
        Rng rng(run.seed), test(run.seed + 1000);
        const PlaneFlow flow = plane_flow({.steps = 6}, rng);
        train_flow(flow, sampler_of(pinwheel),
                   {.updates = 480, .rate = 1e-2, .kinetic = kinetic, .jacobian = jacobian, .clip = 10, .fade = false},
                   rng);
        const Tensor x = pinwheel.sample(10'000, test);
        const ode::FlowCheck check = flow.check(x, 1e9);
        gaps.push_back(gap_to(pinwheel, x, check.nll)), evaluations.push_back(static_cast<double>(check.evaluations));
        if (gaps.back() <= gaps[0] + 0.005) saved = std::max(saved, 1 - evaluations.back() / evaluations[0]);
        run.merit("pinwheel_gap_" + name, gaps.back());
        run.merit("pinwheel_evaluations_" + name, evaluations.back());
    }
    run.merit("pinwheel_evaluations_saved_at_equal_nll", saved);
    Plot plot({.title = "Pinwheel, by weight", .x = "evaluations by dopri5", .y = "KL gap"});
    const std::string names[]{"κ", "λ", "both"};
    for (const std::size_t i : {0U, 1U, 2U}) {
        const std::size_t low = 2 * i + 1;
        const std::vector<double> x{evaluations[0], evaluations[low], evaluations[low + 1]},
            y{gaps[0], gaps[low], gaps[low + 1]};
        plot.line(x, y, {.label = names[i], .color = palette(i)}).scatter(x, y, {.color = palette(i), .width = 3});
    }
    plot.scatter({evaluations[0]}, {gaps[0]}, {.label = "none", .color = "#1f2933", .width = 3});
    const auto [least, most] = std::ranges::minmax(evaluations);
    const auto [lowest, highest] = std::ranges::minmax(gaps);
    return plot.x_range(least - 4, most + 4)
        .y_range(std::min(lowest - 0.001, gaps[0] - 0.005),  // ± .005 count as equal
                 std::max(highest + 0.001, gaps[0] + 0.005));
}

void rnode(Experiment& run) {
    std::vector<Plot> panels{gaussians(run)};
    if (!run.quick) panels.push_back(pareto(run));
    run.merit("peak_megabytes", peak_megabytes());
    run.save(panels, {.title = "Simple motion takes fewer evaluations"});
}

int main(int argc, char** argv) {
    return Experiment("22_rnode", "What does a flow gain that is made to move simply?").run(argc, argv, rnode);
}
