// optim/schedule.hpp — the learning rate over a run, as a function of the step n = 0, 1, 2, ...
//   const optim::Cosine schedule{.peak = 1e-2, .steps = 1000, .warmup = 50};
//   adam.set_lr(schedule(adam.steps()));   adam.step(...);
// Cosine: a linear start, half a cosine down
//   n ≤ w       lr = peak (n + 1) / (w + 1)                            w: warmup steps; step 0 is not wasted on lr = 0
//   w ≤ n ≤ N   lr = end + (peak − end) (1 + cos(π (n − w)/(N − w))) / 2            N: steps of the run   optim (7)
//   n > N       lr = end
// StepDecay:         lr = start · factor^⌊n / every⌋
// ExponentialDecay:  lr = start · factor^n
// OneCycle: half a cosine up, half a cosine down to almost nothing, N steps in all
//   n ≤ m       lr = from first · peak to peak           m = rise · N − 1: the step of the peak; it may lie between two
//   n ≥ m       lr = from peak to last · peak, which step N − 1 has, and whatever follows
// why      While Adam's means are young its steps are large and ill informed: the warm-up keeps them short.
// source   Loshchilov & Hutter 2017 (SGDR), equation 5 · warm-up: Goyal et al. 2017, §2.2
//          Smith & Topin 2018 (super-convergence), with half cosines and defaults as in PyTorch's OneCycleLR
#pragma once
#include <cstdint>

#include "core/error.hpp"  // brings: Where

namespace costate::optim {

struct Cosine {
    Number peak = 1e-3;
    std::uint64_t steps = 1000;
    std::uint64_t warmup = 0;
    Number end = 0;

    Number operator()(std::uint64_t step, Where at = {}) const;  // warmup ≥ steps: an error
};

struct StepDecay {
    Number start = 1e-3;
    Number factor = 0.1;
    std::uint64_t every = 100;

    Number operator()(std::uint64_t step, Where at = {}) const;  // every = 0: an error
};

struct ExponentialDecay {
    Number start = 1e-3;
    Number factor = 0.999;

    Number operator()(std::uint64_t step) const;
};

struct OneCycle {
    Number peak = 1e-2;
    std::uint64_t steps = 1000;
    Number rise = 0.3;         // the part of the run that goes up
    Number first = 1. / 25;    // lr at step 0, in parts of the peak
    Number last = 1. / 250e3;  // at the last step

    Number operator()(std::uint64_t step, Where at = {}) const;  // no step up, or none down: an error
};

}  // namespace costate::optim
