// x.detach().
// expect: detach(x)
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return x.detach(); }
