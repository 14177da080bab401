// An expression of Tensors, which belongs on a tape, as a Tensor.
// expect: nn::evaluate([&](Var x) { ... }, A)
#include "costate.hpp"

costate::Tensor mistake(const costate::nn::MLP& mlp, const costate::Tensor& A) {
    costate::Tensor d = mlp(A) - A;
    return d;
}
