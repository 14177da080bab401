// tests/support/long_numbers.hpp — solves of long doubles, in which an order stands out from the rounding
//   solve(f, long_numbers(y0), ...)     y0: an array; f: void(double t, std::span<const long double>, std::span<long double>)
// The steps of their vectors are compiled once, with optimisation (long_numbers.cpp): of arrays each test would have its own.
#pragma once
#include <vector>

#include "ode/stepper.hpp"

namespace costate::ode {
COSTATE_STEPS_OF_ANY(extern, long double)
}

namespace costate::test {

template <class Array>
std::vector<long double> long_numbers(const Array& y) {
    return {y.begin(), y.end()};
}

}  // namespace costate::test
