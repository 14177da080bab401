// A variable that refers to a field which is gone.
// expect: an argument, made in the call: keep an ode::Field, or the fields
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::FieldRef f = [](costate::Var, costate::Var z) { return -z; };
    costate::ode::solve(f, z0, {0, 1});
}
