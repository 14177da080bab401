// A field with an argument more, as args of other libraries.
// expect: a field is Var(Var t, Var z)
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::solve([](costate::Var, costate::Var z, double k) { return k * z; }, z0, {0, 1});
}
