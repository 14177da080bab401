// A field whose time is a double.
// expect: takes the time and the state, both as Var
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::solve([](double, costate::Var z) { return z; }, z0, {0, 1});
}
