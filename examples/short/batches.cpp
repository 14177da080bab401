// examples/short/batches.cpp — a linear spiral from 39 starts, in batches of 32 and a last one of 7; a hundred others judge
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    const auto spiral = [](Var, Var z) { return matmul(z, Tensor({2, 2}, {-0.1, -2, 2, -0.1})); };
    Rng rng(0);
    const ode::NeuralODE truth(spiral, linspace(0, 2, 10));
    const ode::NeuralODE model(nn::Linear(2, 2, rng), linspace(0, 2, 10));
    optim::Adam adam(model, {.lr = 3e-2});
    Tensor starts({39, 2}), others({100, 2});
    rng.fill_normal(starts.entries()), rng.fill_normal(others.entries());
    Tape tape;
    const auto loss = [&](const Tensor& z0) { return nn::mse(model.path(tape.constant(z0)), truth.path(z0)); };
    for (nn::Batches batches(39, 32, rng); batches.epoch() < 600; tape.rewind())
        adam.minimise(loss(nn::take_rows(starts, batches.next())));
    std::printf("loss = %.1e\n", double(loss(others).item()));
}
