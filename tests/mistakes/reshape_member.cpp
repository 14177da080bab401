// x.reshape(-1, 2).
// expect: reshape(x, {-1, 2})
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return x.reshape(-1, 2); }
