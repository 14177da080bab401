// examples/short/universal.cpp — a universal differential equation: growth and decline are known, the rest is learned
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    const Tensor z0({1, 2}, {0.44, 4.6}), rates({2}, {1.3, -1.8});
    const auto eaten = [](Var z) { return column(z, 0) * column(z, 1) * Tensor({2}, {-0.9, 0.8}); };  // not known
    const auto times = linspace(0, 6, 20);
    const Tensor orbit = ode::solve([&](Var, Var z) { return z * rates + eaten(z); }, z0, times).z;
    Tensor data = orbit;
    Rng rng(3);
    for (Real& count : data.entries()) count *= static_cast<Real>(1 + 0.05 * rng.normal());

    nn::MLP net({2, 16, 2}, nn::tanh, rng);  // by how much one animal more or less changes the rates
    optim::AdamW adam(net, {.lr = 1e-2, .weight_decay = 0.01});
    Tape tape;
    for (const optim::Cosine rate{.peak = 1e-2, .steps = 10000}; adam.steps() < rate.steps; tape.rewind()) {
        const auto field = [&](Var, Var z) { return z * rates + z * net(z); };
        adam.set_lr(rate(adam.steps()));
        adam.minimise(nn::mse(log(ode::solve(tape, field, z0, times).z), log(tape.constant(data))));
    }
    Var z = reshape(tape.constant(orbit), {-1, 2});
    std::printf("error_of_learned_term = %.3f\n", double((norm(z * net(z) - eaten(z)) / norm(eaten(z))).item()));
}
