// examples/chip/print_tables.cpp — a law and its loss, printed as tables for a chip without a tape                make tables
//   z' = W2 tanh(W1 z + b1) + b2,  2-8-2: f, wᵀ∂f/∂z and wᵀ∂f/∂θ at a stage; the mean square, and its derivative by z
// What the device has to do by itself are loops: examples/chip/learn_by_tables.cpp. Then the law is trained here, by the tape,
// as it will be there: both say the same bits.
// see    autodiff/program/to_tables.hpp · examples/chip/tables.sh
#include <fstream>

#include "autodiff/operators.hpp"          // brings: mean, square, slice
#include "autodiff/program/to_tables.hpp"  // brings: to_tables, compile
#include "core/linspace.hpp"               // brings: linspace
#include "examples/chip/learnt_law.hpp"    // brings: field_of, print_hash, MLP
#include "examples/chip/spiral.hpp"        // brings: spiral_at, Tensor
#include "ode/solve.hpp"                   // brings: solve
#include "optim/adam.hpp"                  // brings: Adam

using namespace costate;

namespace {

Program loss_of(const Tensor& seen) {  // of the law's observations, and then those of the sensor
    Tape tape;
    const Var z[] = {tape.variable(seen), tape.variable(seen)}, loss = mean(square(z[0] - z[1]));
    const Var results[] = {loss, grad(loss, z[0])};
    return compile(tape, z, results);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const std::vector<double> times = linspace(0, 1.8, 10);
    const Tensor data = spiral_at(times);
    const nn::MLP law({2, 8, 2}, nn::tanh, Rng{1});
    optim::Adam adam(law, {.lr = 0.03});
    std::ofstream(folder + "/law.hpp") << to_tables(field_of(law), "law", {.stages = 4, .weights = true});
    std::ofstream(folder + "/loss.hpp") << to_tables(loss_of(data), "loss");
    std::ofstream(folder + "/sample.hpp") << CCode::array("inline constexpr costate::Real sample", data.entries());

    const Tensor start({1, 2}, {data[0], data[1]});
    for (Tape tape; adam.steps() < 200; tape.rewind()) {
        const ode::SolveOptions rk4{.method = ode::rk4_classic, .steps = 18};
        adam.minimise(mean(square(ode::solve(law, tape.constant(start), times, rk4).z - tape.constant(data))));
    }
    print_hash(law);
}
