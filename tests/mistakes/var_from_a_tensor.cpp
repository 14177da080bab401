// A Var without a tape.
// expect: Var
#include "costate.hpp"

costate::Var mistake() {
    costate::Var x = costate::Tensor({2}, {1, 2});
    return x;
}
