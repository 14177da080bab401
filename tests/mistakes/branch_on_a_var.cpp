// A branch on a Var.
// expect: on the tape: where(less(a, b), x, y); a number: a.item()
#include "costate.hpp"

costate::Var mistake(costate::Var x) {
    if (x < 0) return -x;
    return x;
}
