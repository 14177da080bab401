// examples/course/mine/step3.cpp — two operators more, exp and the quotient: all that growth, tanh, and lynx and hare need
#include "examples/course/mine/check.hpp"

namespace mine {

void step_3(Check& check) {
    Tape tape;
    const Var x = tape.variable(1.5), y = tape.variable(0.5);
    const double e = std::exp(1.5), e_square = std::exp(2.25), tanh = std::tanh(1.5);
    const Var quotient = x / y, inverse = 1 / y;
    check.near("exp(x) at 1.5", value(exp(x)), e, "the operator's forward computation");
    check.near("d exp(x)/dx at 1.5", value(grad(exp(x), {x})[0]), e,
               "autodiff, the struct Exponential: x̄ = y ȳ, y = exp(x) being there already",
               {{0, "the reverse walk has no rule for exp"}, {1, "ȳ alone: the derivative of exp is exp"}});
    check.near("d exp(x x)/dx at 1.5", value(grad(exp(x * x), {x})[0]), 3 * e_square, "autodiff (1), the chain rule",
               {{e_square, "ȳ is missing: x̄ = y ȳ"}, {1.5 * e_square, "one of the two uses of x is lost"}});
    check.near("x / y at 1.5 and 0.5", value(quotient), 3, "the operator's forward computation");
    check.near("d(x/y)/dx at 1.5 and 0.5", value(grad(quotient, {x, y})[0]), 2, "∂/∂x of x/y is 1/y",
               {{0, "the reverse walk has no rule for the quotient"}});
    check.near("d(x/y)/dy at 1.5 and 0.5", value(grad(quotient, {x, y})[1]), -6, "∂/∂y of x/y is −x/y²",
               {{6, "the sign is lost"},
                {-12, "divided by y once too often"},
                {-3, "divided by y once, not twice"},
                {-2, "y itself is missing: b̄ = −ȳ y/b"}});
    check.near("d(1/y)/dy at 0.5", value(grad(inverse, {y})[0]), -4, "a constant operand: x̄ goes nowhere, ȳ does");
    const Var bent = 1 - 2 / (exp(2 * x) + 1);
    check.near("tanh(x) = 1 - 2 / (exp(2 x) + 1) at 1.5", value(bent), tanh, "numbers beside Vars, on both sides");
    check.near("its derivative, 1 - tanh²", value(grad(bent, {x})[0]), 1 - tanh * tanh, "autodiff (1), the chain rule");
}

}  // namespace mine

int main() { return mine::run(3, "exp and the quotient", mine::step_3); }
