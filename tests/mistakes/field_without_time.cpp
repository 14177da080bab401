// A field that takes the state alone.
// expect: a field is Var(Var t, Var z)
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::solve([](costate::Var z) { return z; }, z0, {0, 1});
}
