// Integers for a plain state.
// expect: an array or a vector of float or double
#include <array>

#include "costate.hpp"

void mistake() {
    const auto decay = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -y[0]; };
    costate::ode::solve(decay, std::array{1}, {0, 1});
}
