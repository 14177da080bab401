// tests/support/precision.hpp — which precision the tests are compiled for
#pragma once
#include "core/real.hpp"  // brings: Real

namespace costate::test {

inline constexpr bool is_double = sizeof(Real) == 8;

constexpr double either(double in_double, double in_float) { return is_double ? in_double : in_float; }

}  // namespace costate::test
