// tests/bench/growth.hpp — does time grow with the work, and with nothing else?                          bench --growth
#pragma once

namespace costate::bench {

void print_growth();  // a line for each way to grow: sizes, times, the line through them

}  // namespace costate::bench
