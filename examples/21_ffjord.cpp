// examples/21_ffjord.cpp — is a trace that is guessed as good as one that is computed?
//   tr A = E[εᵀ A ε]   if E[ε εᵀ] = 1:   one product εᵀA in place of D products A e_j                                 (a)
//   variance of εᵀAε   2 ‖S‖²_F for normal ε,   2 (‖S‖²_F − Σ S_jj²) for ε = ±1,   S = (A + Aᵀ)/2                      (b)
//   −mean ln q         with (a), one ε for each point and solve, in training; with exact traces, to compare
// look for   (a) is right on average, and (b) is what it scatters by: with ±1 the diagonal costs nothing. Trained by the
//            estimate the flow is within .1 nats of one trained by exact traces, in a quarter of the time: the
//            noise of (a) is small beside that of a batch. A test should use exact traces: of 360 points an estimate
//            scatters by .13 to .16 nats.
// data     the first six principal components of handwritten digits, 8 × 8, each scaled to variance 1; 360 kept for the test
// source   (a): Hutchinson 1989 · Grathwohl, Chen, Bettencourt, Sutskever & Duvenaud 2019, FFJORD
#include <chrono>
#include <cmath>
#include <numbers>

#include "costate.hpp"
#include "examples/support/csv.hpp"         // brings: read_table
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: plane_flow, PlaneFlow, mean_of
#include "examples/support/principal.hpp"   // brings: principal_components

using namespace costate;
using namespace costate::support;

constexpr Index dimensions = 6;
enum class Trace { exact, gaussian, rademacher };
const std::pair<Trace, std::string> traces[]{
    {Trace::exact, "exact"}, {Trace::gaussian, "gaussian"}, {Trace::rademacher, "rademacher"}};

Tensor probes(Trace trace, const Shape& shape, Rng& rng) {
    return trace == Trace::gaussian ? ode::gaussian_probes(shape, rng) : ode::rademacher_probes(shape, rng);
}

PlaneFlow train(Trace trace, const Tensor& data, int updates, std::uint64_t seed) {
    Rng rng(seed), draws(seed + 1);
    const PlaneFlow flow = plane_flow({.steps = 6, .dimensions = dimensions}, rng);
    optim::Adam adam(flow);
    nn::Batches batches(data.shape()[0], 256, draws.split(0));
    Progress progress(updates);
    const auto n = static_cast<std::uint64_t>(updates);
    optim::train(adam,
                 [&](Tape& tape) {
                     const Var x = tape.constant(nn::take_rows(data, batches.next()));
                     const Var log_q = trace == Trace::exact ? flow.log_density(x)
                                                             : flow.log_density(x, probes(trace, x.shape(), draws));
                     return -mean(log_q);
                 },
                 {.updates = n,
                  .rate = optim::Cosine{.peak = 3e-3, .steps = n, .warmup = n / 10},
                  .clip = 5,
                  .progress = progress.follow()});
    return flow;
}

// (a) and (b) at one point of the trained field, by 10,000 probes.
void test_estimates(Experiment& run, const PlaneFlow& flow, View x) {
    constexpr Index n = 10'000;
    Tape tape;
    const nn::Sequential& f = flow.velocity();
    const Var point = tape.variable(x), t = tape.constant(0.5), J = jacobian(f(t, point), point);
    double trace = 0, squares = 0, diagonal = 0;
    for (Index i = 0; i < dimensions; ++i)
        for (Index j = 0; j < dimensions; ++j) {
            const auto a = [&](Index k, Index l) { return static_cast<double>(tape.view(J)[k * dimensions + l]); };
            squares += std::pow((a(i, j) + a(j, i)) / 2, 2);
            if (i == j) trace += a(i, i), diagonal += a(i, i) * a(i, i);
        }
    const Var all = tape.variable(Tensor(tape.view(broadcast_to(point, {n, dimensions})))), rates = f(t, all);
    Rng rng(run.seed + 7);
    for (const auto& [kind, name] : {traces[1], traces[2]}) {
        const Tensor estimates(tape.view(divergence(rates, all, probes(kind, {n, dimensions}, rng))));
        const double variance = 2 * (squares - (kind == Trace::rademacher ? diagonal : 0)), mean = mean_of(estimates);
        double spread = 0;
        for (const Real e : estimates.entries()) spread += std::pow(static_cast<double>(e) - mean, 2) / n;
        run.merit("bias_in_standard_errors_" + name, std::fabs(mean - trace) / std::sqrt(variance / n));
        run.merit("variance_over_formula_" + name, spread / variance);
    }
}

void ffjord(Experiment& run) {
    const Table table = read_table("examples/data/digits_8x8.csv");
    Tensor pixels({table.values.shape()[0], 64});
    for (Index i = 0; i < pixels.size(); ++i) pixels[i] = table.values[i / 64 * 65 + i % 64];
    const Tensor all = principal_components(pixels, dimensions).project(pixels);
    std::vector<Index> order(static_cast<std::size_t>(all.shape()[0]));
    Rng(run.seed + 2).permutation(order);
    const Tensor test = nn::take_rows(all, std::span(order).first(360)),
                 data = nn::take_rows(all, std::span(order).subspan(360));

    const int updates = run.quick ? 60 : 600;
    run.merit("nll_normal_distribution", dimensions / 2.0 * (std::log(2 * std::numbers::pi) + 1));  // variance 1
    std::vector<Plot> panels;
    for (const auto& [trace, name] : traces) {
        const auto start = std::chrono::steady_clock::now();
        const PlaneFlow flow = train(trace, data, updates, run.seed);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        const ode::FlowCheck check = flow.check(test);
        run.merit("nll_trained_by_" + name, check.nll);
        run.merit("solvers_apart_" + name, std::fabs(check.difference()));
        run.merit("evaluations_" + name, static_cast<double>(check.evaluations));
        run.merit("milliseconds_an_update_" + name, 1e3 * spent.count() / updates);
        if (trace == Trace::exact) continue;
        Rng rng(run.seed + 3);
        const PlaneFlow solved = flow.with(ode::flow_check_options);
        double estimate = 0, spread = 0;  // over solves with a noise each
        constexpr int solves = 16;
        std::vector<double> estimates;
        for (int i = 0; i < solves; ++i)
            estimates.push_back(-mean_of(solved.log_density(test, probes(trace, test.shape(), rng))));
        for (const double e : estimates) estimate += e / solves;
        for (const double e : estimates) spread += (e - estimate) * (e - estimate) / (solves - 1);
        run.merit("nll_estimated_" + name, estimate);
        run.merit("scatter_of_the_estimate_" + name, std::sqrt(spread));
        run.merit("estimate_apart_in_standard_errors_" + name,
                  std::fabs(estimate - check.nll) / std::sqrt(spread / solves));
        if (trace == Trace::gaussian) continue;
        test_estimates(run, flow, test.rows(0, 1));
        const Tensor samples = flow.sample(data.shape()[0], rng);
        for (const Index j : {0, 2, 4})
            for (const bool real : {true, false}) {
                const std::string a = std::to_string(j + 1), b = std::to_string(j + 2);
                Plot plot(
                    {.title = real ? "Data" : "Samples", .x = "component " + a, .y = "component " + b, .equal = true});
                const Tensor& from = real ? data : samples;
                std::vector<double> x, y;
                for (Index i = 0; i < 700; ++i) x.push_back(double(from(i, j))), y.push_back(double(from(i, j + 1)));
                panels.push_back(plot.scatter(x, y, {.color = palette(real ? 0 : 1), .width = 0.8})
                                     .x_range(-2.6, 2.6)
                                     .y_range(-2.6, 2.6));
            }
    }
    run.merit("updates", updates);
    run.merit("peak_megabytes", peak_megabytes());
    run.save({panels[0], panels[2], panels[4], panels[1], panels[3], panels[5]},
             {.title = "Six dimensions of handwritten digits, and what a flow makes of noise", .columns = 3});
}

int main(int argc, char** argv) {
    return Experiment("21_ffjord", "Is a trace that is guessed as good as one that is computed?")
        .run(argc, argv, ffjord);
}
