// A width where a layer stands.
// expect: a layer of nn::Sequential is called as Var(Var x)
#include "costate.hpp"

void mistake(costate::Rng& rng) { costate::nn::Sequential model{costate::nn::Linear(2, 2, rng), 2}; }
