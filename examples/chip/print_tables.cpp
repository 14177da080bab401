// examples/chip/print_tables.cpp — a training step, printed as tables for a chip without a tape                    make tables
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2, by 18 steps of rk4; the mean square over ten observations, and its gradient
// The step is recorded once, with its solve: the device replays it, and moves the weights (examples/chip/learn_by_tables.cpp).
// Then the law is trained here, by the tape, as it will be there: both say the same bits.
// see    autodiff/program/to_tables.hpp · ode/solve/in_tables.hpp · examples/chip/tables.sh
#include <fstream>

#include "autodiff/program/to_tables.hpp"  // brings: to_tables
#include "autodiff/tape/c_code.hpp"        // brings: CCode
#include "examples/chip/learnt_law.hpp"    // brings: training_step, train_here, seen_at, MLP, Adam
#include "examples/chip/spiral.hpp"        // brings: spiral_at, Tensor
#include "ode/solve/in_tables.hpp"         // brings: in_tables

using namespace costate;

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const Tensor data = spiral_at(seen_at);
    const nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.03});
    std::ofstream(folder + "/step.hpp") << to_tables(training_step(law, data), "step",
                                                     {.weights = true, .solves = ode::in_tables});
    std::ofstream(folder + "/sample.hpp") << CCode::array("inline constexpr costate::Real sample", data.entries());
    train_here(law, adam, data);
}
