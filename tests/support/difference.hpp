// tests/support/difference.hpp — how far two tensors are apart
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.hpp"  // brings: View

namespace costate::test {

inline double largest_difference(View a, View b) {  // max |a_i − b_i|; other shapes: the test fails
    REQUIRE(a.shape == b.shape);
    double largest = 0;
    for (Index i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

}  // namespace costate::test
