// Plain numbers for z0, beside a tape.
// expect: numbers are a Tensor
#include <vector>

#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Tape& tape) { costate::ode::solve(tape, law, std::vector<double>{1, 0}, {0, 1}); }
