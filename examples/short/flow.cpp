// examples/short/flow.cpp — two moons: a continuous normalising flow, trained by likelihood
//   dz/dt = net(z, t),  d ln p/dt = −tr ∂net/∂z:  data at t = 0, a normal distribution at t = 1
#include <cstdio>

#include "costate.hpp"
using namespace costate;

int main() {
    Rng rng(0);
    const nn::ToyDensity& moons = nn::toy_density("moons");
    const nn::MLP net({2, 32, 32, 2}, nn::tanh, rng, {.time = true});
    const ode::Flow flow(net, 2, {0, 1}, {.rtol = 1e-4, .atol = 1e-4});
    optim::Adam adam(flow, {.lr = 5e-3});
    Tape tape;
    for (int step = 0; step < 1000; ++step, tape.rewind())
        adam.minimise(-mean(flow.log_density(tape.constant(moons.sample(256, rng)))));
    std::printf("nll = %.3f\n", flow.check(moons.sample(10000, rng)).nll);
}
