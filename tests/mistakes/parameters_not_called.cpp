// model.parameters without ().
// expect: non-static member function
#include "nn/linear.hpp"
#include "optim/adam.hpp"

void mistake(const costate::nn::Linear& model) { costate::optim::Adam adam(model.parameters); }
