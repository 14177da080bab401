// examples/22c_solver_error.cpp — can a flow learn its solver's error?
//   ln q(x) = ln N(z) + ∫ tr ∂f/∂z dt is true of the exact solution. By five steps of RK4 it need not be, and a training that
//   wants it large finds out where.
//   L = −mean ln q + κ mean ∫ |f|² dt       checkerboard, a high rate, κ = 0 and .05
// look for   With κ = 0 the training solver's −mean ln q sinks nearly to the entropy, and the truth is half a nat worse:
//            flow.check solves again, adaptively, and calls it an error. With κ both solvers agree, and so the smaller gap
//            is the one of the flow that seemed worse.
// source   Finlay, Jacobsen, Nurbekyan & Oberman 2020, "How to train your neural ODE": κ keeps paths simple
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_flow, train_flow, gap_to, density_picture

using namespace costate;
using namespace costate::support;

void trap(Experiment& run) {
    const nn::ToyDensity& board = nn::toy_density("checkerboard");
    Plot course({.title = "Training", .x = "update", .y = "−mean ln q"});
    const int updates = run.quick ? 60 : 480;
    std::vector<Plot> panels{density_picture("The density", 4.4, 80, board, 0.06)};
    for (const double kinetic : {0.0, 0.05}) {
        Rng rng(run.seed), test(run.seed + 1000);
        const PlaneFlow flow = plane_flow({.steps = 5}, rng);
        std::vector<double> update, nll;
        double recent = 0;  // mean of the last ten or so
        FlowTraining training{
            .updates = updates, .rate = 1e-2, .kinetic = kinetic, .jacobian = 0, .clip = 0, .fade = false};
        training.after = [&](int n, double value) {
            recent += (n == 1 ? 1 : 0.1) * (value - recent);
            if (n % 5 == 0) update.push_back(n), nll.push_back(recent);
        };
        train_flow(flow, sampler_of(board), training, rng);
        const std::string name = kinetic > 0 ? "regularised" : "plain", title = kinetic > 0 ? "κ = .05" : "κ = 0";
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
        const std::string color = palette(kinetic > 0);
        course.line(update, nll, {.label = title + ", by RK4", .color = color})
            .scatter({double(updates)}, {check.nll}, {.label = "by dopri5", .color = color, .width = 3});
        const PlaneFlow solved = flow.with(ode::flow_check_options());
        panels.push_back(density_picture("Its flow by dopri5, " + title, 4.4, 80, solved, 0.06));
    }
    course.line({0, double(updates)}, {board.entropy, board.entropy},
                {.label = "entropy", .color = "#1f2933", .dashed = true});
    panels.insert(panels.begin(), course.y_range(3.2, 5.2));
    run.merit("peak_megabytes", peak_megabytes());
    run.save(panels, {.title = "A flow that has learned its solver's error"});
}

int main(int argc, char** argv) {
    return Experiment("22c_solver_error", "Can a flow learn its solver's error?").run(argc, argv, trap);
}
