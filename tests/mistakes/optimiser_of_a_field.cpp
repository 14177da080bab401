// An optimiser for what has no parameters().
// expect: what is trained: a model, a list {p, q}, or a Parameter
#include "costate.hpp"

void mistake() {
    const auto field = [](costate::Var, costate::Var z) { return -z; };
    costate::optim::Adam adam(field, {.lr = 1e-2});
}
