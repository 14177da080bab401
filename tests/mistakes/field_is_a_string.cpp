// The name of a field.
// expect: a field is Var(Var t, Var z)
#include "costate.hpp"

void mistake(costate::Var z0) { costate::ode::solve("mlp", z0, {0, 1}); }
