// tests/support/plain_law.hpp — a field of numbers, as tests write it: [](double t, In y, Out dy) { dy[0] = -y[0]; }
#pragma once
#include <functional>
#include <span>

namespace costate::test {

using In = std::span<const double>;
using Out = std::span<double>;
using Law = std::function<void(double, In, Out)>;  // of one type, where there are several

}  // namespace costate::test
