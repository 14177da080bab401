// optimiser.zero_grad().
// expect: nothing adds up here: grad(loss, model) returns new gradients each time
#include "costate.hpp"

void mistake(costate::optim::Adam& adam) { adam.zero_grad(); }
