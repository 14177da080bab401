// A Var to printf.
// expect: Var
#include <cstdio>

#include "costate.hpp"

void mistake(costate::Var x) { std::printf("%f", x); }
