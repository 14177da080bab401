// A layer of two arguments.
// expect: a layer of nn::Sequential is called as Var(Var x)
#include "costate.hpp"

void mistake(costate::Rng& rng) {
    costate::nn::Sequential model{costate::nn::Linear(2, 2, rng), [](costate::Var a, costate::Var b) { return a * b; }};
}
