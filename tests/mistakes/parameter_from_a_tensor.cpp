// New numbers for a parameter by =.
// expect: new numbers: p.edit().assign(w.entries())
#include "costate.hpp"

void mistake(costate::Parameter p, const costate::Tensor& w) { p = w; }
