// examples/short/irregular.cpp — sixteen pendulums, each looked at at times of its own: one solve over all the times
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    const auto pendulum = [](Var, Var z) {
        Var angle = column(z, 0), speed = column(z, 1);
        return concatenate({speed, -sin(angle) - 0.1 * speed}, 1);
    };
    Rng rng(0);
    Tensor z0({16, 2}), seen({321, 16, 1}), held_out = seen;  // 1 where this pendulum was looked at at this time
    rng.fill_uniform(z0.entries(), -1.5, 1.5);
    std::vector<double> times(321);
    for (double& t : times) t = rng.uniform(0, 8);
    times[0] = 0;
    std::sort(times.begin(), times.end());
    for (Index i = 1; i < 321; ++i) (rng.uniform() < 0.75 ? seen : held_out)(i, i % 16, 0) = 1;
    const Tensor data = ode::solve(pendulum, z0, times).z;

    nn::MLP field({2, 32, 2}, nn::tanh, rng);
    optim::Adam adam(field, {.lr = 1e-2});
    Tape tape;
    const auto mean_square = [&](const Tensor& looked_at) {
        Var difference = (ode::solve(tape, field, z0, times, {.rtol = 1e-5, .atol = 1e-5}).z - data) * looked_at;
        return sum(square(difference)) / sum(tape.constant(looked_at)) / 2;
    };
    for (int step = 0; step < 3000; ++step, tape.rewind()) adam.minimise(mean_square(seen));
    std::printf("rmse_held_out = %.4f\n", std::sqrt(double(mean_square(held_out).item())));
}
