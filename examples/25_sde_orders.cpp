// examples/25_sde_orders.cpp — what does half the step gain where the law is noisy?
//   dz = μ z dt + σ z dW, Itô's, has  z(1) = exp(μ − σ²/2 + σ W(1))
//   by Euler–Maruyama, Milstein and Rößler's SRI2, along the same 100,000 paths W for every number of steps
// look for   Halving the step gains √2 with Euler–Maruyama along a path, 2 with the others (strong order .5 and 1), and 2 in
//            the mean with it and Milstein's (weak order 1; of SRI2's mean no error is left to see). SRI2 needs no derivative
//            of the noise, which Milstein does.
// source     Kloeden & Platen 1992, §9.6, §10; Rößler 2010
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/line_fit.hpp"    // brings: fit_line, logs
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

void orders(Experiment& run) {
    constexpr double mu = 0.8, sigma = 0.8;
    const Tensor z0({100'000, 1}, 1);
    Tensor truth = ode::Brownian(run.seed, 0, 1, z0.shape()).at(1);
    for (Real& z : truth.entries()) z = Real(std::exp(mu - sigma * sigma / 2 + sigma * double(z)));
    const auto f = [](Var, Var z) { return mu * z; };
    const auto g = [](Var, Var z) { return sigma * z; };
    const std::vector<double> steps{8, 16, 32, 64, 128};
    Plot plot({.title = "Error at t = 1", .x = "steps", .y = "mean distance", .log_x = true, .log_y = true});
    for (const ode::SdeMethod& method : ode::all_sde_methods) {
        std::vector<double> strong, weak;
        for (const double n : steps) {
            const auto end =
                ode::solve_sde(f, g, z0, {0, 1}, {.method = method, .steps = int(n), .seed = run.seed}).end();
            double along = 0, of_mean = 0;
            for (Index i = 0; i < z0.size(); ++i)
                along += std::fabs(double(end[i] - truth[i])), of_mean += double(end[i] - truth[i]);
            strong.push_back(along / double(z0.size())), weak.push_back(std::fabs(of_mean) / double(z0.size()));
        }
        const std::string name = method.name;
        run.merit("strong_order_" + name, -fit_line(logs(steps), logs(strong)).a);
        plot.line(steps, strong, {.label = name});
        if (name == "sri2") continue;  // of order 2 where there is no noise: of the mean no error is left to see
        run.merit("weak_order_" + name, -fit_line(logs(steps), logs(weak)).a);
        if (name == "milstein") continue;
        plot.line(steps, weak, {.label = "its mean alone", .color = "#1f2933", .dashed = true});
    }
    run.merit("peak_megabytes", peak_megabytes());
    run.save({plot}, {.title = "A path with noise, in steps"});
}

int main(int argc, char** argv) {
    return Experiment("25_sde_orders", "What does half the step gain where the law is noisy?").run(argc, argv, orders);
}
