// examples/short/augmented.cpp — two rings, one inside the other: no flow of the plane parts them, a third axis does
#include <cmath>
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    Rng rng(0);
    Tensor x({400, 3});  // the third axis begins at 0
    std::vector<Index> ring(400);
    for (Index i = 0; i < 400; ++i) {
        const double angle = rng.uniform(0, 6.2832), radius = i % 2 ? rng.uniform(1, 1.5) : rng.uniform(0, 0.5);
        x(i, 0) = static_cast<Real>(radius * std::cos(angle)), x(i, 1) = static_cast<Real>(radius * std::sin(angle));
        ring[static_cast<std::size_t>(i)] = i % 2;
    }
    const nn::Sequential model{ode::NeuralODE(nn::MLP({3, 32, 3}, nn::tanh, rng)), nn::Linear(3, 2, rng)};
    optim::Adam adam(model, {.lr = 1e-2});
    Tape tape;
    for (int step = 0; step < 100; ++step, tape.rewind())
        adam.minimise(nn::cross_entropy_with_logits(model(tape.constant(x)), ring));
    std::printf("accuracy = %.3f\n", nn::accuracy(model(x), ring));
}
