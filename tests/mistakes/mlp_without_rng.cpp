// A network without random numbers to start from.
// expect: an Rng comes last: MLP({2, 64, 2}, nn::tanh, Rng{0})
#include "costate.hpp"

void mistake() { costate::nn::MLP net({2, 8, 2}, costate::nn::tanh); }
