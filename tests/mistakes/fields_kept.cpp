// A list of fields in a variable: what it refers to is gone.
// expect: keep an ode::Field, or the fields
#include "costate.hpp"

costate::Var law(costate::Var t, costate::Var z);
void mistake(costate::Var z0) {
    costate::ode::FieldRef sum = {law, law};
    costate::ode::solve(sum, z0, {0, 1});
}
