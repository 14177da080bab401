// tests/support/same_bits.hpp — have two tensors one shape, and every number the same bits?
#pragma once
#include <cstring>

#include "core/tensor.hpp"  // brings: Tensor

namespace costate::test {

inline bool same_bits(const Tensor& a, const Tensor& b) {  // −0 is not 0, and a nan is itself
    const std::size_t bytes = static_cast<std::size_t>(a.size()) * sizeof(Real);
    return a.shape() == b.shape() && (bytes == 0 || std::memcmp(a.data(), b.data(), bytes) == 0);
}

}  // namespace costate::test
