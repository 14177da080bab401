// tests/ode/falling_ball.hpp — the plain fields and events that the tests of events share
#pragma once
#include <array>
#include <span>

#include "ode/events.hpp"

namespace costate::test {

using State = std::array<double, 2>;
using Input = std::span<const double>;
using Output = std::span<double>;

inline void ball(double, Input z, Output dz) {  // height, speed
    dz[0] = z[1];
    dz[1] = -9.8;
}
inline const ode::Event<double> bounce{.when = [](double, Input z) { return z[0]; },
                                       .direction = ode::falling,
                                       .reset = [](double, Output z) { z[1] *= -0.9; }};

inline void ticks(double, Input, Output dz) { dz[0] = dz[1] = 1; }  // z = t, from {0, 0}

}  // namespace costate::test
