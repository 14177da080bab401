// examples/chapters/accuracy.cpp — the numbers of ode/accuracy.md: one curve through each start, and where its errors go
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "ode/plain.hpp"       // brings: solve without a tape
#include "ode/symplectic.hpp"  // brings: solve_separable, verlet

using namespace costate;

namespace {

// [picard]
// y' = y from y(0) = 1: a polynomial, by its coefficients, is put into the field and summed over time, again and again.
double after_rounds(int rounds, double t) {
    std::vector<double> w = {1};
    for (int k = 0; k < rounds; ++k) {
        w.insert(w.begin(), 1);  // ∫ of cⱼ sʲ is cⱼ tʲ⁺¹ / (j + 1), and 1 is the start
        for (std::size_t j = 1; j < w.size(); ++j) w[j] /= static_cast<double>(j);
    }
    double sum = 0;
    for (std::size_t j = w.size(); j-- > 0;) sum = w[j] + t * sum;
    return sum;
}
// [/picard]

void picard() {
    std::puts("rounds   w(1)           e - w(1)");
    for (const int rounds : {1, 4, 8, 12}) {
        const double w = after_rounds(rounds, 1);
        std::printf("%6d   %.10f   %.1e\n", rounds, w, std::exp(1) - w);
    }
}

template <class F>
double end_of(F f, double y0, double t) {
    return ode::solve(f, std::array{y0}, {0, t}, {.rtol = 1e-11, .atol = 1e-18, .max_steps = 100'000}).end()[0];
}

void apart() {
    const auto grow = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = y[0]; };
    const auto corner = [](double, std::span<const double> y, std::span<double> dy) {
        dy[0] = 3 * std::pow(y[0], 2.0 / 3);
    };
    std::printf("\ny' = y            two starts apart, after t = 2: %.6f times as far   e^2 = %.6f\n",
                (end_of(grow, 1 + 1e-3, 2) - end_of(grow, 1, 2)) / 1e-3, std::exp(2));
    std::printf("y' = 3 y^(2/3)    from 0: %.6f, from 1e-12: %.6f, at t = 1           (1 + 1e-4)^3 = %.6f\n",
                end_of(corner, 0, 1), end_of(corner, 1e-12, 1), std::pow(1 + 1e-4, 3));
}

// [fan]
// Euler's walk for y' = y to T = 1. Each step's own error is carried to T by the curve that the step landed on.
void fan(int steps) {
    const double h = 1.0 / steps;
    double y = 1, carried = 0, largest = 0;
    for (int n = 1; n <= steps; ++n) {
        const double own = y * (std::exp(h) - (1 + h));  // the exact curve from y, less the step
        carried += std::exp(1 - n * h) * own;
        largest = std::max(largest, own / h);
        y *= 1 + h;
    }
    std::printf("%5d   %.8f   %.8f   %.8f\n", steps, std::exp(1) - y, carried, (std::exp(1) - 1) * largest);
}
// [/fan]

// [three]
// Three fields with one curve, e^−t from 1. On it their arrows are the same, beside it they are not.
using Law = double (*)(double, double);
constexpr Law fades = [](double, double y) { return -y; };
constexpr Law stays = [](double t, double) { return -std::exp(-t); };
constexpr Law grows = [](double t, double y) { return y - 2 * std::exp(-t); };

double at_10(Law law, double tolerance) {
    const auto f = [&](double t, std::span<const double> y, std::span<double> dy) { dy[0] = law(t, y[0]); };
    return ode::solve(f, std::array{1.0}, {0, 10}, {.rtol = tolerance, .atol = tolerance}).end()[0];
}
// [/three]

void three() {
    std::puts("\ndy/dt           error / tolerance   as a second solve says");
    const struct {
        const char* name;
        Law law;
    } all[] = {{"-y", fades}, {"-e^-t", stays}, {"y - 2 e^-t", grows}};
    for (const auto& [name, law] : all) {
        const double y = at_10(law, 1e-6), finer = at_10(law, 1e-9);
        std::printf("%-15s %17.0e   %22.0e\n", name, std::abs(y - std::exp(-10)) / 1e-6, std::abs(y - finer) / 1e-6);
    }
}

// Kepler's orbit of eccentricity ½, in each period by 50 steps of rk4 or 200 of Verlet: how far its energy, −½, is off in the
// n-th one.
using In = std::span<const double>;
using Out = std::span<double>;

void speed(double, In p, Out dq) { dq[0] = p[0], dq[1] = p[1]; }
void gravity(double, In q, Out dp) {
    const double r = std::hypot(q[0], q[1]);
    dp[0] = -q[0] / (r * r * r), dp[1] = -q[1] / (r * r * r);
}
double energy_error(In q, In p) { return std::abs((p[0] * p[0] + p[1] * p[1]) / 2 - 1 / std::hypot(q[0], q[1]) + 0.5); }

void orbits() {
    const double period = 2 * std::acos(-1);
    const auto both = [](double t, In z, Out dz) {
        speed(t, z.last(2), dz.first(2));
        gravity(t, z.first(2), dz.last(2));
    };
    std::puts("\norbit       rk4   Verlet");
    for (const int orbit : {1, 100, 10'000}) {
        std::vector<double> times{0};  // and 50 in the last one
        for (int i = 0; i <= 50; ++i) times.push_back((orbit - 1 + i / 50.) * period);
        const std::array q{0.5, 0.}, p{0., std::sqrt(3)};
        const auto rk4 = ode::solve(both, std::array{q[0], q[1], p[0], p[1]}, times,
                                    {.method = ode::rk4_classic, .step = period / 50});
        const auto verlet =
            ode::solve_separable(speed, gravity, q, p, times, {.method = ode::verlet, .step = period / 200});
        double by_rk4 = 0, by_verlet = 0;
        for (std::size_t i = 1; i < times.size(); ++i) {
            const In z(rk4.z[i]);
            by_rk4 = std::max(by_rk4, energy_error(z.first(2), z.last(2)));
            by_verlet = std::max(by_verlet, energy_error(verlet.q[i], verlet.p[i]));
        }
        std::printf("%5d   %.1e  %.1e\n", orbit, by_rk4, by_verlet);
    }
}

}  // namespace

int main() {
    picard();
    apart();
    std::puts("\nsteps   error at 1   the fan      the bound (3)");
    for (const int steps : {10, 20, 40}) fan(steps);
    three();
    orbits();
}
