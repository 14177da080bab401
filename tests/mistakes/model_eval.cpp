// model.eval(), model.train().
// expect: no layer behaves differently in training: leave it out
#include "nn/mlp.hpp"

void mistake(costate::nn::MLP& model) { model.eval(); }
