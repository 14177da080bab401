// optimiser.step() without gradients.
// expect: minimise(loss), or step(grad(loss, model))
#include "optim/adam.hpp"

void mistake(costate::optim::Adam& adam) { adam.step(); }
