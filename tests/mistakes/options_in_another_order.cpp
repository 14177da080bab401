// Designators stand in the order of the members.
// expect: order
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0) {
    costate::ode::solve(law, z0, {0, 1}, {.gradient = costate::ode::backsolve, .rtol = 1e-6});
}
