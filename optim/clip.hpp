// optim/clip.hpp — a limit to the length of a gradient, or to each of its entries
//   |g| = √(Σ over all gradients and entries of g²)          g ← g · min(1, max_norm / |g|)                 optim (8)
//   const auto clipped = optim::clip_by_global_norm(grad(loss, field), 1.0);
//   adam.step(clipped.gradients);   clipped.norm             // |g| before clipping, for the log
//                                               each entry:  g ← max(−limit, min(g, limit))
//   adam.step(optim::clip_by_value(grad(loss, field), 0.5));
// One factor for all: the direction stays; a limit to each entry turns it. The gradients are not touched: factor and limit
// travel with them, the optimiser applies them, and a warm step allocates nothing. What is clipped may be clipped again.
// The squares are summed in double, and once more of g 2⁻⁶⁰⁰ should they overflow: an exploding gradient is
// what clipping is for. One that is not finite stays so, and the optimiser's step says which.
// source   Pascanu, Mikolov & Bengio 2013, §3.2
#pragma once
#include "optim/optimizer.hpp"  // brings: Gradients

namespace costate::optim::inline COSTATE_PRECISION {

struct Clipped {
    Gradients gradients;
    double norm;
};

double global_norm(const Gradients& gradients, Where at = {});
Clipped clip_by_global_norm(Gradients gradients, double max_norm, Where at = {});
Gradients clip_by_value(Gradients gradients, double limit, Where at = {});

}  // namespace costate::optim
