// examples/chapters/autodiff.cpp — how does a program know its own derivative?
// Look for: the operations of the derivative, on the same list as those of the function.
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "autodiff/print.hpp"    // brings: to_text, grad, hessian
#include "core/kernels/map.hpp"  // brings: map

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

void indices() {
    // [indices]
    const Tensor A = tensor({{1, 2, 3}, {4, 5, 6}});  // numbers: A(1, 2) is 6, and A[5], as they are stored
    Tape tape;
    const Var x = tape.variable(A);  // of a Var, Vars
    say("one number", x[1][2].value());
    say("a column", column(x, 2).value());
    say("two", slice(x, 1, 0, 2).value());  // of axis 1, from 0 on, 2
    say("rows", gather(x, {1, 0, 1}, 0).value());
    // [/indices]
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
    orders();
    indices();
    own_operator();
}
