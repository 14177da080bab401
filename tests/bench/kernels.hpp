// tests/bench/kernels.hpp — how fast are products, sums and elementary functions by themselves?        bench --kernels
// The price of BITS=same is these lines of two builds beside each other; so is that of a narrower register.
#pragma once

namespace costate::bench {

void print_kernels();  // a line for each kernel and size

}  // namespace costate::bench
