// A layer instead of a field: of one argument.
// expect: a NeuralODE is made of a field Var(Var t, Var z)
#include "costate.hpp"

void mistake(costate::Var z0) {
    costate::ode::NeuralODE layer([](costate::Var z) { return z; });
    layer(z0);
}
