// examples/chapters/autodiff.cpp — how does a program know its own derivative?
// Look for: the operations of the derivative, on the same list as those of the function, and how few they are.
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"            // brings: to_text, grad, hessian
#include "autodiff/program/program.hpp"  // brings: compile, Program
#include "core/kernels/map.hpp"          // brings: map

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

void three_numbers() {
    // [three]
    Tape tape;
    const Var x1 = tape.variable(2), x2 = tape.variable(3);
    const Var p = x1 * x2, s = sin(x1), y = p + s;
    const std::array all{x1, x2, p, s, y};
    for (const Var v : all) {
        const double tangent = double(or_zeros(jvp(v, x1, tape.constant(1)), v).item());  // dv/dx1: (2)
        const double cotangent = double(grad(y, v).item());                               // dy/dv: (3)
        std::printf("%10.7f %10.7f %10.7f\n", double(v.item()), tangent, cotangent);
    }
    // [/three]
    std::printf("x2 + cos x1 = %.7f\n\n", 3 + std::cos(2.0));
}

// Floating-point operations of y alone, and of y with its gradient; the tape's values of both, in bytes.
struct Cost {
    double value = 0, both = 0;
    std::size_t bytes = 0, bytes_of_both = 0;
};
std::size_t bytes_of(const Tape& tape) {
    std::size_t numbers = 0;
    for (const Tape::Value& v : tape.values()) numbers += static_cast<std::size_t>(v.shape.size());
    return numbers * sizeof(Real);
}
double flops(const Program& program) {
    double count = 0;
    for (const Program::Instruction& line : program.code) count += program.flops(line);
    return count;
}
Cost cost(Tape& tape, Var y, std::vector<Var> xs) {
    Cost c{.bytes = bytes_of(tape)};
    const auto g = grad(y, xs);
    c.bytes_of_both = bytes_of(tape);
    std::vector<Var> outputs(g.begin(), g.end());
    outputs.push_back(y);
    c.value = flops(compile(tape, xs, Vars(&y, 1)));
    c.both = flops(compile(tape, xs, outputs));
    return c;
}
void say_cost(const char* what, const Cost& c) {
    std::printf("%-24s %9.0f %9.0f   %.7f %9zu %9zu\n", what, c.value, c.both, c.both / c.value, c.bytes,
                c.bytes_of_both);
}

void costs() {
    std::printf("%-24s %9s %9s   %-9s %9s %9s\n", "", "flops of y", "and grad", "ratio", "bytes", "and grad");
    {
        Tape tape;
        const Var x1 = tape.variable(2), x2 = tape.variable(3);
        say_cost("x1 x2 + sin x1", cost(tape, x1 * x2 + sin(x1), {x1, x2}));
    }
    {
        Tape tape;
        std::vector<Var> x;
        for (int i = 0; i < 1000; ++i) x.push_back(tape.variable(1 + 0.001 * i));
        Var y = x[0];
        for (std::size_t i = 1; i < x.size(); ++i) y = y * x[i];
        say_cost("x1 x2 ... x1000", cost(tape, y, x));
    }
    {
        Tape tape;
        const Var x = tape.constant(Tensor({64, 2}, 0.5));
        std::vector<Var> w{tape.variable(Tensor({32, 2}, 0.1)), tape.variable(Tensor({32, 32}, 0.1)),
                           tape.variable(Tensor({1, 32}, 0.1))};
        Var h = tanh(matmul(x, w[0], false, true));
        h = tanh(matmul(h, w[1], false, true));
        const Var y = mean(square(matmul(h, w[2], false, true)));
        say_cost("a network, 1120 weights", cost(tape, y, w));
    }
    {
        Tape tape;
        const Var x = tape.variable(0.5);
        Var y = x;
        for (int i = 0; i < 1000; ++i) y = sin(y);
        say_cost("sin sin ... sin x", cost(tape, y, {x}));
    }
    {
        Tape tape;
        const Var x = tape.variable(1.0001), y = tape.variable(0.9999);
        std::array<Var, 2> last{x, y};
        for (std::size_t i = 0; i < 1000; ++i) last[i % 2] = last[0] * last[1];
        say_cost("each of the two before", cost(tape, last[1], {x, y}));
    }
    std::puts("");
}

void orders() {
    // [orders]
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), v = tape.constant(Tensor({2}, {1, -1}));
    const Var y = sum(x * x * x);
    say("slope", jvp(y, x, v).value());     // (2): -9
    say("gradient", grad(y, x).value());    // (3): [3, 12]
    say("hessian", hessian(y, x).value());  // (2) or (3) of what (3) recorded: [[6, 0], [0, 12]]
    say("H v", hvp(y, x, v).value());       // (6): [6, -12]
    // [/orders]
}

// [operator]
struct Exponential {  // y = e^x, entry by entry
    static constexpr const char* name = "exponential";
    bool operator==(const Exponential&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        map([](Real entry) { return std::exp(entry); }, y, x);
    }
    Var jvp(Var /*x*/, Var y, Var dx) const { return y * dx; }         // (2): ẏ from x, y, ẋ
    Var vjp(Var /*x*/, Var y, Var gy, Needs) const { return y * gy; }  // (3): x̄ from x, y, ȳ
};
// [/operator]

void own_operator() {
    Tape tape;
    const Var x = tape.variable(tensor({0, 1}));
    say("gradient", grad(sum(record(Exponential{}, x)), x).value());
}

}  // namespace

int main() {
    wrong_walk();
    tape_of_sums();
    three_numbers();
    costs();
    orders();
    own_operator();
}
