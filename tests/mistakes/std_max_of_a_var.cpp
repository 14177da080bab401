// std::max instead of max.
// expect: max
// at most: 24
#include <algorithm>

#include "costate.hpp"

costate::Var mistake(costate::Var x) { return std::max(x, 0.0); }
