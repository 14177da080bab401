// examples/25_ornstein_uhlenbeck.cpp — is the law of a noisy path found if its points lie far apart?
//   dz = κ (m − z) dt + s dW  is normal over any gap Δ, with
//     mean m + (z − m) e^−κΔ,  variance s² (1 − e^−2κΔ)/2κ              exact                                             (a)
//     mean z + κ (m − z) Δ,    variance s² Δ                            Euler–Maruyama, one step for the gap              (b)
//   8,192 steps of .025 of one path; then every 2nd, 4th ... 64th point of it
// look for   Both likelihoods find (κ, m, s) within three standard errors of the exact one's maximum when gaps are short.
//            (b) finds (1 − e^−κΔ)/Δ in place of κ: far off for long gaps, however much data there is.
// check      The maximum of (a) is a line's fit, in closed form.
// source     Kloeden & Platen 1992, §4.4
#include <algorithm>
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/line_fit.hpp"    // brings: fit_line
#include "examples/support/memory.hpp"      // brings: peak_megabytes

using namespace costate;
using namespace costate::support;

struct OrnsteinUhlenbeck : nn::Module {
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

void gaps(Experiment& run) {
    constexpr double truth[]{1, 0.5, 0.6}, dt = 0.025;
    constexpr Index count = 8192;
    Rng rng(run.seed);
    std::vector<double> path{truth[1]};
    const double kept = std::exp(-truth[0] * dt), deviation = truth[2] * std::sqrt((1 - kept * kept) / (2 * truth[0]));
    while (Index(path.size()) <= count)
        path.push_back(truth[1] + (path.back() - truth[1]) * kept + deviation * rng.normal());

    std::vector<double> gap, exact, euler, limit, low, high;
    for (const Index stride : {1, 2, 4, 8, 16, 32, 64}) {
        Tensor z({count / stride, 1}), next = z;
        for (Index i = 0; i < z.size(); ++i)
            z[i] = Real(path[std::size_t(i * stride)]), next[i] = Real(path[std::size_t((i + 1) * stride)]);
        gap.push_back(double(stride) * dt);
        limit.push_back((1 - std::exp(-truth[0] * gap.back())) / gap.back());  // of Euler's, with ever more data
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
        .line(gap, euler, {.label = "Euler's", .color = palette(1)})
        .line(gap, limit, {.label = "(1 − e^−κΔ)/Δ", .color = palette(1), .dashed = true});
    plot.line({dt, 1.6}, {truth[0], truth[0]}, {.label = "truth", .color = "#1f2933", .dashed = true});
    run.merit("peak_megabytes", peak_megabytes());
    run.save({plot}, {.title = "The law behind one path"});
}

int main(int argc, char** argv) {
    return Experiment("25_ornstein_uhlenbeck", "Is the law of a noisy path found if its points lie far apart?")
        .run(argc, argv, gaps);
}
