// An entry of a Var is set.
// expect: a tape's values never change: where(...), concatenate make new ones
#include "costate.hpp"

void mistake(costate::Var y, costate::Var x) { y[0] = x; }
