// expect: Var(Var t, Var z) in one whose z0 is a Tensor, a Parameter or a Var
#include "costate.hpp"

using namespace costate;

int main() {
    const auto fall = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -9.8; };
    const auto s = ode::solve_events(fall, std::array{10.0, 0.0}, {0, 5}, {{.when = [](Var, Var z) { return z[0]; }}});
    return static_cast<int>(s.events.size());
}
