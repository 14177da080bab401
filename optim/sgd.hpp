// optim/sgd.hpp — gradient descent, with momentum
//   g ← scale · ∂L/∂θ + λ θ                  λ: weight_decay, the gradient of ½ λ |θ|²                        (a)
//   u ← μ u + g                              u = 0 before the first step                               optim (3)
//   θ ← θ − lr · u                           or, with nesterov:  θ ← θ − lr · (g + μ u)                optim (3)
// lr       below the bound of optim (2), or the loss grows from step to step
// source   Polyak 1964 (heavy ball) · Nesterov 1983, in the form of Sutskever, Martens, Dahl & Hinton 2013, §2, written
//          for the looked-ahead point as PyTorch's SGD is (without its dampening)
#pragma once
#include "optim/optimizer.hpp"  // brings: Optimizer

namespace costate::optim::inline COSTATE_PRECISION {

struct SGDOptions {
    Number lr = 1e-2;
    Number momentum = 0;  // μ
    bool nesterov = false;
    Number weight_decay = 0;  // λ
};

class SGD final : public Optimizer {
public:
    template <class Model = ModelList, class Options = SGDOptions>
    explicit SGD(const Model& model, const Options& options = {},  // .lr, .momentum, .nesterov, …
                 Where at = {})
        : Optimizer("SGD", trained(model), named_options<SGDOptions>(options).lr,
                    state_for(named_options<SGDOptions>(options), at), at),
          options_(named_options<SGDOptions>(options)) {}

private:
    static State state_for(const SGDOptions& options, Where at);  // which are looked at before
    void update(Index n, Gradient g, Real* theta, Real* const* state) override;
    SGDOptions options_;
};

}  // namespace costate::optim
