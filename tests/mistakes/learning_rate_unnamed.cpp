// A learning rate that is not named.
// expect: options are named: Adam(model, {.lr = 1e-3})
#include "costate.hpp"

void mistake(const costate::nn::Linear& model) { costate::optim::Adam adam(model, 1e-3); }
