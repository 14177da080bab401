// examples/chapters/taste.cpp — the README's first program: a network learns a law of motion from 21 observations
// [whole]
#include <cstdio>

#include "costate.hpp"

using namespace costate;

int main() {
    const auto law = [](Var, Var z) { return concatenate({column(z, 1), -sin(column(z, 0))}, 1); };  // a pendulum
    const std::vector<double> times = linspace(0, 6, 21);
    const Tensor z0({1, 2}, {1, 0}), seen = ode::solve(law, z0, times).z;  // [21, 1, 2]: what was observed

    const nn::MLP field({2, 32, 2}, nn::tanh, Rng{0});  // dz/dt = field(t, z), to be learnt
    const ode::NeuralODE model(field, times, {.gradient = ode::backsolve});
    optim::Adam adam(model, {.lr = 1e-2});
    Tape tape;
    for (int epoch = 0; epoch <= 300; ++epoch) {
        tape.rewind();
        const Var loss = nn::mse(model.path(tape.constant(z0)), seen);
        if (epoch % 100 == 0) std::printf("epoch %3d   loss %.0e\n", epoch, double(loss.item()));
        adam.minimise(loss);
    }
}
// [/whole]
