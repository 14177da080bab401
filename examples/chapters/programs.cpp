// examples/chapters/programs.cpp — how is a recorded function run again?
// Look for: which phase computes what, and where a value lives between the phases.
#include <array>
#include <cstdio>

#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"              // brings: to_text, grad
#include "autodiff/program/workspace.hpp"  // brings: compile, run, Workspace

using namespace costate;

namespace {

void say(const char* what, View x) { std::printf("%-10s %s\n", what, to_text(x).c_str()); }

void replay() {
    // [program]
    Tape tape;
    const Parameter W("W", Tensor({1, 2}, {1, -1}));
    const Var z = tape.variable(Tensor({2, 2}, {1, 2, 3, 4}));  // two rows
    const Var f = square(matmul(z, W, false, true));            // a row of f for each row of z
    const std::array outputs{f, grad(sum(f), W)};
    const Program program = compile(tape, {}, outputs, Vars(&z, 1));
    const Tensor rows({4, 2}, {1, 0, 2, 0, 3, 0, 0, 1});  // four rows: the program does not mind
    Tensor value({4, 1}), gradient({1, 2});
    Workspace workspace;  // the memory: a program has none
    run(program, workspace, std::array<View, 1>{rows}, std::array{value.view(), gradient.view()});
    say("f", value);
    say("df/dW", gradient);
    // [/program]
}

void field_with_pullback() {
    // [field]
    Tape tape;
    const Parameter W("W", Tensor({2, 2}, {0, 1, -1, 0}));
    const Var z = tape.variable(Tensor({4, 2})),
              w = tape.variable(Tensor({4, 2}));  // four rows of a state, and its cotangents
    const Var f = tanh(matmul(z, W, false, true));
    const std::array xs{z, tape.use(W)};
    const Vars bars = vjp(Vars(&f, 1), xs, Vars(&w, 1));  // wᵀ∂f/∂z, wᵀ∂f/∂W
    const Program field = compile(tape, {.states = Vars(&z, 1),
                                         .cotangents = Vars(&w, 1),
                                         .forward = Vars(&f, 1),
                                         .reverse = bars.first(1),
                                         .summed = bars.subspan(1)});
    std::printf("%s\n", to_text(field).c_str());
    // [/field]
    const double once = field.flops(Phase::prologue);
    const double each = field.flops(Phase::forward) + field.flops(Phase::reverse) + field.flops(Phase::sums);
    const double B = 4, D = 2, n = 1000;
    std::printf("%.0f stages: %.0f flops; D^2 + n (6 B D^2 + 3 B D) = %.0f; with W turned each time %.0f\n\n", n,
                once + n * each, D * D + n * (6 * B * D * D + 3 * B * D), n * (once + each));
}

void frozen_branch() {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(2));
    Var y = exp(x);
    if (y.item() > 1) y = y * y;  // a branch that the tape cannot see
    try {
        compile(tape, Vars(&x, 1), Vars(&y, 1));
    } catch (const Error& error) {
        std::printf("%s\n", error.what());
    }
}

}  // namespace

int main() {
    replay();
    std::puts("");
    field_with_pullback();
    frozen_branch();
}
