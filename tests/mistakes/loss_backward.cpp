// loss.backward().
// expect: backward
#include "autodiff/grad.hpp"

void mistake(costate::Var loss) { loss.backward(); }
