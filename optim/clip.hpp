// optim/clip.hpp — a limit to the length of a step
//   |g| = √(Σ over all gradients and entries of g²)          g ← g · min(1, max_norm / |g|)
//   const auto clipped = optim::clip_by_global_norm(grad(loss, field), 1.0);
//   adam.step(clipped.gradients);   clipped.norm             // |g| before clipping, for the log
// One factor for all: the direction stays. The gradients are not touched: the factor travels with them, the optimiser
// multiplies by it, and nothing is allocated.
// The squares are summed in double, and once more of g 2⁻⁶⁰⁰ should they overflow: an exploding gradient is
// what clipping is for. One that is not finite stays so, and the optimiser's step says which.
// source   Pascanu, Mikolov & Bengio 2013, §3.2
#pragma once
#include "optim/optimizer.hpp"  // brings: Gradients

namespace costate::optim {
inline namespace COSTATE_PRECISION {

struct Clipped {
    Gradients gradients;
    double norm;
};

double global_norm(const Gradients& gradients, Where at = {});
Clipped clip_by_global_norm(Gradients gradients, double max_norm, Where at = {});

}  // namespace COSTATE_PRECISION
}  // namespace costate::optim
