// A seed where an Rng stands.
// expect: a seed is written Rng{0}
#include "costate.hpp"

void mistake() { costate::nn::MLP net({2, 8, 2}, costate::nn::tanh, 0); }
