// z0 before the field.
// expect: solve(field, z0, times, options): z0 is a Var
#include "costate.hpp"

void mistake(costate::Var z0) {
    const auto field = [](costate::Var, costate::Var z) { return -z; };
    costate::ode::solve(z0, field, {0, 1});
}
