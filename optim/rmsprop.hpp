// optim/rmsprop.hpp — the gradient divided by the size that it had lately
//   g ← scale · ∂L/∂θ + λ θ                                            λ: weight_decay                              (a)
//   v ← α v + (1 − α) g²               mean of the square              v = 0 before the first step                  (b)
//   ḡ ← α ḡ + (1 − α) g                mean; only if centered          ḡ = 0 before the first step                  (c)
//   s = √v + ε        or, centered:    s = √(v − ḡ²) + ε               v − ḡ²: the gradient's variance              (d)
//   u ← μ u + g / s,    θ ← θ − lr u                                   μ: momentum                                  (e)
// Nothing makes up for the start at 0, as Adam does: the first step is lr / √(1 − α) long, ten times lr by default.
// A g whose square would overflow counts as the largest whose does not: 2^511, in float 2^63.
// source   Tieleman & Hinton 2012, lecture 6.5 · centered: Graves 2013, equations 38 to 45 · defaults and ε as in PyTorch
#pragma once
#include "optim/optimizer.hpp"  // brings: Optimizer

namespace costate::optim::inline COSTATE_PRECISION {

struct RMSpropOptions {
    Number lr = 1e-2;
    Number alpha = 0.99;  // α
    Number eps = 1e-8;    // ε: outside of the root
    Number momentum = 0;  // μ
    bool centered = false;
    Number weight_decay = 0;  // λ
};

class RMSprop final : public Optimizer {
public:
    template <class Model = ModelList, class Options = RMSpropOptions>
    explicit RMSprop(const Model& model, const Options& options = {},  // .lr, .alpha, .eps, .momentum, …
                     Where at = {})
        : Optimizer("RMSprop", trained(model), named_options<RMSpropOptions>(options).lr,
                    state_for(named_options<RMSpropOptions>(options), at), at),
          options_(named_options<RMSpropOptions>(options)) {}

private:
    static State state_for(const RMSpropOptions& options, Where at);  // which are looked at before
    void update(Index n, Gradient g, Real* theta, Real* const* state) override;
    RMSpropOptions options_;
};

}  // namespace costate::optim
