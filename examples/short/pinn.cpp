// examples/short/pinn.cpp — a network solves u″ = −π² sin πx on [0, 1] with u(0) = u(1) = 0; the answer is sin πx
#include <cstdio>
#include <numbers>

#include "costate.hpp"
using namespace costate;

int main() {
    const double pi = std::numbers::pi;
    const Tensor points = Tensor::vector(linspace(0, 1, 64)).reshaped({64, 1});
    nn::MLP net({1, 16, 16, 1}, nn::tanh, Rng{0});
    const auto u = [&](Var x) { return x * (1 - x) * net(x); };  // 0 at both ends, whatever the network says
    optim::Adam adam(net, {.lr = 1e-2});
    Tape tape;
    for (int step = 0; step < 2000; ++step) {
        tape.rewind();
        Var x = tape.variable(points);
        adam.minimise(mean(square(laplacian(u(x), x) + pi * pi * sin(pi * x))));
    }
    Var x = tape.constant(points), exact = sin(pi * x);
    std::printf("relative_error = %.1e\n", double((norm(u(x) - exact) / norm(exact)).item()));
}
