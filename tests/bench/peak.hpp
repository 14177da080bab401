// tests/bench/peak.hpp — how many operations could this core do at best?
//   peak = (multiply-adds a second) x 2, by chains of x <- x a + b that never leave the registers
// units    GFLOP/s of Real on one core; a multiply-add counts as two operations.
// why      A workload's time beside its arithmetic divided by the peak says how much room is left; without the peak, a
//          figure from one machine says nothing on another.
#pragma once

namespace costate::bench {

double peak_gflops();  // takes about 50 ms

}  // namespace costate::bench
