// loss.backward().
// expect: gradients are returned: grad(loss, model), grad(loss, x)
#include "costate.hpp"

void mistake(costate::Var loss) { loss.backward(); }
