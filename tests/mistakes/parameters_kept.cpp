// Parameters in a variable of the argument's type: the list in braces is gone.
// expect: keep a std::vector<Parameter>
#include "costate.hpp"

costate::Vars mistake(costate::Var loss, costate::Parameter p, costate::Parameter q) {
    costate::Parameters both = {p, q};
    return grad(loss, both);
}
