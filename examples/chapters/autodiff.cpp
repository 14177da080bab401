// examples/chapters/autodiff.cpp — how does a program know its own derivative?
// Look for: the operations of the derivative, on the same list as those of the function.
#include <array>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"              // brings: to_text, grad, hessian
#include "autodiff/program/workspace.hpp"  // brings: compile, run, Workspace

using namespace costate;

namespace {

void say(const char* what, View x) { std::printf("%-10s %s\n", what, to_text(x).c_str()); }

struct Wrong {  // a value that hands its gradient on as soon as it gets some
    double gradient = 0;
    std::vector<Wrong*> operands = {};  // of a sum
};
void walk(Wrong& y) {
    for (Wrong* x : y.operands) {
        x->gradient += y.gradient;
        walk(*x);
    }
}

void wrong_walk() {
    Wrong a, b{0, {&a, &a}}, c{1, {&b, &b}};
    walk(c);
    std::printf("the wrong walk: dc/da = %g\n\n", a.gradient);
}

void tape_of_sums() {
    Tape tape;
    const Var a = tape.variable(Tensor::scalar(3));
    const Var b = a + a;
    const Var c = b + b;
    grad(c, a);
    std::printf("%s\n", to_text(tape).c_str());
}

void orders() {
    // [orders]
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), v = tape.constant(Tensor({2}, {1, -1}));
    const Var y = sum(x * x * x);
    say("slope", jvp(y, x, v).value());     // (2)
    say("gradient", grad(y, x).value());    // (3)
    say("hessian", hessian(y, x).value());  // (2) or (3) of what (3) recorded
    say("H v", hvp(y, x, v).value());       // (6)
    // [/orders]
}

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
    constexpr const char* labels[] = {"shared", "row", "row_sum", "coupled"};
    for (const Program::Instruction& c : program.code)
        std::printf("  %-10s %s\n", operator_of(c.op).name, labels[static_cast<int>(program.values[c.first_out].rows)]);
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
    wrong_walk();
    tape_of_sums();
    orders();
    std::puts("");
    replay();
    std::puts("");
    frozen_branch();
}
