// examples/18_relaxation.cpp — is the stiffness found of an oscillator that creeps for minutes and jumps in an instant?
//   x'' = μ (1 − x²) x' − x,   x = 2 at rest;   true: μ = 1000                                                         (a)
//   40 positions on [0, 750], before the first jump, exactly, or with a standard deviation of .01                      (b)
//   least squares on the residuals of (b), unknown: ln μ, from μ = 3000                                                (c)
// look for   On the curve that creeps the steps are as long as it allows, dots in the picture: six hundred for 1.2 periods.
//            Those of dopri5 are as short as stability asks for all the way, a million of them.
// source     van der Pol 1926, "On relaxation-oscillations"; μ = 1000 as in Hairer & Wanner II, §IV.10
#include <cmath>
#include <cstdio>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot

using namespace costate;
using namespace costate::support;

struct Oscillator {
    Parameter log_mu;
    explicit Oscillator(double mu) : log_mu("log_mu", Tensor({1}, {static_cast<Real>(std::log(mu))})) {}
    double mu() const { return std::exp(static_cast<double>(log_mu.value()[0])); }
    Var operator()(Var, Var z) const {  // (a)
        const Var x = column(z, 0), v = column(z, 1), mu = exp(z.tape().use(log_mu));
        return concatenate({v, mu * (1 - square(x)) * v - x}, 1);
    }
};

const ode::SolveOptions tight{.method = ode::radau5, .rtol = 1e-8, .atol = 1e-8};

std::vector<double> positions(const Oscillator& law, const Tensor& start, const std::vector<double>& times,
                              const ode::Method& method) {
    ode::SolveOptions by = tight;
    by.method = method;
    return component(ode::solve(law, start, times, by).z.reshaped({std::ssize(times), 2}), 0);
}

Oscillator learned(const char* from, const Tensor& data, const Tensor& start, const std::vector<double>& times) {
    Oscillator law(3000);
    const auto fit = optim::least_squares(law.log_mu, [&](Tape& tape) {  // (c)
        const Var z = ode::solve(tape, law, start, times, tight).z;
        return column(reshape(z, {-1, 2}), 0) - data;
    });
    std::printf("%s: mu = %.6f, standard error %.2f, %ld solves\n", from, law.mu(),
                static_cast<double>(fit.standard_errors[0]) * law.mu(), fit.evaluations);
    return law;
}

void learn(Experiment& run) {
    Rng rng(run.seed);
    const Tensor start({1, 2}, {2, 0});
    const auto times = linspace(0, 750, 41);
    const auto exact = positions(Oscillator(1000), start, times, ode::kvaerno5);  // (b), by another method
    Tensor data({41, 1});
    for (Index i = 0; i < 41; ++i) data[i] = static_cast<Real>(exact[static_cast<std::size_t>(i)]);
    run.merit("relative_error_without_noise", std::fabs(learned("exactly", data, start, times).mu() / 1000 - 1));
    for (Index i = 1; i < 41; ++i) data[i] += static_cast<Real>(0.01 * rng.normal());
    const Oscillator law = learned("with noise", data, start, times);
    run.merit("relative_error", std::fabs(law.mu() / 1000 - 1));

    const auto numbers = [](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = z[1], dz[1] = 1000 * (1 - z[0] * z[0]) * z[1] - z[0];
    };
    Plot creep({.title = "Where it creeps", .x = "t", .y = "x"}),
        whole({.title = "radau5's steps", .x = "t", .y = "x"});
    for (const ode::Method& method : {ode::radau5, ode::kvaerno5, ode::dopri5}) {
        const auto s = ode::solve(numbers, std::array{2.0, 0.0}, {0, 2000},
                                  {.method = method, .rtol = 1e-6, .atol = 1e-6, .max_steps = 10'000'000});
        run.merit(text("evaluations_by_", method.name), static_cast<double>(s.statistics().evaluations));
    }
    const auto steps =
        ode::solve_steps(numbers, std::array{2.0, 0.0}, {0, 2000}, {.method = ode::radau5, .rtol = 1e-6, .atol = 1e-6});
    std::vector<double> x;
    for (const auto& z : steps.z) x.push_back(z[0]);
    whole.line(steps.t, x, {.color = palette(0)}).scatter(steps.t, x, {.color = palette(1), .width = 1.6});
    creep.line(times, positions(Oscillator(3000), start, times, ode::radau5), {.label = "at first", .dashed = true})
        .line(times, positions(law, start, times, ode::radau5), {.label = "learned"})
        .scatter(times, component(data, 0), {.label = "data", .color = "#1f2933", .width = 1.8});
    run.save({creep, whole}, {.title = "A relaxation oscillator, μ = 1000: its stiffness from its creeping"});
}

int main(int argc, char** argv) {
    return Experiment("18_relaxation", "Is the stiffness found of an oscillator that creeps for minutes and jumps?")
        .run(argc, argv, learn);
}
