// tests/bench/peak.hpp — how many operations could this core do at best?
//   peak = (multiply-adds a second) x 2, by chains of x <- x a + b that never leave the registers
// units    GFLOP/s of Real on one core; a multiply-add counts as two operations.
// and what a tanh takes, by the library's own loop over 2,048 numbers in the nearest cache
// units    GFLOP/s of Real on one core; a multiply-add counts as two operations. Nanoseconds for one tanh.
// why      A workload's time beside its arithmetic divided by the peak says how much room is left; without the peak, a
//          figure from one machine says nothing on another.
#pragma once

namespace costate::bench {

struct Peak {
    double gflops = 0, ns_of_tanh = 0;
};
Peak measured_peak();  // takes a third of a second

}  // namespace costate::bench
