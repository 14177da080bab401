// A seed where an Rng stands, or none.
// expect: a seed is written Rng{0}
#include "costate.hpp"

void mistake() { costate::nn::Linear layer(2, 1, 0); }
