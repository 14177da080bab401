// x.item(0).
// expect: one number of many: x.value()[0], x[0].item()
#include "costate.hpp"

costate::Real mistake(costate::Var x) { return x.item(0); }
