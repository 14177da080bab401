// x.requires_grad_().
// expect: tape.variable(x) can be differentiated, tape.constant(x) not
#include "costate.hpp"

void mistake(costate::Var x) { x.requires_grad_(); }
