// A field for a NeuralODE whose operator() is not const.
// expect: a module: by a const operator()
#include "costate.hpp"

struct Model : costate::nn::Module {
    costate::Parameter g = add("g", 1.0);
    costate::Var operator()(costate::Var, costate::Var z) { return g * z; }
};

void mistake() { costate::ode::NeuralODE layer{Model()}; }
