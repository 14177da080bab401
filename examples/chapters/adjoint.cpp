// examples/chapters/adjoint.cpp — the numbers of ode/adjoint.md: the adjoint by hand, thrice derived, and five wrong ones
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"  // brings: solve without a tape
#include "ode/solve.hpp"  // brings: solve on a tape

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }
Var scalar(Tape& tape, double value) { return tape.variable(Tensor::scalar(value)); }

// z' = θ z (1 − z) from z0 = 0.1, seen at t = 0, 1, 2, 3;  L = Σ z(t_i)²;  z(t) = 1 / (1 + 9 e^−θt)
constexpr double theta = 1, start = 0.1;
constexpr std::array times{0.0, 1.0, 2.0, 3.0};
const ode::SolveOptions fine{.rtol = 1e-12, .atol = 1e-13};

void growth(double, std::span<const double> z, std::span<double> dz) { dz[0] = theta * z[0] * (1 - z[0]); }
double exact(double t) { return 1 / (1 + 9 * std::exp(-theta * t)); }
double by_z(double z) { return theta * (1 - 2 * z); }  // ∂f/∂z
double by_theta(double z) { return z * (1 - z); }      // ∂f/∂θ

// [by_hand]
void backward(double, std::span<const double> s, std::span<double> ds) {  // s = (z, a, g), backwards in time
    const double z = s[0], a = s[1];
    ds[0] = theta * z * (1 - z);       // dz/dt =  f(z, θ)        (1)
    ds[1] = -a * theta * (1 - 2 * z);  // da/dt = −a ∂f/∂z        (3)
    ds[2] = -a * z * (1 - z);          // dg/dt = −a ∂f/∂θ        (5)
}

void by_hand() {
    const auto z = ode::solve(growth, std::array{start}, times, {.rtol = 1e-9}).z;
    std::array s{0.0, 0.0, 0.0};  // after the last observation nothing depends on z: a = 0, g = 0
    for (std::size_t i = 3;; --i) {
        s[0] = z[i][0];
        s[1] += 2 * z[i][0];  // the jump (4)
        if (i == 0) break;
        s = ode::solve(backward, s, {times[i], times[i - 1]}, {.rtol = 1e-9}).end();
    }
    std::printf("by hand     dL/dz0 = %.4f   dL/dtheta = %.4f\n", s[1], s[2]);
}
// [/by_hand]

void library() {
    for (const ode::Route& route : {ode::direct, ode::discrete, ode::backsolve}) {
        Tape tape;
        const Var z0 = scalar(tape, start), rate = scalar(tape, theta);
        const auto field = [rate](Var, Var z) { return rate * z * (1 - z); };
        const Var z = ode::solve(field, z0, times, {.gradient = route}).z;
        const Vars g = grad(sum(square(z)), {z0, rate});
        std::printf("%-11s dL/dz0 = %.4f   dL/dtheta = %.4f\n", route.name, number(g[0]), number(g[1]));
    }
}

// How a backward walk may be done, rightly as it stands: the signs of (3) and (5), which observations make a jump.
struct Walk {
    double sign_a = -1, sign_g = -1;
    std::size_t first_jump = 0, last_jump = 3;

    std::array<double, 3> operator()() const {  // (z, a, g) at t0, behind the jump there
        const auto field = [this](double, std::span<const double> s, std::span<double> ds) {
            ds[0] = theta * s[0] * (1 - s[0]);
            ds[1] = sign_a * s[1] * by_z(s[0]);
            ds[2] = sign_g * s[1] * by_theta(s[0]);
        };
        std::array<double, 3> s{};
        for (std::size_t i = 3;; --i) {
            s[0] = exact(times[i]);
            if (first_jump <= i && i <= last_jump) s[1] += 2 * s[0];
            if (i == 0) return s;
            s = ode::solve(field, s, {times[i], times[i - 1]}, fine).end();
        }
    }
};

void by_the_product_rule() {  // both sides of δL = ⟨a(t0), δz0⟩ + g(t0) δθ, in closed form and by the walk
    double dz0 = 0, dtheta = 0;
    for (const double t : times) {
        const double z = exact(t);
        dz0 += 2 * z * by_theta(z) / by_theta(start);  // ∂z(t)/∂z0 = z (1 − z) / (z0 (1 − z0))
        dtheta += 2 * z * t * by_theta(z);             // ∂z(t)/∂θ = t z (1 − z)
    }
    const auto [z, a, g] = Walk{}();
    std::printf("\n               dL/dz0       dL/dtheta\n");
    std::printf("the walk       %.8f   %.8f\nclosed form    %.8f   %.8f\n", a, g, dz0, dtheta);
}

// [step]
std::array<double, 2> by_steps(int steps) {  // a and g at t0, each step of Euler walked backwards as a graph
    const double h = 1.0 / steps;            // so many from one observation to the next
    std::vector z{start};
    for (int n = 0; n < 3 * steps; ++n) z.push_back(z.back() + h * theta * z.back() * (1 - z.back()));
    double a = 2 * z.back(), g = 0;
    for (int n = 3 * steps - 1; n >= 0; --n) {
        const double at = z[static_cast<std::size_t>(n)];
        g += h * a * by_theta(at);  // one edge leaves θ
        a += h * a * by_z(at);      // two leave z: one straight on, one by f
        if (n % steps == 0) a += 2 * at;
    }
    return {a, g};
}
// [/step]

void by_smaller_steps() {  // and what they tend to: Romberg's extrapolation, as the error is c₁h + c₂h² + ...
    constexpr std::size_t rows = 7;
    double table[rows][rows], right = 0;
    std::puts("\nsteps of Euler   dL/dz0");
    for (std::size_t i = 0; i < rows; ++i) {
        const int steps = 16 << i;
        table[i][0] = by_steps(steps)[0];
        for (std::size_t j = 1; j <= i; ++j)
            table[i][j] = table[i][j - 1] + (table[i][j - 1] - table[i - 1][j - 1]) / ((1 << j) - 1);
        right = table[i][i];
        if (i % 3 == 0) std::printf("%14d   %.4f\n", 3 * steps, table[i][0]);
    }
    std::printf("        h -> 0   %.8f\n", right);
}

// z' = (1 + sin(t)/2) z (1 − z): its clock counts. s = (z, a, a_t), with the adjustment of a_t at every observation.
void by_the_augmented_state() {
    const auto rate = [](double t) { return 1 + std::sin(t) / 2; };
    const auto field = [&](double t, std::span<const double> s, std::span<double> ds) {
        const double z = s[0], a = s[1];
        ds[0] = rate(t) * z * (1 - z);
        ds[1] = -a * rate(t) * (1 - 2 * z);
        ds[2] = -a * std::cos(t) / 2 * z * (1 - z);  // −a ∂f/∂t
    };
    const auto season = [&](double t) { return 1 / (1 + 9 * std::exp(-(t + (1 - std::cos(t)) / 2))); };
    std::array<double, 3> s{};
    double closed = 0;
    for (std::size_t i = 3; i > 0; --i) {
        const double z = season(times[i]), f = rate(times[i]) * z * (1 - z);
        s[0] = z, s[1] += 2 * z, s[2] -= 2 * z * f;
        s = ode::solve(field, s, {times[i], times[i - 1]}, fine).end();
        closed -= 2 * z * z * (1 - z) * rate(0);  // by t0, z(t_i) moves as by −(the rate at t0) of its exponent
    }
    std::printf("\ndL/dt0 with seasons: a_t at t0 %.8f   -<a, f> %.8f   closed form %.8f\n", s[2],
                -s[1] * rate(0) * start * (1 - start), closed);
}

void a_times_f() {  // L = z(3)²
    std::printf("\n<a, f> for L = z(3)^2\n");
    std::array<double, 3> s{exact(3), 2 * exact(3), 0};
    for (const double t : {3.0, 2.0, 1.0, 0.0}) {
        std::printf("  at t = %.0f    %.10f\n", t, s[1] * theta * s[0] * (1 - s[0]));
        if (t > 0) s = ode::solve(backward, s, {t, t - 1}, fine).end();
    }
    const double z = exact(3);
    std::printf("  2z^2(1-z)   %.10f\n", 2 * z * z * (1 - z));
}

void wrong() {
    const double f0 = theta * start * (1 - start);
    const auto line = [](const char* what, double wrong_dz0, double wrong_dtheta, double dz0, double dtheta) {
        std::printf("%-34s %7.4f %8.4f     %7.4f %8.4f\n", what, wrong_dz0, wrong_dtheta, dz0, dtheta);
    };
    const auto right = Walk{}(), no_minus = Walk{.sign_a = 1}(), neither = Walk{.sign_a = 1, .sign_g = 1}();
    const auto end_only = Walk{.first_jump = 3}();
    std::puts("\n                                    it says             it is");
    line("(3) without its minus", no_minus[1], no_minus[2], right[1], right[2]);
    line("(3) and (5) without", neither[1], neither[2], right[1], right[2]);
    line("the last jump alone", end_only[1], end_only[2], right[1], right[2]);
    std::printf("%-34s %7.4f              %7.4f\n", "L = z(3)^2, a(t0) without a(T)", end_only[1] - 2 * exact(3),
                end_only[1]);
    std::printf("%-34s %7.4f              %7.4f\n", "dL/dt0 with t0's own jump", -right[1] * f0,
                -(right[1] - 2 * start) * f0);
}

}  // namespace

int main() {
    by_hand();
    library();
    by_the_product_rule();
    by_smaller_steps();
    by_the_augmented_state();
    a_times_f();
    wrong();
}
