// x(0, 1) on a Var.
// expect: Var
#include "autodiff/elementwise.hpp"

costate::Var mistake(costate::Var x) { return x(0, 1); }
