// model.parameters without ().
// expect: non-static member function
#include "costate.hpp"

void mistake(const costate::nn::Linear& model) { costate::optim::Adam adam(model.parameters); }
