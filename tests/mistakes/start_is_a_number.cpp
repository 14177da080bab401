// One number for z0, beside a tape.
// expect: z0 is a Var, a Tensor or a Parameter
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Tape& tape) {
    const auto s = costate::ode::solve(tape, law, 1.0, {0, 1});
    s.end();
}
