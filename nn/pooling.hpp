// nn/pooling.hpp — a smaller image: one number for each window of s × s pixels that do not overlap
//   mean_pool(x, s)         y[b,i,j,c] = mean of x[b, s i ... s i + s − 1, s j ... s j + s − 1, c]
//   max_pool(x, s)          the largest of them; the gradient is shared equally by ties
//   global_mean_pool(x)     y[b,c] = mean of x[b,·,·,c]
// shapes   x [B,H,W,C] with H and W multiples of s, y [B,H/s,W/s,C]
// As layers of nn::Sequential: nn::MeanPool(2), nn::MaxPool(2), nn::global_mean_pool.
#pragma once
#include "autodiff/tape/tape.hpp"  // brings: Var, Operand

namespace costate::nn::inline COSTATE_PRECISION {

Var mean_pool(const Operand& x, Index size);
Var max_pool(const Operand& x, Index size);
Var global_mean_pool(const Operand& x);

struct MeanPool {
    explicit MeanPool(Index window) : size(window) {}
    Var operator()(Var x, Where at = {}) const { return mean_pool(Operand(x, at), size); }
    Index size;
};
struct MaxPool {
    explicit MaxPool(Index window) : size(window) {}
    Var operator()(Var x, Where at = {}) const { return max_pool(Operand(x, at), size); }
    Index size;
};

}  // namespace costate::nn
