// examples/chip/print_step.cpp — a training step, printed as one C file for a chip without a library               make c
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2, by 18 steps of rk4; the mean square over ten observations; Adam
// The step is recorded once: what the device will see is its input, the loss and the gradient are its results. Then it is
// trained here, by the tape, as examples/chip/learn_on.c will be by the printed step: both say the same bits.
// see    optim/to_c.hpp · examples/chip/step.sh
#include <fstream>

#include "autodiff/operators.hpp"        // brings: mean, square, slice
#include "autodiff/program/program.hpp"  // brings: compile
#include "core/linspace.hpp"             // brings: linspace
#include "examples/chip/learnt_law.hpp"  // brings: print_hash, MLP
#include "examples/chip/spiral.hpp"      // brings: spiral_at, Tensor
#include "ode/solve.hpp"                 // brings: solve
#include "optim/adam.hpp"                // brings: Adam
#include "optim/to_c.hpp"                // brings: to_c

using namespace costate;

namespace {

const std::vector<double> seen_at = linspace(0, 1.8, 10);

Var loss_of(const nn::MLP& law, Var seen) {  // seen: [10,1,2], from the start on
    const auto field = [&](Var, Var z) { return law(z); };
    const Var start = reshape(slice(seen, 0, 0, 1), {1, 2});
    return mean(square(ode::solve(field, start, seen_at, {.method = ode::rk4_classic, .steps = 18}).z - seen));
}

Program training_step(const nn::MLP& law, const Tensor& seen) {
    Tape tape;
    const Var sample = tape.variable(seen), loss = loss_of(law, sample);
    std::vector<Var> results{loss};
    for (const Var& g : grad(loss, law.parameters())) results.push_back(g);
    return compile(tape, Vars(&sample, 1), results);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const Tensor data = spiral_at(seen_at);
    const nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.03});
    std::ofstream(folder + "/step.c") << optim::to_c(training_step(law, data), adam, "law");
    std::ofstream(folder + "/sample.c") << CCode::array("static const real sample", data.entries());

    for (Tape tape; adam.steps() < 200; tape.rewind()) adam.minimise(loss_of(law, tape.constant(data)));
    print_hash(law);
}
