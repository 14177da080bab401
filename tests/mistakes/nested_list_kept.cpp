// A row of a tensor in a variable: the list in braces is gone.
// expect: write the list in the call
#include "costate.hpp"

costate::Tensor mistake() {
    costate::NestedList row = {1, 2};
    return costate::tensor({row, row});
}
