// examples/25_neural_sde.cpp — is a law with noise learned from its paths?
//   dz = f(z) dt + g(z) dW,  f = z − z³,  g = .6 + .2 tanh 2z: two wells, and noise that is stronger in the right one
//   learned: f and ln g, two nets 1 – 32 – 1, by Euler–Maruyama's likelihood of 40,000 steps of .025
// look for   The learned law's fan lies on the true one's: 4,000 paths out of the left well, of which some reach the right.
// beside it  25_sde_orders.cpp: the methods' orders; 25_ornstein_uhlenbeck.cpp: what such a likelihood does at longer steps
// source     Li, Wong, Chen & Duvenaud 2020, "Scalable gradients for stochastic differential equations"
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/hmc.hpp"         // brings: quantile
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

Var wells(Var, Var z) { return z - z * z * z; }
Var uneven(Var, Var z) { return 0.6 + 0.2 * tanh(2 * z); }

void learn(Experiment& run) {
    const auto times = linspace(0, 20, 801);
    Rng rng(run.seed + 1);
    Tensor z0({50, 1});
    rng.fill_normal(z0.entries());
    const Tensor z =
        ode::solve_sde(wells, uneven, z0, times, {.method = ode::sri2, .steps = 3200, .seed = run.seed + 1}).z;
    const Tensor from = Tensor(z.rows(0, 800)).reshaped({40'000, 1}), to = Tensor(z.rows(1, 800)).reshaped({40'000, 1});

    const nn::MLP drift({1, 32, 1}, nn::tanh, rng), log_noise({1, 32, 1}, nn::tanh, rng);
    const auto noise = [&](Var t, Var x) { return exp(log_noise(t, x)); };
    descend({drift, log_noise},
            [&](Tape& tape) {
                return -mean(ode::euler_log_likelihood(drift, noise, 0, tape.constant(from), times[1], to));
            },
            {.adam = 200, .rate = 0.02, .lbfgs = 60});

    const auto x = linspace(-1.5, 1.5, 151);
    const auto curve = [&](const ode::Field& f) {
        Tape tape;
        return Tensor(f(tape.constant(0), tape.constant(Tensor(x).reshaped({151, 1}))).value());
    };
    const auto apart = [&](const ode::Field& a, const ode::Field& b) {  // in parts of the range
        const Tensor p = curve(a), q = curve(b);
        double sum = 0;
        for (Index i = 0; i < p.size(); ++i) sum += std::pow(double(p[i] - q[i]), 2) / double(p.size());
        const auto [low, high] = std::ranges::minmax(q.entries());
        return std::sqrt(sum) / double(high - low);
    };
    run.merit("drift_rms_over_range", apart(drift, wells));
    run.merit("diffusion_rms_over_range", apart(noise, uneven));
    Plot law({.title = "Learned drift and noise", .x = "z"});
    law.line(x, curve(drift), {.label = "f learned"})
        .line(x, curve(wells), {.label = "true", .color = "#1f2933", .dashed = true});
    law.line(x, curve(noise), {.label = "g learned"}).line(x, curve(uneven), {.color = "#1f2933", .dashed = true});

    const auto ahead = linspace(0, 16, 65);
    const Tensor start({4000, 1}, -1);
    const auto fan = [&](const ode::Field& f, const ode::Field& g) {
        const Tensor paths =
            ode::solve_sde(f, g, start, ahead, {.method = ode::sri2, .steps = 512, .seed = run.seed + 2}).z;
        std::vector<std::vector<double>> bands(5);
        for (Index i = 0; i < 65; ++i) {
            const View now = paths.rows(i, 1);
            const std::vector<double> list(now.entries().begin(), now.entries().end());
            for (std::size_t k = 0; k < 5; ++k)
                bands[k].push_back(quantile(list, std::array{0.05, 0.25, 0.5, 0.75, 0.95}[k]));
        }
        return bands;
    };
    const auto learned = fan(drift, noise), truth = fan(wells, uneven);
    double largest = 0;
    Plot chart({.title = "From one well into the other", .x = "t", .y = "z"});
    chart.between(ahead, learned[0], learned[4], {.label = "90 % of paths", .color = palette(0), .opacity = 0.2});
    chart.between(ahead, learned[1], learned[3], {.label = "half of them", .color = palette(0), .opacity = 0.35});
    chart.line(ahead, learned[2], {.label = "median", .color = palette(0)});
    for (std::size_t k = 0; k < 5; ++k) {
        chart.line(ahead, truth[k],
                   {.label = k == 0 ? "true law" : "", .color = "#1f2933", .width = 1.2, .dashed = true});
        for (std::size_t i = 0; i < 65; ++i) largest = std::max(largest, std::fabs(learned[k][i] - truth[k][i]));
    }
    run.merit("fan_largest_distance", largest);
    run.merit("peak_megabytes", peak_megabytes());
    run.save({law, chart}, {.title = "A law with noise, learned from its paths"});
}

int main(int argc, char** argv) {
    return Experiment("25_neural_sde", "Is a law with noise learned from its paths?").run(argc, argv, learn);
}
