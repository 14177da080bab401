// A field that returns a number instead of dz/dt.
// expect: and returns dz/dt as a Var
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::solve([](costate::Var, costate::Var) { return 1.0; }, z0, {0, 1});
}
