// optim/adam.hpp — a step size of its own for every entry
//   m ← β₁ m + (1 − β₁) g          mean of the gradient          m = v = 0 before the first step        optim (4)
//   v ← β₂ v + (1 − β₂) g²         mean of its square                                                   optim (4)
//   m̂ = m / (1 − β₁ᵗ)              t = 1, 2, ...: m is a mean with weights that sum to 1 − β₁ᵗ           optim (5)
//   v̂ = v / (1 − β₂ᵗ)                                                                                   optim (5)
//   θ ← (1 − lr λ) θ − lr m̂ / (√v̂ + ε)          λ: weight_decay, 0 for Adam                             optim (6)
// The first step moves every entry by about lr, whatever the gradient's size: ten times the loss changes little. One
// whose square would overflow counts as the largest whose does not: 2^511, in float 2^63.
// AdamW is λ > 0: the decay stands outside of the quotient, so that it is equally strong for every entry. (An L2 term
// in the loss would be divided by √v̂ like the rest.)
// why      βᵗ is a running product: no pow, and it is stored with the state, so a resumed run has the same bits.
// source   Kingma & Ba 2015, algorithm 1 · Loshchilov & Hutter 2019, algorithm 2 (AdamW; λ times lr, as in PyTorch)
#pragma once
#include "optim/optimizer.hpp"  // brings: Optimizer

namespace costate::optim::inline COSTATE_PRECISION {

struct AdamOptions {
    Number lr = 1e-3;
    Number beta1 = 0.9, beta2 = 0.999;
    Number eps = 1e-8;        // ε: outside of the root
    Number weight_decay = 0;  // λ
};

struct AdamWOptions {
    Number lr = 1e-3;
    Number beta1 = 0.9, beta2 = 0.999;
    Number eps = 1e-8;
    Number weight_decay = 1e-2;
};

class Adam : public Optimizer {
public:
    template <class Model = ModelList, class Options = AdamOptions>
    explicit Adam(const Model& model, const Options& options = {},  // .lr, .beta1, .beta2, .eps, .weight_decay
                  Where at = {})
        : Optimizer("Adam", trained(model), named_options<AdamOptions>(options).lr,
                    state_for(named_options<AdamOptions>(options), at), at),
          options_(named_options<AdamOptions>(options)) {}

    const AdamOptions& options() const { return options_; }  // as given: lr() is what it is now

private:
    static State state_for(const AdamOptions& options, Where at);  // which are looked at before
    void update(Index n, Gradient g, Real* theta, Real* const* state) override;
    AdamOptions options_;
};

class AdamW final : public Adam {
public:
    template <class Model = ModelList, class Options = AdamWOptions>
    explicit AdamW(const Model& model, const Options& options = {},  // .lr, .beta1, .beta2, .eps, .weight_decay
                   Where at = {})
        : Adam(model, with_decay(named_options<AdamWOptions>(options)), at) {}

private:
    static AdamOptions with_decay(AdamWOptions o) { return {o.lr, o.beta1, o.beta2, o.eps, o.weight_decay}; }
};

}  // namespace costate::optim
