// nn/group_norm.hpp — images whose groups of channels have mean 0 and variance 1, each image by itself
//   y = γ (x − μ) / √(σ² + ε) + β          μ, σ²: mean and variance (of the population) of one image's pixels and channels
//                                          in one group; γ, β: one number for each channel
// shapes   x, y: [B,H,W,C]; γ, β: [C]; groups: a number that divides C (1: layer norm; C: instance norm)
// why      Batch norm mixes the rows of a batch, so that the field of one image would depend on the others, and a solve
//          could not go image by image. Group norm does not.
// source   Wu & He 2018, "Group normalization", equations 1 to 3
#pragma once
#include "autodiff/tape/var.hpp"  // brings: Var
#include "nn/evaluate.hpp"        // brings: evaluate
#include "nn/module.hpp"          // brings: Module

namespace costate::nn::inline COSTATE_PRECISION {

struct GroupNormOptions {
    Number epsilon = 1e-5;
};

class GroupNorm : public Module {  // parameters: "scale" γ = 1, "shift" β = 0
public:
    explicit GroupNorm(Index channels, Index groups, GroupNormOptions options = {}, Where at = {});
    Var operator()(Var x, Where at = {}) const;
    Var operator()(Var /*t*/, Var x, Where at = {}) const { return (*this)(x, at); }
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }

private:
    Index groups_;
    GroupNormOptions options_;
};

// The equation itself, for γ and β of one's own.
Var group_norm(const Operand& x, const Operand& scale, const Operand& shift, Index groups,
               GroupNormOptions options = {});

}  // namespace costate::nn
