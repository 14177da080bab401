// A variable that refers to a field which is gone.
// expect: a variable that holds a field is an ode::Field
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::FieldRef f = [](costate::Var, costate::Var z) { return -z; };
    costate::ode::solve(f, z0, {0, 1});
}
