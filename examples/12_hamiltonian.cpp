// examples/12_hamiltonian.cpp — what does a conserved energy buy?
//   plain         d(q, p)/dt = net(q, p),                       net: 2 – 32 – 32 – 2                               (a)
//   Hamiltonian   dq/dt = ∂H/∂p,  dp/dt = −∂H/∂q,               H: a net 2 – 32 – 32 – 1                           (b)
//   split         the same, H = T(p) + V(q),                    T, V: nets 1 – 32 – 32 – 1                         (c)
//   data          25 orbits, 30 points each on [0, 3], with noise of .1;  of a spring on a mass, H = q² + p², and
//                 of a pendulum, H = 3 (1 − cos q) + p²
// look for   From 25 new starts both follow the orbits at first. After 100 periods the plain net's have drifted off to
//            wherever its field leads; those of (b) are still closed, on a level line of the H that it has learned.
//            That one is conserved, to six digits and more; the true H swings about it, by as much as the two differ.
//            Over 1,000 periods, of 12 steps of rk4 each, the orbit of (c) loses nine tenths of its energy; of 48 steps of
//            Verlet, a drift between two halves of a kick, it swings by a third of a per cent, at the end as at the beginning.
// why        Along (b) dH/dt = 0, whatever the weights are: an error of H shifts and bends an orbit, it cannot wind it
//            up. The gradient of a net within a field is more tape: it is replayed, and differentiated, like any other
//            field. A step winds up what the field does not, but for one that is symplectic; Verlet's is one where H splits,
//            which the net of (b) does not, and a net must be told to.
// how        The starts are trained beside the nets, and the orbits are fitted from their beginnings on, more and more
//            of them; weight decay keeps both nets from following the noise: without it the energy is off by half as
//            much again.
// source     Greydanus, Dzamba & Yosinski 2019, "Hamiltonian neural networks": mass-spring, energy MSE 3.8e-4 beside
//            1.7e-1
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <vector>

#include "costate.hpp"
#include "examples/support/descend.hpp"     // brings: descend
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/sampling.hpp"    // brings: noisy, random_on_ring

using namespace costate;
using namespace costate::support;

using Energy = std::function<Var(Var)>;  // [B,2] -> [B,1]

ode::Field hamiltonian(const Energy& energy) {  // (b)
    return [energy](Var, Var z) {
        const Var slope = grad(sum(energy(z)), z);
        return concatenate({column(slope, 1), -column(slope, 0)}, 1);
    };
}

struct System {
    std::string name;
    Energy energy;
    double inner, outer;  // radii of the starts
    double period;        // of small swings
};

Tensor starts(const System& system, Rng& rng) {
    Tensor z({25, 2});
    for (Index i = 0; i < 25; ++i) {
        const auto [q, p] = random_on_ring(system.inner, system.outer, rng);
        z(i, 0) = static_cast<Real>(q), z(i, 1) = static_cast<Real>(p);
    }
    return z;
}

// Of each period, as many as there are ends, the largest |H − H(0)| / H(0) of an orbit that starts at z, [1,2].
template <class Follow>
std::vector<double> energy_errors(const Energy& energy, Tensor z, std::size_t periods, Follow&& follow) {
    const auto energy_at = [&](const Tensor& at) { return nn::evaluate(energy, at); };
    const double start = double(energy_at(z).item());
    std::vector<double> largest;
    while (largest.size() < periods) {
        const Tensor path = follow(z);  // [T,2]
        double most = 0;
        for (const double h : component(energy_at(path), 0)) most = std::max(most, std::fabs(h / start - 1));
        largest.push_back(most);
        z = Tensor(path.rows(path.shape()[0] - 1, 1));
    }
    return largest;
}

constexpr int slopes = 48;  // of a period: rk4 takes four a step, Verlet steps from one to the next

Tensor by_rk4(const Energy& energy, const Tensor& z, double period) {
    const ode::SolveOptions options{.method = ode::rk4_classic, .steps = slopes / 4};
    return ode::solve(hamiltonian(energy), z, linspace(0, period, slopes / 4 + 1), options)
        .z.reshaped({slopes / 4 + 1, 2});
}

Tensor by_verlet(const Energy& energy, const Tensor& z, double period) {
    Tape tape;
    const auto H = [&](Var q, Var p) { return energy(concatenate({q, p}, 1)); };
    const Var start = tape.variable(z);
    const auto orbit = ode::solve_hamiltonian(tape, H, column(start, 0), column(start, 1),
                                              linspace(0, period, slopes / 4 + 1), {.step = period / slopes});
    return Tensor(tape.view(concatenate({reshape(orbit.q, {-1, 1}), reshape(orbit.p, {-1, 1})}, 1)));
}

void fit(const nn::Module& net, const ode::Field& field, const std::vector<double>& times, const Tensor& data) {
    nn::Module trained;
    trained.add("net", net);
    const Parameter z0 = trained.add("starts", Tensor(data.rows(0, 1)).reshaped({25, 2}));
    const ode::GrowingHorizon grow{.from = 3, .to = 30, .over = 1000};
    const auto loss = [&](Tape& tape, std::uint64_t update) {
        const Index count = grow(update);
        const ode::SolveOptions options{.method = ode::rk4_classic, .steps = static_cast<int>(2 * (count - 1))};
        const auto seen = std::span(times).first(static_cast<std::size_t>(count));
        return nn::mse(ode::solve(tape, field, z0, seen, options).z, data.rows(0, count));
    };
    descend(trained, loss, {.adam = 2000, .rate = 0.01, .decay = 0.1, .lbfgs = 0});
}

Tensor energies(const Energy& energy, const Tensor& path) {  // [T,25]
    return nn::evaluate([&](Var z) { return reshape(energy(reshape(z, {-1, 2})), {-1, 25}); }, path);
}

double energy_mse(const System& system, const Tensor& path) {  // against the energy of the start, which is kept
    const Tensor h = energies(system.energy, path);
    Tape tape;
    return double(mean(square(tape.constant(h) - h.rows(0, 1))).item());
}

// Of each of 100 periods, 50 points long, the largest |H − H(0)| of the first orbit.
std::vector<double> deviations(const Energy& energy, const Tensor& path) {
    const auto h = component(energies(energy, path), 0);
    std::vector<double> largest(100);
    for (std::size_t i = 1; i < h.size(); ++i)
        largest[(i - 1) / 50] = std::max(largest[(i - 1) / 50], std::fabs(h[i] - h[0]));
    return largest;
}

// (c), and 1,000 periods of it by both: how its energy errs
Plot follow_split(Experiment& run, const System& system, const std::vector<double>& times, const Tensor& data,
                  const Tensor& fresh, Rng& rng) {
    const nn::MLP T({1, 32, 32, 1}, nn::tanh, rng), V({1, 32, 32, 1}, nn::tanh, rng);
    nn::Module both;
    both.add("T", T), both.add("V", V);
    const Energy learned = [&](Var z) { return T(column(z, 1)) + V(column(z, 0)); };
    fit(both, hamiltonian(learned), times, data);
    const ode::SolveOptions fine{.rtol = 1e-8, .atol = 1e-8, .max_steps = 1'000'000};
    run.merit("energy_mse_" + system.name + "_split",
              energy_mse(system, ode::solve(hamiltonian(learned), fresh, linspace(0, 20, 2001), fine).z));

    // Its lowest energy is where it rests; from there H is counted.
    const Tensor rest = ode::steady_state(hamiltonian(learned), Tensor({1, 2}));
    const double lowest = double(Tensor(nn::evaluate(learned, rest)).item());
    const Energy above = [&](Var z) { return learned(z) - lowest; };
    const Tensor start(fresh.rows(0, 1));
    const std::size_t periods = 1000;
    const auto follow = [&](auto by) {
        return energy_errors(above, start, periods, [&](const Tensor& z) { return by(above, z, system.period); });
    };
    const auto rk4 = follow(by_rk4), verlet = follow(by_verlet);
    run.merit("energy_error_of_1000_periods_by_rk4_" + system.name, rk4.back());
    run.merit("energy_error_of_1000_periods_by_verlet_" + system.name, std::ranges::max(verlet));
    Plot course({.title = "Split, steps a period",
                 .x = "period",
                 .y = "largest |H − H(0)| / H(0)",
                 .log_x = true,
                 .log_y = true});
    const auto numbers = linspace(1, double(periods), Index(periods));
    return course.line(numbers, rk4, {.label = "rk4, 12", .color = palette(1)})
        .line(numbers, verlet, {.label = "Verlet, 48", .color = palette(0), .width = 2});
}

void compare(Experiment& run) {
    const Energy spring = [](Var z) { return sum(square(z), 1, true); };
    const Energy pendulum = [](Var z) { return 3 * (1 - cos(column(z, 0))) + square(column(z, 1)); };
    std::vector<Plot> panels;
    std::vector<System> systems{System{"spring", spring, 0.1, 1, std::numbers::pi},
                                System{"pendulum", pendulum, 1.3, 2.3, 2 * std::numbers::pi / std::sqrt(6)}};
    if (run.quick) systems.pop_back();
    for (const System& system : systems) {
        Rng rng(run.seed);
        const auto times = linspace(0, 3, 30), long_times = linspace(0, 100 * system.period, 5001);
        const ode::Field truth = hamiltonian(system.energy);
        const Tensor data = noisy(ode::solve(truth, starts(system, rng), times).z, 0.1, rng);
        const Tensor fresh = starts(system, rng);

        Plot plane(
            {.title = system.name == "spring" ? "Spring: one orbit, 20 periods" : "Pendulum: one orbit, 20 periods",
             .x = "q",
             .y = "p",
             .equal = true});
        Plot course({.title = "How its energy errs", .x = "period", .y = "largest |H − H(0)|", .log_y = true});
        const Tensor dots = data.reshaped({30 * 25, 2});
        plane.scatter(component(dots, 0), component(dots, 1), {.label = "data", .color = "#c3cad2", .width = 1});
        double plain_long = 0;
        for (const bool conserves : {false, true}) {
            const nn::MLP net({2, 32, 32, conserves ? 1 : 2}, nn::tanh, rng);
            const Energy learned = [&](Var z) { return net(z); };
            const ode::Field field = conserves ? hamiltonian(learned) : ode::Field(net);
            fit(net, field, times, data);
            const ode::SolveOptions fine{.rtol = 1e-8, .atol = 1e-8, .max_steps = 1'000'000};
            const double mse = energy_mse(system, ode::solve(field, fresh, linspace(0, 20, 2001), fine).z);
            const Tensor path = ode::solve(field, fresh, long_times, fine).z;
            const double mse_long = energy_mse(system, path);
            const std::string name = system.name + (conserves ? "_hamiltonian" : "_plain");
            run.merit("energy_mse_" + name, mse);
            run.merit("energy_mse_of_100_periods_" + name, mse_long);
            if (conserves) run.merit("advantage_over_100_periods_" + system.name, plain_long / mse_long);
            plain_long = mse_long;
            const Style style{.label = conserves ? "Hamiltonian net" : "plain net",
                              .color = palette(conserves ? 0 : 1),
                              .width = conserves ? 2 : 1.0};
            const Tensor beginning(path.rows(0, 1001));
            plane.line(component(beginning, 0), component(beginning, 1), style);
            const auto periods = linspace(1, 100, 100);
            course.line(periods, deviations(system.energy, path), style);
            if (conserves)
                course.line(periods, deviations(learned, path),
                            {.label = "the H that it learned", .color = palette(0), .dashed = true});
        }
        const Tensor orbit = ode::solve(truth, fresh, linspace(0, 1.2 * system.period, 201)).z;
        plane.line(component(orbit, 0), component(orbit, 1), {.label = "truth", .color = "#1f2933", .dashed = true});
        plane.x_range(-1.4 * system.outer, 1.4 * system.outer).y_range(-1.4 * system.outer, 1.4 * system.outer);
        panels.push_back(plane), panels.push_back(course);
        panels.push_back(follow_split(run, system, times, data, fresh, rng));
    }
    run.save(panels, {.title = "A Hamiltonian network conserves the energy that it has learned"});
}

int main(int argc, char** argv) {
    return Experiment("12_hamiltonian", "What does a conserved energy buy?").run(argc, argv, compare);
}
