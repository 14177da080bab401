// loss.grad().
// expect: gradients are returned: Var g = grad(loss, x)
#include "costate.hpp"

costate::Var mistake(costate::Var loss) { return loss.grad(); }
