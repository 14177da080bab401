// nn/concat_squash.hpp — a linear map that time opens, closes and moves
//   y = (x Wᵀ + b) ∘ σ(t g + c) + t h        x: [B,in]   W: [out,in]   b, g, c, h: [out]   y: [B,out]
//   nn::Sequential field{nn::ConcatSquash(2, 64, rng), nn::tanh, nn::ConcatSquash(64, 2, rng)};     // Var dzdt = field(t, z)
// shapes   t is one number for all rows, or [B,1]
// names    "weight", "bias", "gate.weight" g, "gate.bias" c, "shift" h
// start    W, b by the initialiser; g, c, h ~ U(−1, 1), as linear maps of one number have them
// why      Time as one more input only moves what the activation sees; here it also scales it, entry by entry, and costs
//          one vector for all rows. For densities this trains faster.
// source   Grathwohl et al. 2019, FFJORD, in whose programs its name is concatsquash
#pragma once
#include <concepts>

#include "nn/linear.hpp"  // brings: Module, Initialiser, Rng, evaluate

namespace costate::nn::inline COSTATE_PRECISION {

struct ConcatSquashOptions {
    Initialiser init = uniform_fan_in;
};

class ConcatSquash : public Module {
public:
    ConcatSquash(Index in, Index out, Rng& rng, ConcatSquashOptions options = {}, Where at = {});
    ConcatSquash(Index in, Index out, Rng&& rng, ConcatSquashOptions options = {}, Where at = {})
        : ConcatSquash(in, out, rng, options, at) {}
    ConcatSquash(Index, Index) = delete;  // an Rng comes last: ConcatSquash(in, out, Rng{0})
    template <std::integral Seed>
    ConcatSquash(Index, Index, Seed, ConcatSquashOptions = {}) = delete;  // a seed is written Rng{0}

    Var operator()(Var t, Var x, Where at = {}) const;
    Tensor operator()(Number t, View x, Where at = {}) const { return evaluate(*this, t, x, at); }
};

}  // namespace costate::nn
