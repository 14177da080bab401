// A method where the options stand.
// expect: options are named
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0) { costate::ode::solve(law, z0, {0, 1}, costate::ode::dopri5); }
