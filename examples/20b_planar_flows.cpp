// examples/20b_planar_flows.cpp — one continuous flow of M units, or M flows in a row: which learns more?
//   in a row      z ← z + û tanh(w·z + b):  ln |det| = ln |1 + (û·w) tanh'|,  û from u so that û·w > −1 (invertible)     (a)
//   continuous    dz/dt = Σ_n σ(g_n) u_n tanh(w_n·z + b_n),  tr = Σ_n σ(g_n) (u_n·w_n) tanh'                             (b)
//                 w, b, u, g come from a small net of t
//                 trained with a little of ∫ |f|² and ∫ ‖∂f/∂z‖²: without, RK4 loses track of a few points by many nats
// look for   M units side by side in (b) bend the plane all the time; each layer of (a) makes one fold and is done.
//            At 2, 8 and 32 units the continuous one is nearer to the data, by the exact distance E[ln p − ln q],
//            though the layers have twice as many updates.
// but        M units and M layers are not equally many numbers: 1,120 + 198 M (the small net's) beside 5 M.
// source   (a): Rezende & Mohamed 2015 · (b): Chen, Rubanova, Bettencourt & Duvenaud 2018, §4.1, figure 4: there as curves
//          of the loss in density matching, without numbers; here by maximum likelihood on a density that is known
#include <cmath>

#include "costate.hpp"
#include "examples/support/experiment.hpp"  // brings: Experiment, Plot
#include "examples/support/memory.hpp"      // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"  // brings: fit, gap_to, mean_of, density_picture

using namespace costate;
using namespace costate::support;

const nn::ToyDensity& moons = nn::toy_density("moons");

struct PlanarField : nn::Module {  // (b)
    Index units;
    nn::MLP hyper;

    PlanarField(Index m, Rng& rng) : units(m), hyper(add("hyper", nn::MLP({1, 32, 32, 6 * m}, nn::tanh, rng))) {}
    Var operator()(Var t, Var z) const {
        const auto part = split(hyper(reshape(t, {1, 1})), {2 * units, units, 2 * units, units}, 1);
        const Var w = reshape(part[0], {units, 2}), u = reshape(part[2], {units, 2});
        return matmul(tanh(matmul(z, w, false, true) + part[1]) * sigmoid(part[3]), u);
    }
};

struct PlanarLayers : nn::Module {  // (a)
    Parameter w, u, b;              // [layers,2], [layers,2], [layers]

    PlanarLayers(Index layers, Rng& rng)
        : w(add("w", normal({layers, 2}, rng))), u(add("u", normal({layers, 2}, rng))), b(add("b", Tensor({layers}))) {}
    static Tensor normal(const Shape& shape, Rng& rng) {
        Tensor x(shape);
        rng.fill_normal(x.entries(), 0, 0.5);
        return x;
    }
    Var log_density(Var x) const {
        Tape& tape = x.tape();
        const Var all_w = tape.use(w), all_u = tape.use(u), all_b = tape.use(b);
        Var z = x, log_det;
        for (Index k = 0; k < w.shape()[0]; ++k) {
            const Var wk = all_w[k], dot_wu = dot(wk, all_u[k]);
            const Var shift = softplus(dot_wu) - 1 - dot_wu;  // û·w = −1 + ln(1 + e^(w·u))
            const Var u_hat = all_u[k] + shift * wk / dot(wk, wk);
            const Var h = tanh(sum(z * wk, -1, true) + all_b[k]);
            const Var volume = log(1 + (dot_wu + shift) * (1 - square(h)));
            log_det = log_det.is_zero() ? volume : log_det + volume;
            z = z + h * u_hat;
        }
        return nn::gaussian_log_likelihood(z, 0, 0) + reshape(log_det, {-1});
    }
    Tensor log_density(View x) const {
        return nn::evaluate([this](Var points) { return log_density(points); }, x);
    }
};

void planar(Experiment& run) {
    const int updates = run.quick ? 150 : 2000;
    Rng test(run.seed + 1000);
    const Tensor x = moons.sample(10'000, test);
    std::vector<Plot> continuous, layered;
    for (const Index m : run.quick ? std::vector<Index>{8} : std::vector<Index>{2, 8, 32}) {
        Rng rng(run.seed), draws(run.seed + 1);
        const std::string size = std::to_string(m);
        const auto points = [&](Tape& tape) { return tape.constant(moons.sample(256, draws)); };
        const ode::Flow flow(PlanarField(m, rng), 2, {0, 1}, {.method = ode::rk4_classic, .steps = 16});
        const auto continuous_loss = [&](Tape& tape) {
            const auto there = flow.regularised(points(tape));
            return mean(3e-3 * there.kinetic_energy + 1e-3 * there.jacobian_norm - there.log_density);
        };
        fit(flow, continuous_loss, {.updates = updates, .rate = 5e-3, .clip = 10, .warmup = 20});
        const PlanarLayers layers(m, rng);
        const auto layers_loss = [&](Tape& tape) { return -mean(layers.log_density(points(tape))); };
        fit(layers, layers_loss, {.updates = 2 * updates, .rate = 1e-2, .clip = 10, .warmup = 20});
        const ode::FlowCheck check = flow.check(x);
        const double gap = gap_to(moons, x, check.nll),
                     gap_of_layers = gap_to(moons, x, -mean_of(layers.log_density(x)));
        run.merit("gap_continuous_" + size, gap);
        run.merit("gap_layers_" + size, gap_of_layers);
        run.merit("continuous_over_layers_" + size, gap / gap_of_layers);
        run.merit("evaluations_" + size, static_cast<double>(check.evaluations));
        continuous.push_back(density_picture("Continuous, " + size + " units", 4.2, 80, flow, 0.16));
        layered.push_back(density_picture(size + " layers", 4.2, 80, layers, 0.16));
    }
    const auto columns = static_cast<int>(continuous.size());
    continuous.insert(continuous.end(), layered.begin(), layered.end());
    run.merit("updates", updates);
    run.merit("peak_megabytes", peak_megabytes());
    run.save(continuous, {.title = "M units side by side all the time, or M folds in a row", .columns = columns});
}

int main(int argc, char** argv) {
    return Experiment("20b_planar_flows", "One continuous flow of M units, or M flows in a row?")
        .run(argc, argv, planar);
}
