// nn/linear.hpp — a learned linear map
//   y = x Wᵀ + b          x: [B,in]   W: [out,in]   b: [out]   y: [B,out]          (one row of x: y = W x + b)   nn (1)
// called   with a Var, for a Var; with a Tensor, for a Tensor (nn/evaluate.hpp).
// why      W is stored [out,in], as in the equation of one row; the transpose is a flag of the product, not a copy.
#pragma once
#include <concepts>

#include "autodiff/tape/var.hpp"  // brings: Var
#include "nn/evaluate.hpp"        // brings: evaluate
#include "nn/init.hpp"            // brings: Initialiser, Rng
#include "nn/module.hpp"          // brings: Module, Parameter

namespace costate::nn::inline COSTATE_PRECISION {

struct LinearOptions {
    bool bias = true;
    Initialiser init = uniform_fan_in;
};

class Linear : public Module {  // parameters: "weight", "bias"
public:
    Linear(Index in, Index out, Rng& rng, LinearOptions options = {}, Where at = {});  // the stream goes on
    Linear(Index in, Index out, Rng&& rng, LinearOptions options = {}, Where at = {})
        : Linear(in, out, rng, options, at) {}
    Linear(Index, Index) = delete;  // an Rng comes last: Linear(in, out, Rng{0})
    template <std::integral Seed>
    Linear(Index, Index, Seed, LinearOptions = {}) = delete;  // a seed is written Rng{0}

    Var operator()(Var x, Where at = {}) const;
    Var operator()(Var /*t*/, Var z, Where at = {}) const { return (*this)(z, at); }  // the field dz/dt = W z + b
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }
    Tensor operator()(Number t, View z, Where at = {}) const { return evaluate(*this, t, z, at); }
};

// The same for layers that hold several: the equation, and its parameters with their first numbers.
Var linear(Var x, std::span<const Parameter> weight_and_bias, Where at = {});  // or the weight alone
void add_linear(Module& to, const std::string& prefix, Index in, Index out, Rng& rng, LinearOptions options, Where at);

}  // namespace costate::nn
