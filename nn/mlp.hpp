// nn/mlp.hpp — the multilayer perceptron: linear maps with an activation between them
//   a₀ = x,   a_{k+1} = σ(a_k W_kᵀ + b_k),   the last layer without σ                                          nn (2)
//   nn::MLP field({2, 64, 2}, nn::tanh, Rng{0});     // [B,2] -> [B,64] -> [B,2], and a field: Var dzdt = field(t, z)
// shapes   x: [B, widths.front()], result: [B, widths.back()]; both Vars, or both Tensors (nn/evaluate.hpp)
// names    "layer0.weight", "layer0.bias", "layer1.weight", ...
// start    uniform_fan_in, layer by layer, weight then bias, from one stream (nn/init.hpp).
// time     With .time = true the field depends on t: it becomes one more input, the last column, and the first
//          weight is [widths[1], widths[0] + 1]. t is one number for all rows, or [B,1].
// source   the universal approximation that makes it a fair guess for an unknown f: Cybenko 1989; Hornik 1991
#pragma once
#include <concepts>
#include <vector>

#include "nn/activations.hpp"  // brings: Activation
#include "nn/linear.hpp"       // brings: Module, Initialiser, Rng

namespace costate::nn::inline COSTATE_PRECISION {

struct MLPOptions {
    bool time = false;
    Initialiser init = uniform_fan_in;
};

class MLP : public Module {
public:
    MLP(const std::vector<Index>& widths, Activation activation, Rng& rng, MLPOptions options = {}, Where at = {});
    MLP(const std::vector<Index>& widths, Activation activation, Rng&& rng, MLPOptions options = {}, Where at = {})
        : MLP(widths, activation, rng, options, at) {}
    MLP(const std::vector<Index>&, Activation) = delete;  // an Rng comes last: MLP({2, 64, 2}, nn::tanh, Rng{0})
    template <std::integral Seed>
    MLP(const std::vector<Index>&, Activation, Seed, MLPOptions = {}) = delete;  // a seed is written Rng{0}

    Var operator()(Var x, Where at = {}) const;
    Var operator()(Var t, Var z, Where at = {}) const;  // the field of an ODE
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }
    Tensor operator()(Number t, View z, Where at = {}) const { return evaluate(*this, t, z, at); }

private:
    Activation activation_;
    bool time_;
};

}  // namespace costate::nn
