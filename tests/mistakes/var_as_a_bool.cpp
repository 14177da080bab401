// Is the Var there?
// expect: on the tape: where(x, a, b); a number: x.item(); never set: x.is_zero()
#include "costate.hpp"

int mistake(costate::Var x) {
    if (x) return 1;
    return 0;
}
