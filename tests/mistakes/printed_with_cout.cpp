// A Var to a stream.
// expect: to_text(x.value())
// at most: 60
#include <iostream>

#include "autodiff/elementwise.hpp"

void mistake(costate::Var x) { std::cout << x; }
