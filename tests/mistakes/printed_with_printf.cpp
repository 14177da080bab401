// A Var to printf.
// expect: Var
#include <cstdio>

#include "autodiff/elementwise.hpp"

void mistake(costate::Var x) { std::printf("%f", x); }
