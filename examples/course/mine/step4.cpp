// examples/course/mine/step4.cpp — second derivatives: a walk that is written in Vars leaves a derivative on the tape
#include "examples/course/mine/check.hpp"

namespace mine {

const char* const recorded =
    "chapter autodiff, the rules are written in Vars, so applying one records; copy a node before its rule runs, as "
    "the list moves";

void step_4(Check& check) {
    Tape tape;
    const Var x = tape.variable(2.0), y = tape.variable(0.25);
    const auto derivative_of = [](Var f, Var by) { return grad(f, {by})[0]; };

    const Var cube = x * x * x;
    check.near("d²(x³)/dx² at 2", value(derivative_of(derivative_of(cube, x), x)), 12, recorded,
               {{0, "the walk computes with numbers, so that nothing is on the tape to be differentiated"}});
    check.near("d³(x³)/dx³", value(derivative_of(derivative_of(derivative_of(cube, x), x), x)), 6, recorded);
    const Var f = exp(x * y);
    const double mixed = 1.5 * std::exp(0.5);
    check.near("∂²/∂x∂y of exp(x y) at 2 and 1/4", value(derivative_of(derivative_of(f, y), x)), mixed, recorded,
               {{std::exp(0.5), "y of y = exp(x) is a number in your rule: it must be the Var"}});
    check.near("∂²/∂y∂x of it: the Hessian is symmetric", value(derivative_of(derivative_of(f, x), y)), mixed,
               recorded);
    const Var inverse = 1 / x;
    check.near("d²(1/x)/dx² at 2", value(derivative_of(derivative_of(inverse, x), x)), 0.25, recorded);
    const Var bent = 1 - 2 / (exp(2 * x) + 1);
    const double tanh = std::tanh(2.0);
    check.near("tanh''(2) = -2 tanh (1 - tanh²)", value(derivative_of(derivative_of(bent, x), x)),
               -2 * tanh * (1 - tanh * tanh), recorded);
    check.near("d²(5 x)/dx²", value(derivative_of(derivative_of(5 * x, x), x)), 0,
               "d(5 x)/dx is a constant, maybe without a tape: nothing arrives at x");
}

}  // namespace mine

int main() { return mine::run(4, "second derivatives", mine::step_4); }
