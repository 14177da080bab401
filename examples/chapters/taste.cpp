// examples/chapters/taste.cpp — the README's first program: a network learns a law of motion from 20 observations
#include <array>
#include <cstdio>
#include <vector>

#include "autodiff/elementwise.hpp"
#include "autodiff/reductions.hpp"
#include "nn/mlp.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"

using namespace costate;

namespace {

struct Data {
    std::vector<double> times;
    Tensor z0, z;  // [1, 2], [20, 1, 2]
};

Data prey_and_predators() {  // Lotka & Volterra
    const auto law = [](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = z[0] * (1 - z[1]);
        dz[1] = z[1] * (z[0] - 1);
    };
    Data data{{}, Tensor({1, 2}, {1.5, 1}), Tensor({20, 1, 2})};
    for (int i = 0; i < 20; ++i) data.times.push_back(i * 0.3);
    const auto seen = ode::solve(law, std::array{1.5, 1.0}, data.times);
    for (std::size_t i = 0; i < 40; ++i) data.z[static_cast<Index>(i)] = static_cast<Real>(seen.z[i / 2][i % 2]);
    return data;
}

}  // namespace

// [taste]
int main() {
    const Data data = prey_and_predators();       // times: 20, z0: [1, 2], z: [20, 1, 2]
    nn::MLP field({2, 32, 2}, nn::tanh, Rng{0});  // dz/dt = field(t, z)
    optim::Adam adam(field.parameters(), {.lr = 1e-2});

    Tape tape;
    for (int epoch = 0; epoch <= 300; ++epoch) {
        tape.rewind();
        Var z = ode::solve(tape, field, data.z0, data.times, {.method = ode::dopri5, .gradient = ode::backsolve}).z;
        Var loss = mean(square(z - data.z));
        if (epoch % 100 == 0) std::printf("epoch %3d   loss %.0e\n", epoch, static_cast<double>(loss.item()));
        adam.step(grad(loss, field.parameters()));
    }
}
// [/taste]
