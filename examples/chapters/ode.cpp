// examples/chapters/ode.cpp — the numbers of ode/README.md: accuracy for work, order, stiffness, a field recorded once
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"  // brings: solve without a tape
#include "ode/solve.hpp"  // brings: solve on a tape

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

double error_of(const std::array<double, 2>& end) { return std::hypot(end[0] - 1, end[1]); }  // how far from the start
// [/circle]

void accuracy_for_work() {
    std::puts("tolerance   f asked   kept   rejected   error");
    for (const double tolerance : {1e-3, 1e-6, 1e-9}) {
        const auto turn = one_turn({.rtol = tolerance, .atol = tolerance});
        const ode::Statistics s = turn.statistics();
        std::printf("%9.0e %9ld %6ld %10ld   %.0e\n", tolerance, s.evaluations, s.accepted, s.rejected,
                    error_of(turn.end()));
    }
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

// [recorded]
void recorded_once() {
    int calls = 0;
    const auto field = [&](Var t, Var z) { return ++calls, sin(t) - z; };
    const auto reads = [&](Var t, Var z) { return ++calls, t.item() < 1 ? -z : 1 - z; };
    const auto report = [&](const char* what, const ode::Statistics& s) {
        std::printf("%-16s called %3d times for %3ld evaluations\n", what, calls, s.evaluations);
        calls = 0;
    };
    Tape tape;
    report("first pass", ode::solve(tape, field, Tensor({3}, 1), {0, 2}).statistics());
    tape.rewind();
    report("second pass", ode::solve(tape, field, Tensor({3}, 2), {0, 2}).statistics());
    report("with an if", ode::solve(tape, reads, Tensor({3}, 1), {0, 2}, {.gradient = ode::direct}).statistics());
}
// [/recorded]

}  // namespace

int main() {
    accuracy_for_work();
    order();
    stiff();
    std::puts("");
    recorded_once();
}
