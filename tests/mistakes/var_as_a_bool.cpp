// Is the Var there?
// expect: bool
#include "autodiff/elementwise.hpp"

int mistake(costate::Var x) {
    if (x) return 1;
    return 0;
}
