// x(0, 1) on a Var.
// expect: an entry: x[0][1]; a column: column(x, 1)
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return x(0, 1); }
