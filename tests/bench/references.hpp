// tests/bench/references.hpp — are the numbers of a row those of the specification?
//   A fast wrong gradient is worth nothing: --check holds the first loss, its gradient and the loss of iteration `check`
//   against values that other programs computed to 1e-12 (the table at the end of the peers' workloads.md).
// why      The table is repeated here so that the check needs no file but this one.
#pragma once
#include <string>
#include <string_view>

namespace costate::bench {

// What is wrong with a row (a line of JSON) of this workload, or nothing.
std::string deviation(std::string_view workload, const std::string& row);

}  // namespace costate::bench
