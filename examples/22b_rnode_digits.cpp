// examples/22b_rnode_digits.cpp — does a flow of images need more and more evaluations, and does simple motion cure it?
//   L = −mean ln q + κ mean ∫ |f|² dt + λ mean ∫ ‖∂f/∂z‖²_F dt                 with none of the two, one, both           (a)
//   bits       −(ln q + ln of the change of variables) / (64 ln 2): a bound on those of the grey values
// look for   It does not, here: in 60 epochs of a 64-dimensional flow the plain one's count does not grow (50 after five
//            epochs, 44 at the end), all four end at the same 44 and within .004 bits, and (a) has nothing to save, though
//            its energy is smaller, by 5 %. What the original reports begins later, in larger nets.
// data     handwritten digits, 8 × 8 grey values of 0 to 16, dequantised (examples/support/dequantised.hpp); 360 for the test
// source   Finlay, Jacobsen, Nurbekyan & Oberman 2020, "How to train your neural ODE"
#include "costate.hpp"
#include "examples/support/dequantised.hpp"  // brings: Dequantised
#include "examples/support/experiment.hpp"   // brings: Experiment, Plot, Progress
#include "examples/support/memory.hpp"       // brings: peak_megabytes
#include "examples/support/plane_flow.hpp"   // brings: plane_flow, PlaneFlow, mean_of

using namespace costate;
using namespace costate::support;

struct Weights {
    std::string name;
    double kinetic, jacobian;
    bool dashed;  // its line
};

void train_epoch(const PlaneFlow& flow, const Dequantised& data, const Weights& weights, optim::Adam& adam, Rng& rng) {
    Tape tape;
    for (int update = 0; update < 7; ++update, tape.rewind()) {  // of 200 of 1,437 images
        const Var x = tape.constant(data.batch(200, rng));
        const auto there = flow.regularised(x, ode::rademacher_probes(x.shape(), rng));
        const Var loss = weights.kinetic * mean(there.kinetic_energy) + weights.jacobian * mean(there.jacobian_norm) -
                         mean(there.log_density);
        adam.step(optim::clip_by_global_norm(grad(loss, flow), 50).gradients);
    }
}

void digits(Experiment& run) {
    const Dequantised data("examples/data/digits_8x8.csv", run.seed);
    const int epochs = run.quick ? 2 : 60, every = run.quick ? 2 : 5;
    Plot count({.title = "Evaluations by dopri5", .x = "epoch"}), quality({.title = "Bits a dimension", .x = "epoch"}),
        energy({.title = "Kinetic energy", .x = "epoch"});
    std::vector<Weights> table{
        {"none", 0, 0, false}, {"K", 0.01, 0, false}, {"J", 0, 0.01, true}, {"both", 0.01, 0.01, true}};
    if (run.quick) table = {table.front(), table.back()};
    for (const Weights& weights : table) {
        Rng rng(run.seed), draws(run.seed + 1);
        const PlaneFlow flow = plane_flow({.steps = 4, .width = 96, .dimensions = 64}, rng);
        optim::Adam adam(flow, {.lr = 3e-3});
        const Tensor probe = ode::rademacher_probes({data.test.size(0), 64}, draws);
        std::vector<double> epoch, evaluations, bits, energies;
        Progress progress(epochs);
        for (int e = 1; e <= epochs; ++e) {
            train_epoch(flow, data, weights, adam, draws);
            if (e % every != 0) continue;
            const auto there = flow.with(ode::flow_check_options()).to_base(data.test, probe);
            epoch.push_back(e);
            evaluations.push_back(static_cast<double>(there.statistics.evaluations));
            bits.push_back(data.bits_per_dimension(there.log_density));
            energies.push_back(mean_of(flow.regularised(data.test, probe).kinetic_energy));
            progress.update(e, bits.back(), there.statistics.evaluations);
        }
        const std::string& name = weights.name;
        run.merit("digits_bits_per_dimension_" + name, bits.back());
        run.merit("digits_bits_by_training_solver_" + name,
                  data.bits_per_dimension(flow.log_density(data.test, probe)));
        run.merit("digits_evaluations_" + name, evaluations.back());
        run.merit("digits_kinetic_energy_" + name, energies.back());
        const Style style{.label = name, .dashed = weights.dashed};
        count.line(epoch, evaluations, style), quality.line(epoch, bits, style), energy.line(epoch, energies, style);
    }
    run.merit("updates", 7 * epochs);
    run.merit("peak_megabytes", peak_megabytes());
    run.save({count.y_range(0, 62), quality, energy}, {.title = "Digits in 64 dimensions", .one_legend = true});
}

int main(int argc, char** argv) {
    return Experiment("22b_rnode_digits", "Does a flow of images need more and more evaluations?")
        .run(argc, argv, digits);
}
