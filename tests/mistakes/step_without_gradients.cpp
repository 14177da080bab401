// optimiser.step() without gradients.
// expect: minimise(loss), or step(grad(loss, model))
#include "costate.hpp"

void mistake(costate::optim::Adam& adam) { adam.step(); }
