// optim/schedule.hpp — the learning rate over a run: a linear start, half a cosine down
//   n ≤ w       lr = peak (n + 1) / (w + 1)                            w: warmup steps; step 0 is not wasted on lr = 0
//   w ≤ n ≤ N   lr = end + (peak − end) (1 + cos(π (n − w)/(N − w))) / 2            N: steps of the run
//   n > N       lr = end
//   const optim::Cosine schedule{.peak = 1e-2, .steps = 1000, .warmup = 50};
//   adam.set_lr(schedule(adam.steps()));   adam.step(...);
// why      While Adam's means are young its steps are large and ill informed: the warm-up keeps them short.
// source   Loshchilov & Hutter 2017 (SGDR), eq. (5) · warm-up: Goyal et al. 2017, §2.2
#pragma once
#include <cstdint>

#include "core/error.hpp"  // brings: Where

namespace costate::optim {

struct Cosine {
    double peak = 1e-3;
    std::uint64_t steps = 1000;
    std::uint64_t warmup = 0;
    double end = 0;

    double operator()(std::uint64_t step, Where at = {}) const;  // warmup ≥ steps: an error
};

}  // namespace costate::optim
