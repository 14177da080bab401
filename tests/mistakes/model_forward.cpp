// model.forward(x).
// expect: forward
#include "nn/mlp.hpp"

costate::Var mistake(const costate::nn::MLP& model, costate::Var x) { return model.forward(x); }
