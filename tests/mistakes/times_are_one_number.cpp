// The last time only.
// expect: times are a list {t0, t1}
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0) { costate::ode::solve(law, z0, 1.0); }
