// tests/single/main.cpp — a small training, to the last bit: one file of three (tests/single_check.sh)
#include <cstdio>

#include "costate.hpp"

using namespace costate;

Tensor pendulum(std::span<const double> times);

int main() {
    const std::vector<double> times{0, 0.7, 1.1, 2, 3.3};
    const Tensor z = pendulum(times);
    for (const Real x : z.entries()) std::printf("%a\n", static_cast<double>(x));

    nn::MLP field({2, 24, 2}, nn::tanh, Rng{0});
    optim::Adam adam(field, {.lr = 1e-2});
    Tape tape;
    for (const ode::SolveOptions& options : {ode::SolveOptions{.gradient = ode::discrete},
                                             {.method = ode::dopri5, .gradient = ode::backsolve},
                                             {.gradient = ode::direct, .steps = 20}}) {
        tape.rewind();
        const Var path = ode::NeuralODE(field, times, options).path(tape.constant(z.rows(0, 1)));  // [times, 1, 2]
        const Var found = reshape(path, z.shape());
        const Var loss = mean(square(found - z)) + 0.01 * mean(logsumexp(sin(found), {0}));
        adam.minimise(loss);
        std::printf("%a\n", static_cast<double>(loss.item()));
    }
    for (const Parameter& p : field.parameters())
        for (const Real x : p.value().entries()) std::printf("%a\n", static_cast<double>(x));
}
