// tests/single/pendulum.cpp — what the training in main.cpp learns: a pendulum, solved without a tape
#include "costate.hpp"

using namespace costate;

Tensor pendulum(std::span<const double> times) {  // [times, 2]: angle and angular velocity
    const auto law = [](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = z[1];
        dz[1] = -std::sin(z[0]);
    };
    const auto seen = ode::solve(law, std::array{1.5, 0.0}, times);
    Tensor z({static_cast<Index>(times.size()), 2});
    for (Index i = 0; i < z.size(); ++i)
        z[i] = static_cast<Real>(seen.z[static_cast<std::size_t>(i / 2)][static_cast<std::size_t>(i % 2)]);
    return z;
}
