// tests/single/plain_main.cpp — solves of numbers, to the last bit, by the part of the library that has no tape
#include <cmath>
#include <cstdio>

#include "costate_plain.hpp"

using namespace costate;

namespace {

void pendulum(double, std::span<const double> z, std::span<double> dz) {
    dz[0] = z[1];
    dz[1] = -std::sin(z[0]);
}
void print(const char* what, std::span<const double> z) { std::printf("%s %a %a\n", what, z[0], z[1]); }

}  // namespace

int main() {
    const std::vector<double> start{1.5, 0};
    for (const ode::Method& m : ode::all_methods)
        if (m.adaptive() && !m.is_additive()) print(m.name, ode::solve(pendulum, start, {0, 3}, {.method = m}).end());
    print("array",
          ode::solve([](double t, std::span<const double, 2> z, std::span<double, 2> dz) { pendulum(t, z, dz); },
                     std::array{1.5, 0.0}, {0, 3})
              .end());
    print("automatic", ode::solve_automatic(pendulum, start, {0, 3}).end());
    print("bdf", ode::solve_nordsieck(pendulum, start, {0, 3}).end());
    print("between", ode::solve_dense(pendulum, start, {0, 3})(1.25));
    try {
        ode::solve(pendulum, start, {0, 3}, {.rtol = -1});
    } catch (const Error& e) {
        std::printf("%s\n", e.what());
    }
}
