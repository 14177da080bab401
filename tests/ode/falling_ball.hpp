// tests/ode/falling_ball.hpp — the plain fields and events that the tests of events share
#pragma once
#include <array>
#include <span>

#include "ode/events.hpp"
#include "tests/support/plain_law.hpp"

namespace costate::test {

using State = std::array<double, 2>;

inline void ball(double, In z, Out dz) {  // height, speed
    dz[0] = z[1];
    dz[1] = -9.8;
}
inline const ode::Event<double> bounce{
    .when = [](double, In z) { return z[0]; }, .direction = ode::falling, .reset = [](double, Out z) { z[1] *= -0.9; }};

inline void ticks(double, In, Out dz) { dz[0] = dz[1] = 1; }  // z = t, from {0, 0}

}  // namespace costate::test
