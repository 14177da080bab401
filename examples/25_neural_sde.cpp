// examples/25_neural_sde.cpp — what does a step do when the law is noisy, and is such a law learned from its paths?
//   dz = f(t, z) dt + g(t, z) dW:       Itô's, by Euler–Maruyama, Milstein and Rößler's SRI2
//   orders     dz = μ z dt + σ z dW has z(1) = exp(μ − σ²/2 + σ W(1)): the same paths W for every number of steps       (1)
//   likelihood dz = κ (m − z) dt + s dW is normal over any gap Δ, with mean m + (z − m) e^−κΔ, variance
//              s² (1 − e^−2κΔ)/2κ; Euler–Maruyama takes one step for it: z + κ (m − z) Δ, s² Δ                          (2)
//   learned    f and g two nets 1 – 32 – 1, by Euler–Maruyama's likelihood of 40,000 steps of .025, from the paths of
//              f = z − z³,  g = .6 + .2 tanh 2z: two wells, and noise that is stronger in the right one                 (3)
// look for   Halving the step gains √2 with Euler–Maruyama along a path, 2 with the others, and 2 in the mean with all of
//            them. Euler's likelihood finds (1 − e^−κΔ)/Δ in place of κ: fine for short gaps, far off for long ones,
//            however much data there is. The learned law's fan lies on the true one's.
// source     Kloeden & Platen 1992, §9.6, §10; Li, Wong, Chen & Duvenaud 2020
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/hmc.hpp"         // brings: quantile
#include "examples/support/line_fit.hpp"    // brings: fit_line, logs
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

Plot orders(Experiment& run) {  // (1)
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
        plot.line(steps, weak, {.label = "of the mean alone", .color = "#1f2933", .dashed = true});
    }
    return plot;
}

struct OrnsteinUhlenbeck : nn::Module {  // (2)
    Var log_likelihood(Var z, const Tensor& next, double gap, bool exact) const {
        const auto pull = [&](Var, Var x) { return kappa * (m - x); };
        const auto noise = [&](Var, Var x) { return x.tape().use(s); };
        if (!exact) return ode::euler_log_likelihood(pull, noise, 0, z, gap, next);
        const Var k = z.tape().use(kappa), kept = exp(-gap * k);
        const Var variance = square(z.tape().use(s)) * (1 - square(kept)) / (2 * k);
        return nn::gaussian_log_likelihood(next, m + kept * (z - m), 0.5 * log(variance));
    }

    Parameter kappa = add("kappa", 0.5), m = add("m", 0.0), s = add("s", 1.0);
};

struct Regression {  // next = a z + b + noise: the most likely law in closed form; errors as for short gaps
    double best[3], sigma[3];
    Regression(const Tensor& z, const Tensor& next, double gap) {
        const LineFit line = fit_line(z, next);
        const double k = -std::log(line.a) / gap, n = double(z.size());
        const double s = std::sqrt(2 * k * line.variance / (1 - line.a * line.a));
        best[0] = k, best[1] = line.b / (1 - line.a), best[2] = s;
        sigma[0] = line.error_of_a / (line.a * gap), sigma[1] = s / (k * std::sqrt(n * gap)),
        sigma[2] = s / std::sqrt(2 * n);
    }
    // How many standard errors the farthest parameter is away.
    double off(const double (&law)[3]) const {
        double most = 0;
        for (int i = 0; i < 3; ++i) most = std::max(most, std::fabs(law[i] - best[i]) / sigma[i]);
        return most;
    }
};

Plot gaps(Experiment& run) {
    constexpr double truth[]{1, 0.5, 0.6}, dt = 0.025;
    constexpr Index count = 8192;
    Rng rng(run.seed);
    std::vector<double> path{truth[1]};
    const double kept = std::exp(-truth[0] * dt), deviation = truth[2] * std::sqrt((1 - kept * kept) / (2 * truth[0]));
    while (Index(path.size()) <= count)
        path.push_back(truth[1] + (path.back() - truth[1]) * kept + deviation * rng.normal());

    std::vector<double> gap, exact, euler, low, high;
    for (const Index stride : {1, 2, 4, 8, 16, 32, 64}) {
        Tensor z({count / stride, 1}), next = z;
        for (Index i = 0; i < z.size(); ++i)
            z[i] = Real(path[std::size_t(i * stride)]), next[i] = Real(path[std::size_t((i + 1) * stride)]);
        gap.push_back(double(stride) * dt);
        const Regression closed(z, next, gap.back());
        low.push_back(closed.best[0] - closed.sigma[0]), high.push_back(closed.best[0] + closed.sigma[0]);
        for (const bool by_euler : {false, true}) {
            OrnsteinUhlenbeck law;
            optim::LBFGS(law).minimise(
                [&](Tape& tape) { return -mean(law.log_likelihood(tape.constant(z), next, gap.back(), !by_euler)); });
            const double found[]{double(law.kappa.value().item()), double(law.m.value().item()),
                                 double(law.s.value().item())};
            (by_euler ? euler : exact).push_back(found[0]);
            if (stride == 1)
                run.merit(by_euler ? "sigmas_of_euler_off_exact" : "sigmas_of_exact_off_closed_form",
                          closed.off(found));
        }
        if (stride == 1) run.merit("sigmas_of_truth_off_exact", closed.off(truth));
    }
    run.merit("kappa_exact_at_gap_1.6", exact.back());
    run.merit("kappa_euler_at_gap_1.6", euler.back());
    Plot plot({.title = "One path, read at longer gaps", .x = "gap Δ", .y = "most likely κ", .log_x = true});
    plot.between(gap, low, high, {.label = "± σ", .color = palette(0), .opacity = 0.2});
    plot.line(gap, exact, {.label = "exact", .color = palette(0)})
        .line(gap, euler, {.label = "Euler's", .color = palette(1)});
    return plot.line({dt, 1.6}, {truth[0], truth[0]}, {.label = "truth", .color = "#1f2933", .dashed = true});
}

Var wells(Var, Var z) { return z - z * z * z; }
Var uneven(Var, Var z) { return 0.6 + 0.2 * tanh(2 * z); }

std::vector<Plot> learn(Experiment& run) {  // (3)
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
    for (std::size_t k = 0; k < 5; ++k) {
        chart.line(ahead, truth[k],
                   {.label = k == 0 ? "true law" : "", .color = "#1f2933", .width = 1.2, .dashed = true});
        for (std::size_t i = 0; i < 65; ++i) largest = std::max(largest, std::fabs(learned[k][i] - truth[k][i]));
    }
    run.merit("fan_largest_distance", largest);
    return {law, chart};
}

void neural_sde(Experiment& run) {
    std::vector<Plot> panels{orders(run), gaps(run)};
    for (Plot& plot : learn(run)) panels.push_back(std::move(plot));
    run.merit("peak_megabytes", peak_megabytes());
    run.save(panels, {.title = "Noise in the law: its steps, its likelihood, its learning"});
}

int main(int argc, char** argv) {
    return Experiment("25_neural_sde",
                      "What does a step do when the law is noisy, and is such a law learned from its paths?")
        .run(argc, argv, neural_sde);
}
