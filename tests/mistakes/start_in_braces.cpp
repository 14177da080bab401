// Numbers in braces for z0.
// expect: a z0 of numbers is written Tensor({2}, {1, 0})
#include "costate.hpp"

void mistake(const costate::nn::MLP& mlp) { costate::ode::solve(mlp, {1, 0}, {0, 1}); }
