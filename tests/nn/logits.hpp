// tests/nn/logits.hpp — two rows of logits of three classes, and their cross entropy by its definition
#pragma once
#include <cmath>

#include "core/tensor.hpp"

namespace costate::test {

inline const Tensor logits({2, 3}, {1, 2, 0.5, -1, 0, 3});

// −ln softmax of row b, class c
inline double surprise(Index b, Index c) {
    double total = 0;
    for (Index k = 0; k < 3; ++k) total += std::exp(static_cast<double>(logits[3 * b + k]));
    return std::log(total) - static_cast<double>(logits[3 * b + c]);
}

}  // namespace costate::test
