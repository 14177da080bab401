// Indices in a variable of the argument's type: the list in braces is gone.
// expect: keep a std::vector<int>
#include "costate.hpp"

costate::Var mistake(costate::Var x) {
    costate::Indices places = {0, 2};
    return gather(x, places, 0);
}
