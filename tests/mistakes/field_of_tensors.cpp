// A field in Tensors.
// expect: a field is Var(Var t, Var z)
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::solve([](double, const costate::Tensor& z) { return z; }, z0, {0, 1});
}
