// loss.grad().
// expect: gradients are returned: Var g = grad(loss, x)
#include "autodiff/grad.hpp"

costate::Var mistake(costate::Var loss) { return loss.grad(); }
