// A curve's state at a time, by at
// expect: at(i) is where the i-th step ended; the state at a time is z(t)
#include "costate.hpp"

double mistake() {
    const auto decay = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -y[0]; };
    return costate::ode::solve_dense(decay, std::vector{1.0}, {0, 1}).at(0.5)[0];
}
