// examples/short/flow.cpp — two moons: a continuous normalising flow, trained by likelihood
//   dz/dt = net(z, t),  d ln p/dt = −tr ∂net/∂z:  data at t = 0, a normal distribution at t = 1
#include <cmath>
#include <cstdio>
#include <numbers>

#include "costate.hpp"
using namespace costate;

Tensor moons(Index n, Rng& rng) {
    Tensor x({n, 3});  // the third column: the change of ln p so far
    for (Index i = 0; i < n; ++i) {
        const double a = rng.uniform(0, std::numbers::pi), up = i % 2 ? 1 : -1;
        x(i, 0) = static_cast<Real>(2 * (up * std::cos(a) - up / 2 + 0.1 * rng.normal()));
        x(i, 1) = static_cast<Real>(2 * (up * std::sin(a) - up / 4 + 0.1 * rng.normal()));
    }
    return x;
}

int main() {
    Rng rng(0);
    nn::MLP net({2, 32, 32, 2}, nn::tanh, rng, {.time = true});
    const auto field = [&](Var t, Var state) {
        Var z = slice(state, -1, 0, 2), dz = net(t, z);
        return concatenate({dz, divergence(dz, z)}, -1);
    };
    Tape tape;
    const auto nll = [&](const Tensor& x) {  // −mean (ln N(z; 0, 1) + ∫ tr ∂net/∂z dt)
        Var end = ode::solve(tape, field, x, {0, 1}, {.rtol = 1e-4, .atol = 1e-4}).end();
        return mean(sum(square(slice(end, -1, 0, 2)), -1, true) / 2 - column(end, 2)) + std::log(2 * std::numbers::pi);
    };
    optim::Adam adam(net, {.lr = 5e-3});
    for (int step = 0; step < 1000; ++step, tape.rewind()) adam.minimise(nll(moons(256, rng)));
    std::printf("nll = %.3f\n", double(nll(moons(10000, rng)).item()));
}
