// examples/chip/print_law.cpp — a law learnt on a computer, printed as one C file for a chip without a library        make c
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2, learnt from a spiral; its field, its pullback and its weights as law.c
// It prints where the law leads: by 18 steps of rk4 from (2, 0), as the bits of two numbers. follow.c must say the same.
// see    autodiff/program/to_c.hpp · examples/chip/follow.c · examples/chip/law.sh
#include <bit>
#include <cstdio>
#include <fstream>

#include "autodiff/operators.hpp"        // brings: mean, square
#include "autodiff/program/to_c.hpp"     // brings: to_c
#include "core/linspace.hpp"             // brings: linspace
#include "examples/chip/learnt_law.hpp"  // brings: field_of, MLP
#include "examples/chip/spiral.hpp"      // brings: spiral_at, Tensor
#include "ode/solve.hpp"                 // brings: solve
#include "optim/adam.hpp"                // brings: Adam

using namespace costate;

int main(int argc, char** argv) {
    const std::vector<double> times = linspace(0, 1.8, 10);
    const Tensor data = spiral_at(times);
    const nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.03});
    const ode::SolveOptions rk4{.method = ode::rk4_classic, .steps = 18};
    const Tensor start({1, 2}, {2, 0});
    for (Tape tape; adam.steps() < 500; tape.rewind())
        adam.minimise(mean(square(ode::solve(law, tape.constant(start), times, rk4).z - tape.constant(data))));

    std::ofstream(argc > 1 ? argv[1] : "law.c") << to_c(field_of(law), "law", {.weights = true});
    const Tensor end = ode::solve(law, start, {0, 1.8}, rk4).end();
    const auto bits = [](Real x) { return std::bit_cast<std::uint32_t>(static_cast<float>(x)); };
    std::printf("%08x %08x\n", bits(end[0]), bits(end[1]));
}
