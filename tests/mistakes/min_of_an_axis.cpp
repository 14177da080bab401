// The smallest along an axis, in the form that max has.
// expect: -max(-x, {0})
#include "costate.hpp"

costate::Var mistake(costate::Var x) { return min(x, {0}); }
