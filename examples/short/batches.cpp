// examples/short/batches.cpp — a linear spiral from 39 starts, in batches of 32 and a last one of 7
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    const Tensor law({2, 2}, {-0.1, -2, 2, -0.1});
    const auto truth = [&](Var, Var z) { return matmul(z, law); };
    Rng rng(0);
    nn::Linear field(2, 2, rng);
    optim::Adam adam(field, {.lr = 3e-2});
    nn::Batches batches(39, 32, rng);
    Tensor starts({39, 2}), others({100, 2});
    rng.fill_normal(starts.entries()), rng.fill_normal(others.entries());
    Tape tape;
    const auto loss = [&](const Tensor& z0) {
        const auto times = linspace(0, 2, 10);
        return nn::mse(ode::solve(tape, field, z0, times).z, ode::solve(truth, z0, times).z);
    };
    for (; batches.epoch() < 300; tape.rewind()) adam.minimise(loss(nn::take_rows(starts, batches.next())));
    std::printf("loss = %.1e\n", double(loss(others).item()));
}
