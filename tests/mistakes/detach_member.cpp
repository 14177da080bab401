// x.detach().
// expect: detach(x)
#include "autodiff/elementwise.hpp"

costate::Var mistake(costate::Var x) { return x.detach(); }
