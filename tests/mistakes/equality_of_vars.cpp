// Are two Vars equal?
// expect: on the tape: where(equal(a, b), x, y); a number: a.item()
#include "costate.hpp"

bool mistake(costate::Var x, costate::Var y) { return x == y; }
