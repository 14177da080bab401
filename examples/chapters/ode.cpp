// examples/chapters/ode.cpp — the numbers of ode/README.md: Euler, accuracy for work, order, estimates, stiffness
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "ode/plain.hpp"    // brings: solve without a tape
#include "ode/stepper.hpp"  // brings: Stepper

using namespace costate;

namespace {

// [circle]
void circle(double, std::span<const double> z, std::span<double> dz) {  // x' = v,  v' = −x: a turn takes 2π
    dz[0] = z[1];
    dz[1] = -z[0];
}

auto one_turn(const ode::SolveOptions& options) {
    return ode::solve(circle, std::array{1.0, 0.0}, {0, 2 * std::numbers::pi}, options);
}
// [/circle]

double error_of(const std::array<double, 2>& end) { return std::hypot(end[0] - 1, end[1]); }  // how far from the start

void accuracy_for_work() {
    std::puts("tolerance   f asked   kept   rejected   error");
    for (const double tolerance : {1e-3, 1e-6, 1e-9}) {
        const auto turn = one_turn({.rtol = tolerance, .atol = tolerance});
        const ode::Statistics s = turn.statistics();
        std::printf("%9.0e %9ld %6ld %10ld   %.0e\n", tolerance, s.evaluations, s.accepted, s.rejected,
                    error_of(turn.end()));
    }
}

void by_hand() {
    std::printf("\nsteps end at");
    // [hand]
    ode::Stepper walk(circle, std::array{1.0, 0.0}, {0, 2 * std::numbers::pi}, {.rtol = 1e-3, .atol = 1e-3});
    while (walk.step()) std::printf(" %.3f", walk.t());
    // [/hand]
    std::puts("");
}

void order() {
    std::puts("\nsteps   rk4_classic: error, gain   tsit5: error, gain");
    double before[2] = {};
    for (const int steps : {20, 40, 80, 160}) {
        std::printf("%5d", steps);
        for (int m = 0; m < 2; ++m) {
            const ode::Method& method = m == 0 ? ode::rk4_classic : ode::tsit5;
            const double error = error_of(one_turn({.method = method, .steps = steps}).end());
            std::printf("%17.0e", error);
            before[m] > 0 ? std::printf("  %4.0f", before[m] / error) : std::printf("      ");
            before[m] = error;
        }
        std::puts("");
    }
}

// [stiff]
void stiff() {  // y' = −λ (y − cos t): whatever the start, y soon follows cos t
    double lambda = 50;
    const auto pulled = [&](double t, std::span<const double> y, std::span<double> dy) {
        dy[0] = -lambda * (y[0] - std::cos(t));
    };
    std::puts("\nrk4_classic, lambda = 50");
    for (const int steps : {15, 20}) {
        const auto y = ode::solve(pulled, std::array{0.0}, {0, 1}, {.method = ode::rk4_classic, .steps = steps});
        std::printf("%3d steps   y(1) = %8.2g\n", steps, y.end()[0]);
    }
    std::puts("\ntsit5, adaptive");
    for (const double stiffness : {50.0, 500.0, 5000.0}) {
        lambda = stiffness;
        const auto y = ode::solve(pulled, std::array{0.0}, {0, 1}, {.rtol = 1e-3, .atol = 1e-3});
        std::printf("lambda = %4.0f   y(1) = %.2f   %4ld steps\n", lambda, y.end()[0], y.statistics().accepted);
    }
}
// [/stiff]

// [pair]
// y' = y from y(0) = 1. One step of the pair of order 2 and 1 that shares its stages: Heun's z⁺ and Euler's ẑ.
struct Pair {
    double high, low;
};
Pair one_step(double h) {
    const auto grow = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = y[0]; };
    const auto by = [&](const ode::Method& method) {
        return ode::solve(grow, std::array{1.0}, {0, h}, {.method = method, .steps = 1}).end()[0];
    };
    return {by(ode::heun2), by(ode::euler)};
}
// [/pair]

void out_of_the_circle() {
    std::puts("Euler, steps   radius after a turn   (1 + h^2)^(n/2)");
    for (const int n : {20, 80, 320}) {
        const auto z = one_turn({.method = ode::euler, .steps = n}).end();
        std::printf("%12d   %19.7f   %15.7f\n", n, std::hypot(z[0], z[1]),
                    std::pow(1 + std::pow(2 * std::numbers::pi / n, 2), n / 2.0));
    }
    std::puts("");
}

void whose_error() {
    std::puts("\n   h   estimate e   error of z^ = e + error of z+   what the lower order drops");
    for (const double h : {0.1, 0.05}) {
        const Pair z = one_step(h);
        double dropped = 0, term = h;
        for (int j = 2; j < 12; ++j) dropped += term *= h / j;  // h²/2 + h³/6 + ...
        std::printf("%.2f   %.8f   %.8f = e + %.8f      %.8f\n", h, z.high - z.low, std::exp(h) - z.low,
                    std::exp(h) - z.high, dropped);
    }
}

void which_root() {
    const double h = 0.1, tolerance = 1e-6;
    const Pair z = one_step(h);
    std::puts("\nroot   next h       its estimate / tolerance");
    for (const int root : {1, 2, 3}) {
        const double next = h * std::pow((z.high - z.low) / tolerance, -1.0 / root);
        const Pair then = one_step(next);
        std::printf("%4d   %.8f   %.6f\n", root, next, (then.high - then.low) / tolerance);
    }
}

}  // namespace

int main() {
    out_of_the_circle();
    accuracy_for_work();
    by_hand();
    order();
    whose_error();
    which_root();
    stiff();
}
