// examples/chip/print_step.cpp — a training step, printed as one C file for a chip without a library               make c
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2, by 18 steps of rk4; the mean square over ten observations; Adam
// The step is recorded once: what the device will see is its input, the loss and the gradient are its results. Then it is
// trained here, by the tape, as examples/chip/learn_on.c will be by the printed step: both say the same bits.
// see    optim/to_c.hpp · examples/chip/step.sh
#include <fstream>

#include "examples/chip/learnt_law.hpp"  // brings: training_step, train_here, seen_at, MLP, Adam
#include "examples/chip/spiral.hpp"      // brings: spiral_at, Tensor
#include "optim/to_c.hpp"                // brings: to_c

using namespace costate;

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const Tensor data = spiral_at(seen_at);
    const nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.03});
    std::ofstream(folder + "/step.c") << optim::to_c(training_step(law, data), adam, "law");
    std::ofstream(folder + "/sample.c") << CCode::array("static const real sample", data.entries());

    train_here(law, adam, data);
}
