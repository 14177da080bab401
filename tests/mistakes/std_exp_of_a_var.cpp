// std::exp instead of exp.
// expect: std::exp
// at most: 24
#include <cmath>

#include "costate.hpp"

costate::Var mistake(costate::Var x) { return std::exp(x); }
