// examples/16_posterior.cpp — how sure are we of the law behind the lynx and the hare?
//   d ln u/dt = α − β v,   d ln v/dt = −γ + δ u          u: hare, v: lynx, thousands of pelts, 1900–1920               (a)
//   ln y_i ~ N(ln z(t_i), σ²)                            a σ for each species; the first year is no exception           (b)
//   α, γ ~ N(1, .5²),  β, δ ~ N(.05, .05²),  σ ~ LogN(−1, 1),  u_0, v_0 ~ LogN(ln 10, 1)                               (c)
// Hamiltonian Monte Carlo on the logarithms q of these eight, by the gradient of the solve. Four chains are four rows.
// look for   The curve (inner band) is known better than the pelts (outer band: 9 of 10 of them). α and γ, growth and
//            decline, are bound together: the period fixes about their product, so one is fast where the other is slow.
// source     B. Carpenter 2018, "Predator-Prey Population Dynamics: the Lotka-Volterra model in Stan": (b), (c); means .55,
//            .028, .80, .024, .25, .25 of α, β, γ, δ, σ
#include <algorithm>
#include <cmath>
#include <numbers>

#include "costate.hpp"
#include "examples/support/csv.hpp"         // brings: read_csv, Series
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot, Progress
#include "examples/support/hmc.hpp"         // brings: sample, Draws, r_hat, quantile

using namespace costate;
using namespace costate::support;

// Columns of q.
enum Unknown : Index { alpha, beta, gamma_rate, delta, start, sigma = 6, unknowns = 8 };
const char* const names[] = {"alpha", "beta", "gamma", "delta", "u0", "v0", "sigma_hare", "sigma_lynx"};

Var log_paths(Var q, const std::vector<double>& years) {  // [T,B,2]: a law for each row of q
    const Var p = exp(q);
    const auto field = [&](Var, Var x) {  // (a)
        const Var hare = exp(column(x, 0)), lynx = exp(column(x, 1));
        return concatenate({column(p, alpha) - column(p, beta) * lynx, column(p, delta) * hare - column(p, gamma_rate)},
                           1);
    };
    return ode::solve(field, slice(q, 1, start, 2), years, {.method = ode::rk4_classic, .steps = 80}).z;
}

Var log_density(Var q, const Series& pelts) {  // [B,8] -> [B,1]
    const Var log_rates = slice(q, 1, alpha, 4), log_start = slice(q, 1, start, 2), log_sigma = slice(q, 1, sigma, 2);
    const Var log_pelts = log(q.tape().constant(pelts.values.reshaped({21, 1, 2})));
    const Var scaled = (log_paths(q, pelts.times) - log_pelts) / exp(log_sigma);
    const Tensor mean({4}, {1, 0.05, 1, 0.05}), deviation({4}, {0.5, 0.05, 0.5, 0.05});
    const Var likelihood = -0.5 * sum(square(scaled), {0, 2}) - 21 * sum(log_sigma, 1);      // (b)
    const Var prior = sum(log_rates - 0.5 * square((exp(log_rates) - mean) / deviation), 1)  // (c), by dα = α d ln α
                      - 0.5 * sum(square(log_sigma + 1), 1) - 0.5 * sum(square(log_start - std::log(10)), 1);
    return reshape(likelihood + prior, {-1, 1});
}

// Each species in time: the median curve, where 9 of 10 curves and 9 of 10 pelts lie, and the pelts.
std::vector<Plot> courses(const Draws& draws, const Series& pelts, Rng rng) {
    const auto years = linspace(pelts.times.front(), pelts.times.back(), 241);
    const Tensor q = draws.q.reshaped({4 * draws.q.shape()[0], unknowns}), log_z = [&] {
        Tape tape;
        return Tensor(log_paths(tape.constant(q), years).value());
    }();
    std::vector<Plot> plots;
    Tensor noise({q.shape()[0], 2});  // of a curve one for all its years: each year has 4800, and the edge is smooth
    rng.fill_normal(noise.entries(), 0, 1);
    for (Index species = 0; species < 2; ++species) {
        std::vector<double> low, middle, high, pelts_low, pelts_high;
        for (Index i = 0; i < std::ssize(years); ++i) {
            std::vector<double> curves, counts;
            for (Index row = 0; row < q.shape()[0]; ++row) {
                const double log_curve = static_cast<double>(log_z(i, row, species));
                curves.push_back(std::exp(log_curve));
                counts.push_back(
                    std::exp(log_curve + std::exp(double(q(row, sigma + species))) * double(noise(row, species))));
            }
            low.push_back(quantile(curves, 0.05)), high.push_back(quantile(curves, 0.95));
            pelts_low.push_back(quantile(counts, 0.05)), pelts_high.push_back(quantile(counts, 0.95));
            middle.push_back(quantile(curves, 0.5));
        }
        const std::string color = palette(static_cast<std::size_t>(species));
        Plot plot({.title = species == 0 ? "Snowshoe hare" : "Canadian lynx", .x = "year", .y = "pelts (thousands)"});
        plot.between(years, pelts_low, pelts_high, {.label = "90 % of pelts", .color = color, .opacity = 0.15});
        plot.between(years, low, high, {.label = "90 % of curves", .color = color, .opacity = 0.35});
        plot.line(years, middle, {.label = "median", .color = color});
        plot.scatter(pelts.times, component(pelts.values, species), {.label = "pelts", .color = "#1f2933"});
        plot.y_range(0, 1.05 * *std::max_element(pelts_high.begin(), pelts_high.end()));
        plots.push_back(std::move(plot));
    }
    return plots;
}

void posterior(Experiment& run) {
    const Series pelts = read_csv("examples/data/lynx_hare.csv");
    Rng rng(run.seed);
    // What the eye reads: a period of 10 years, 2π/√(αγ), about means of 34 = γ/δ and 20 = α/β. A chain that begins twice
    // as far from it may stay at a worse fit, with σ about .4: R̂ says so then, with 2.
    const double rate = 2 * std::numbers::pi / 10, middle[] = {rate, rate / 20, rate, rate / 34, 30, 4, 0.4, 0.4};
    Tensor q0({4, unknowns});
    for (Index i = 0; i < q0.size(); ++i)
        q0[i] = static_cast<Real>(std::log(middle[i % unknowns]) + 0.1 * rng.normal());
    HmcOptions options{.warmup = 600, .draws = 1200, .max_leaps = 40};
    Progress progress(options.warmup + options.draws, {.step = "draw", .number = "log density"});
    options.progress = [&](int done, int, double density) { progress.update(done, density); };
    const Draws draws = sample([&](Var q) { return log_density(q, pelts); }, q0, rng.split(1), options);

    std::vector<double> values[unknowns];
    for (Index j = 0; j < unknowns; ++j) {
        double mean = 0;
        for (const double log_value : draws_of(draws.q, j)) values[j].push_back(std::exp(log_value));
        for (const double value : values[j]) mean += value / static_cast<double>(values[j].size());
        run.merit(names[j], mean);
        std::printf("  90 %% from %.3g to %.3g, R-hat %.4f\n", quantile(values[j], 0.05), quantile(values[j], 0.95),
                    r_hat(draws.q, j));
    }
    run.merit("largest_r_hat", largest_r_hat(draws.q));
    run.merit("trajectories_lost", draws.lost);

    std::vector<Plot> panels = courses(draws, pelts, rng.split(2));
    Plot pair({.title = "What is bound together", .x = "α, growth of the hare", .y = "γ, decline of the lynx"});
    pair.scatter(values[alpha], values[gamma_rate], {.color = palette(2), .width = 0.8, .opacity = 0.3});
    Plot chains({.title = "Four chains", .x = "draw", .y = "α"});
    for (std::size_t c = 0; c < 4; ++c) {
        const auto first = values[alpha].begin() + static_cast<std::ptrdiff_t>(c) * options.draws;
        chains.line(linspace(1, 300, 300), std::vector<double>(first, first + 300), {.width = 1, .opacity = 0.8});
    }
    panels.push_back(pair), panels.push_back(chains);
    run.save(panels, {.title = "The posterior of a law: lynx and hare, 1900–1920"});
}

int main(int argc, char** argv) {
    return Experiment("16_posterior", "How sure are we of the law behind the lynx and the hare?")
        .run(argc, argv, posterior);
}
