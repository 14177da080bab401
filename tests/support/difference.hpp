// tests/support/difference.hpp — how far two tensors, or two states, are apart
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/tensor.hpp"  // brings: View

namespace costate::test {

inline double largest_difference(View a, View b) {  // max |a_i − b_i|; other shapes: the test fails
    REQUIRE(a.shape == b.shape);
    double largest = 0;
    for (Index i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

// max |x_i − z_i| / (1 + |z_i|); a number that is none is infinitely far
inline double scaled_difference(std::span<const double> x, std::span<const double> z) {
    REQUIRE(x.size() == z.size());
    double largest = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        const double apart = std::abs(x[i] - z[i]) / (1 + std::abs(z[i]));
        largest = apart <= HUGE_VAL ? std::max(largest, apart) : HUGE_VAL;
    }
    return largest;
}

}  // namespace costate::test
