// An option of another library.
// expect: .lr, .beta1
// at most: 10
#include "costate.hpp"

void mistake(const costate::nn::Linear& model) { costate::optim::Adam adam(model, {.learning_rate = 1e-3}); }
