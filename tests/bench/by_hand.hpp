// tests/bench/by_hand.hpp — how far is a solve's gradient from one that is written out for its field?      bench --kernels
#pragma once

namespace costate::bench {

void print_by_hand();  // a line for one row, and one for as many as W1 has

}  // namespace costate::bench
