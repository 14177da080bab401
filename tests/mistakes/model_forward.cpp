// model.forward(x).
// expect: a model is called: model(x), model(t, z)
#include "costate.hpp"

costate::Var mistake(const costate::nn::MLP& model, costate::Var x) { return model.forward(x); }
