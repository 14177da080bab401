// tests/steps/main.cpp — Lotka–Volterra on numbers, so far: how many steps were tried     tests/steps_check.sh
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "ode/plain.hpp"
#include "ode/stepper.hpp"

using namespace costate;

int main(int, char** arguments) {
    const auto field = [](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = 1.5 * z[0] - z[0] * z[1];
        dz[1] = z[0] * z[1] - 3 * z[1];
    };
    std::array<double, 2> z{1, 1};
    const ode::SolveOptions options{.method = ode::dopri5, .rtol = 1e-8, .atol = 1e-8, .max_steps = 1'000'000};
    std::vector<double> work(static_cast<std::size_t>(ode::work_size(options.method, 2)));
    const auto outcome = ode::solve_to(field, std::span(z), work, {0, std::atof(arguments[1])}, options);
    std::printf("%ld\n", outcome.statistics.accepted + outcome.statistics.rejected);
    return outcome.status == ode::Status::ok ? 0 : 1;
}
