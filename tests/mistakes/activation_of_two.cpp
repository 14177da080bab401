// An activation that is none: of two arguments.
// expect: an activation of nn::MLP is a function Var(Var x)
#include "costate.hpp"

void mistake() {
    costate::nn::MLP net(
        {2, 8, 2}, [](costate::Var a, costate::Var b) { return a * b; }, costate::Rng{0});
}
