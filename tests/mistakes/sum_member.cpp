// x.sum(0).
// expect: sum(x), sum(x, axis, keep)
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return x.sum(0); }
