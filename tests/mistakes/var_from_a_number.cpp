// A number for a Var.
// expect: Var
#include "costate.hpp"

costate::Var mistake() {
    costate::Var x = 3.0;
    return x;
}
