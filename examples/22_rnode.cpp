// examples/22_rnode.cpp — what does a flow gain that is made to move simply?
//   L = −mean ln q + κ mean ∫ |f|² dt + λ mean ∫ ‖∂f/∂z‖²_F dt              sums over components, without ½            (a)
//   transport  least ∫ |f|² from p to N(0, 1) is W₂²(p, N), on straight lines; between Gaussians N(m, S):
//              W₂² = |m|² + tr(S + 1 − 2 S^½)                                                                        (b)
// look for   Gaussians: with κ the energy is that of (b), the lines are nearly straight, and dopri5 needs four steps.
//            Checkerboard: five steps of RK4 and a high rate. With κ = λ = 0 the training solver's −mean ln q sinks nearly
//            to the entropy, and the truth is half a nat worse: the flow has learned the solver's error. flow.check calls it
//            an error. With κ both solvers agree.
//            Pinwheel, each weight at 0, low and high: both terms save 30 % of the evaluations and cost nothing in nats,
//            each alone 22 %.
// source   Finlay, Jacobsen, Nurbekyan & Oberman 2020, "How to train your neural ODE" (weights there for means, κ with ½,
//          and bits) · (b): Gelbrich 1990
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_flow, train_flow, gap_to, mean_of, density_picture

using namespace costate;
using namespace costate::support;

void gaussians(Experiment& run, std::vector<Plot>& panels) {  // x = m + (2 ε₁, ε₂ / 2)
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
    ode::SolveOptions straight = ode::flow_check_options;
    straight.first_step = 0.25;  // a straight line needs no careful start
    const ode::FlowCheck check = flow.check(x, 0.05, straight);
    run.merit("gaussian_energy_over_transport", mean_of(flow.with(straight).regularised(x).kinetic_energy) / transport);
    run.merit("gaussian_evaluations", static_cast<double>(check.evaluations));
    run.merit("gaussian_gap", check.nll - entropy);

    Plot paths({.title = "Gaussians", .x = "z₁", .y = "z₂", .equal = true});
    const Tensor z = ode::solve(flow.velocity(), x.rows(0, 60), linspace(0, 1, 21)).z;
    for (Index i = 0; i < 60; ++i) paths.line(component(z, 0, i), component(z, 1, i), {.color = "#9aa3ad", .width = 1});
    paths.scatter(component(x.rows(0, 60), 0), component(x.rows(0, 60), 1),
                  {.label = "data", .color = palette(0), .width = 1.3});
    const Tensor end(z.rows(20, 1));
    panels.push_back(paths.scatter(component(end.reshaped({60, 2}), 0), component(end.reshaped({60, 2}), 1),
                                   {.label = "base", .color = palette(1), .width = 1.3}));
}

void trap(Experiment& run, std::vector<Plot>& panels) {
    const nn::ToyDensity& board = nn::toy_density("checkerboard");
    Plot course({.title = "Checkerboard: training", .x = "update", .y = "−mean ln q by RK4"});
    const int updates = run.quick ? 60 : 480;
    std::vector<Plot> pictures{density_picture(
        "Checkerboard: data", 4.4, 80, [&](const Tensor& p) { return board.log_density(p); }, 0.06)};
    for (const double kinetic : {0.0, 0.05}) {
        Rng rng(run.seed), test(run.seed + 1000);
        const PlaneFlow flow = plane_flow({.steps = 5}, rng);
        std::vector<double> update, nll;
        double recent = 3.5;
        FlowTraining training{
            .updates = updates, .rate = 1e-2, .kinetic = kinetic, .jacobian = 0, .clip = 0, .fade = false};
        training.after = [&](int n, double value) {
            recent += 0.1 * (value - recent);
            if (n % 5 == 0) update.push_back(n), nll.push_back(recent);
        };
        train_flow(flow, sampler_of(board), training, rng);
        const std::string name = kinetic > 0 ? "regularised" : "plain", title = kinetic > 0 ? "κ = .05" : "plain";
        course.line(update, nll, {.label = title});
        const Tensor x = board.sample(run.quick ? 2000 : 5000, test);
        double caught = 0;
        try {
            flow.check(x);
        } catch (const Error& error) {
            caught = 1;
            std::fprintf(stderr, "%s\n", error.what());
        }
        const ode::FlowCheck check = flow.check(x, 1e9);
        run.merit("board_caught_" + name, caught);
        run.merit("board_solvers_apart_" + name, std::fabs(check.difference()));
        run.merit("board_gap_" + name, gap_to(board, x, check.nll));
        run.merit("board_evaluations_" + name, static_cast<double>(check.evaluations));
        const PlaneFlow solved = flow.with(ode::flow_check_options);
        pictures.push_back(density_picture(
            "Its flow, " + title, 4.4, 80, [&](const Tensor& p) { return solved.log_density(p); }, 0.06));
    }
    course.line({0, double(updates)}, {board.entropy, board.entropy},
                {.label = "entropy", .color = "#1f2933", .dashed = true});
    panels.push_back(course.y_range(3.2, 5.2));
    panels.insert(panels.end(), pictures.begin(), pictures.end());
}

struct Weights {
    std::string name;
    double kinetic, jacobian;
};

// Evaluations and gap of every row, and the most that is saved by one whose gap is at most .005 larger than the plain one's.
void pareto(Experiment& run, std::vector<Plot>& panels) {
    const nn::ToyDensity& pinwheel = nn::toy_density("pinwheel");
    const Weights table[]{{"none", 0, 0},   {"K1", 0.01, 0},        {"K2", 0.05, 0},       {"J1", 0, 0.001},
                          {"J2", 0, 0.005}, {"both1", 0.01, 0.001}, {"both2", 0.05, 0.005}};
    std::vector<double> evaluations, gaps;
    double saved = 0;
    for (const auto& [name, kinetic, jacobian] : table) {
        Rng rng(run.seed), test(run.seed + 1000);
        const PlaneFlow flow = plane_flow({.steps = 6}, rng);
        const FlowTraining training{.updates = run.quick ? 60 : 480,
                                    .rate = 1e-2,
                                    .kinetic = kinetic,
                                    .jacobian = jacobian,
                                    .clip = 10,
                                    .fade = false};
        train_flow(flow, sampler_of(pinwheel), training, rng);
        const Tensor x = pinwheel.sample(run.quick ? 2000 : 10'000, test);
        const ode::FlowCheck check = flow.check(x, 1e9);
        gaps.push_back(gap_to(pinwheel, x, check.nll)), evaluations.push_back(static_cast<double>(check.evaluations));
        if (gaps.back() <= gaps[0] + 0.005) saved = std::max(saved, 1 - evaluations.back() / evaluations[0]);
        run.merit("pinwheel_gap_" + name, gaps.back());
        run.merit("pinwheel_evaluations_" + name, evaluations.back());
    }
    run.merit("pinwheel_evaluations_saved_at_equal_nll", saved);
    Plot plot({.title = "Pinwheel, by weight", .x = "evaluations by dopri5", .y = "KL gap"});
    for (const std::size_t first : {1U, 3U, 5U}) {
        const std::vector<double> x{evaluations[0], evaluations[first], evaluations[first + 1]},
            y{gaps[0], gaps[first], gaps[first + 1]};
        const std::string color = palette(first / 2);
        plot.line(x, y,
                  {.label = first == 1   ? "κ"
                            : first == 3 ? "λ"
                                         : "both",
                   .color = color})
            .scatter(x, y, {.color = color, .width = 3});
    }
    const auto [least, most] = std::minmax_element(evaluations.begin(), evaluations.end());
    const auto [lowest, highest] = std::minmax_element(gaps.begin(), gaps.end());
    panels.push_back(plot.x_range(*least - 4, *most + 4)
                         .y_range(std::min(*lowest - 0.001, gaps[0] - 0.005),  // ± .005 count as equal
                                  std::max(*highest + 0.001, gaps[0] + 0.005)));
}

void rnode(Experiment& run, const std::string& only) {
    std::vector<Plot> panels;
    const std::pair<std::string, void (*)(Experiment&, std::vector<Plot>&)> parts[]{
        {"gaussians", gaussians}, {"pinwheel", pareto}, {"board", trap}};
    for (const auto& [name, part] : parts)
        if (only.empty() ? !run.quick || name != "pinwheel" : only == name) part(run, panels);
    run.merit("peak_megabytes", peak_megabytes());
    run.save(
        panels,
        {.title = "Simple motion: fewer evaluations, and a solver that can be believed", .columns = 3, .height = 230});
}

int main(int argc, char** argv) {
    std::string only;
    return Experiment("22_rnode", "What does a flow gain that is made to move simply?")
        .add("only", only, "gaussians, pinwheel or board")
        .run(argc, argv, [&](Experiment& run) { rnode(run, only); });
}
