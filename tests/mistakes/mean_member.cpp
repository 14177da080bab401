// loss.mean().
// expect: mean(x), mean(x, axis, keep)
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return x.mean(); }
