// A learning rate that is not named.
// expect: options are named: Adam(model, {.lr = 1e-3})
#include "nn/linear.hpp"
#include "optim/adam.hpp"

void mistake(const costate::nn::Linear& model) { costate::optim::Adam adam(model, 1e-3); }
