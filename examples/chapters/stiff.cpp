// examples/chapters/stiff.cpp — the numbers of ode/stiff.md: damping, Newton's rate, the transposed step, order that is lost
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "costate.hpp"
#include "examples/support/stability.hpp"  // brings: stability

using namespace costate;

namespace {

void van_der_pol(double, std::span<const double> z, std::span<double> dz) {
    dz[0] = z[1];
    dz[1] = 1000 * (1 - z[0] * z[0]) * z[1] - z[0];
}

void bill(const ode::Method& method, double tolerance) {
    const auto s = ode::solve(van_der_pol, std::array{2.0, 0.0}, {0, 2000},
                              {.method = method, .rtol = tolerance, .atol = tolerance, .max_steps = 10'000'000});
    const ode::Statistics& took = s.statistics();
    std::printf("%-8s  %5.0e   %7ld   %7ld   %4ld   %4ld\n", method.name, tolerance, took.evaluations,
                took.accepted + took.rejected, took.jacobians, took.factorizations);
}

void damping() {
    std::puts("\nmethod              R(-1)    R(-10)    R(-1000)   a step taken");
    for (const ode::Method& m : {ode::rk4_classic, ode::implicit_euler, ode::trapezoid, ode::kvaerno5, ode::radau5}) {
        const auto law = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -10 * y[0]; };
        const double step = ode::solve(law, std::array{1.0}, {0, 1}, {.method = m, .steps = 1}).end()[0];
        std::printf("%-14s", m.name);
        for (const double x : {1.0, 10.0}) std::printf("  %8.4f", support::stability(m, -x).real());
        std::printf("  %10.3g  %13.4f\n", support::stability(m, -1000).real(), step);
    }
}

// Z = 1 + h f(Z) for f = −50 Z², h = 0.1, from Z = 1, with one J for all rounds
void newton() {
    const double h = 0.1, root = (std::sqrt(1 + 4 * 50 * h) - 1) / (2 * 50 * h), there = -100 * root;
    std::puts("\nJ              rounds   the last change by the one before   h (J* - J) / (1 - h J)");
    const struct {
        const char* name;
        double J;
    } all[] = {{"0", 0}, {"at Z = 1", -100}, {"at Z = 0.5", -50}, {"at the stage", there}};
    for (const auto& [name, J] : all) {
        double k = 0, Z = 1, change = 1, before = 1;
        int rounds = 0;
        while (std::fabs(change) > 1e-9 && std::fabs(Z) < 1e6) {
            const double delta = (-50 * Z * Z - k) / (1 - h * J);
            before = change, change = delta;
            k += delta, Z = 1 + h * k, ++rounds;
        }
        const double rate = h * (there - J) / (1 - h * J);
        if (std::fabs(Z) < 1e6)
            std::printf("%-12s   %6d   %33.2f   %22.2f\n", name, rounds, rate == 0 ? 0 : change / before, rate);
        else
            std::printf("%-12s   %6s   %33s   %22.2f\n", name, "none", "diverges", rate);
    }
}

// z' = −θ z³ by implicit Euler. The blame of z⁺ becomes that of z, and of θ: no round of Newton's is looked at.
struct Blame {
    double z, theta;
};
double forth(double theta, double z, double h) {
    double Z = z;
    for (int round = 0; round < 50; ++round) Z -= (Z - z + h * theta * Z * Z * Z) / (1 + 3 * h * theta * Z * Z);
    return Z;
}
// [back]
Blame back(double theta, double end, double h, Blame after) {
    const double J = -3 * theta * end * end;     // of the field, where the stage is
    const double w = h * after.z / (1 - h * J);  // (1 − hJ) w = h λ⁺
    return {after.z + J * w, after.theta - end * end * end * w};
}
// [/back]

void transposed() {
    const int steps = 8;
    const double h = 0.25;
    std::array<double, steps + 1> z{1};
    for (std::size_t n = 0; n < steps; ++n) z[n + 1] = forth(1, z[n], h);
    Blame by_hand{1, 0};
    for (std::size_t n = steps; n-- > 0;) by_hand = back(1, z[n + 1], h, by_hand);

    Tape tape;
    const Var theta = tape.variable(1.0), z0 = tape.variable(Tensor({1}, {1}));
    const auto field = [theta](Var, Var y) { return -theta * y * square(y); };
    const auto s = ode::solve(tape, field, z0, {0, h * steps}, {.method = ode::implicit_euler, .steps = steps});
    const std::array xs{z0, theta};
    const auto bars = grad(sum(s.end()), Vars(xs));
    std::puts("\n            z(2)           by z0          by theta");
    std::printf("by hand     %.10f   %.10f   %.10f\n", z[steps], by_hand.z, by_hand.theta);
    std::printf("on a tape   %.10f   %.10f   %.10f\n", s.end().item(), bars[0].item(), bars[1].item());
}

double error(const ode::Method& method, double lambda, int steps, const std::vector<double>& times = {0, 1}) {
    const auto law = [&](double t, std::span<const double> y, std::span<double> dy) {
        dy[0] = -lambda * (y[0] - std::sin(t)) + std::cos(t);
    };
    const auto s = ode::solve(law, std::array{0.0}, times, {.method = method, .steps = steps});
    double worst = 0;
    for (std::size_t i = 1; i < times.size(); ++i) worst = std::max(worst, std::fabs(s.z[i][0] - std::sin(times[i])));
    return worst;
}

void order_lost() {
    std::vector<double> everywhere(101);
    for (std::size_t i = 0; i < everywhere.size(); ++i) everywhere[i] = 0.01 * double(i);
    std::puts("\nmethod     order, lambda = 1    1e6   10 steps, 1e5: error   1e6   and between, 1e5   1e6");
    for (const ode::Method& m : {ode::implicit_euler, ode::kvaerno5, ode::kencarp5, ode::radau5}) {
        std::printf("%-14s", m.name);
        for (const double lambda : {1.0, 1e6})
            std::printf("%13.1f", std::log2(error(m, lambda, 10) / error(m, lambda, 20)));
        std::printf("%14.0e   %.0e", error(m, 1e5, 10), error(m, 1e6, 10));
        std::printf("%14.0e   %.0e\n", error(m, 1e5, 10, everywhere), error(m, 1e6, 10, everywhere));
    }
}

}  // namespace

int main() {
    std::puts("method    tolerance   f asked     steps      J     LU");
    bill(ode::tsit5, 1e-3);
    bill(ode::tsit5, 1e-6);
    bill(ode::dopri5, 1e-6);
    bill(ode::kvaerno5, 1e-3);
    bill(ode::kvaerno5, 1e-6);
    bill(ode::radau5, 1e-6);
    damping();
    newton();
    transposed();
    order_lost();
}
