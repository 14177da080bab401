// An activation that captures: it is no plain function.
// expect: an activation of nn::MLP is a function Var(Var x)
#include "costate.hpp"

void mistake(double k) {
    costate::nn::MLP net(
        {2, 8, 2}, [k](costate::Var x) { return k * x; }, costate::Rng{0});
}
