// examples/page/print_page.cpp — the training step of out/page.html, printed as C for WebAssembly                    make page
//   z' = W2 (tanh(W1 z + b1) ∘ s) + b2,  2-16-2; s: a 1 for each hidden unit that takes part, and a 0 for the others       (a)
// A drawn path is 40 points, equally far apart in time. They and s are the sample: so one step serves all widths.
// see    examples/page/page.sh · optim/to_c.hpp
#include <cstdio>
#include <fstream>

#include "autodiff/operators.hpp"        // brings: mean, square, tanh
#include "autodiff/program/program.hpp"  // brings: compile
#include "core/linspace.hpp"             // brings: linspace
#include "nn/linear.hpp"                 // brings: Linear, Module, Rng
#include "ode/solve.hpp"                 // brings: solve
#include "optim/adam.hpp"                // brings: Adam
#include "optim/to_c.hpp"                // brings: to_c

using namespace costate;

namespace {

constexpr Index points = 40, width = 16;

struct Law : nn::Module {
    Rng rng{4};
    nn::Linear hidden = add("hidden", nn::Linear(2, width, rng)), out = add("out", nn::Linear(width, 2, rng));
    Var operator()(Var z, Var units) const { return out(tanh(hidden(z)) * units); }  // (a)
};

}  // namespace

int main(int argc, char** argv) {
    const Law law;
    const optim::Adam adam(law, {.lr = 0.01});
    Tape tape;
    const Var seen = tape.variable(Tensor({points, 1, 2}, Real(0.5))), units = tape.variable(Tensor({width}, Real(1)));
    const auto field = [&](Var, Var z) { return law(z, units); };
    const Var z =
        ode::solve(field, seen[0], linspace(0, 2, points), {.method = ode::rk4_classic, .steps = points - 1}).z;
    const Var loss = mean(square(z - seen)), inputs[] = {seen, units};
    std::vector<Var> results{loss};
    for (const Var& g : grad(loss, adam.parameters())) results.push_back(g);
    std::ofstream(argc > 1 ? argv[1] : "page.c") << optim::to_c(compile(tape, inputs, results), adam, "law");
}
