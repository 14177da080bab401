// tests/core/npy_files.hpp — files of NumPy's, and an array that stands in them
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor.hpp"  // brings: Tensor

namespace costate::test {

using Bytes = std::vector<std::uint8_t>;

inline const std::string data = "tests/data/";  // the suite runs in the project's folder

inline Tensor ramp() { return Tensor({2, 3}, {-0.5, -0.25, 0, 0.25, 0.5, 0.75}); }

}  // namespace costate::test
