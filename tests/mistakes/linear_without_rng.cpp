// A layer without random numbers to start from.
// expect: an Rng comes last: Linear(in, out, Rng{0})
#include "costate.hpp"

void mistake() { costate::nn::Linear layer(2, 1); }
