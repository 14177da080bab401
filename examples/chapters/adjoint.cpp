// examples/chapters/adjoint.cpp — the numbers of ode/adjoint.md: the adjoint by hand, drift, routes, a solve as operator
#include <array>
#include <cmath>
#include <cstdio>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients
#include "autodiff/operators.hpp"
#include "ode/plain.hpp"  // brings: solve without a tape
#include "ode/solve.hpp"  // brings: solve on a tape

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }
Var scalar(Tape& tape, double value) { return tape.variable(Tensor::scalar(value)); }

// z' = θ z (1 − z) from z0 = 0.1, seen at t = 0, 1, 2, 3;  L = Σ z(t_i)²
constexpr double theta = 1, start = 0.1;
constexpr std::array times{0.0, 1.0, 2.0, 3.0};

void growth(double, std::span<const double> z, std::span<double> dz) { dz[0] = theta * z[0] * (1 - z[0]); }

// [by_hand]
void backward(double, std::span<const double> s, std::span<double> ds) {  // s = (z, a, g), from t1 down to t0
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

// [library]
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
// [/library]

// [drift]
// x' = −θ x,  y' = x  from (1, 0), at θ = 1;  L = y(T)
double solved_back(double T) {  // x(0), from (x, y)(T): should be 1
    const auto field = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = -z[0], dz[1] = z[0]; };
    const auto end = ode::solve(field, std::array{1.0, 0.0}, {0, T}).end();
    return ode::solve(field, end, {T, 0}).end()[0];
}

double gradient(double T, ode::Route route) {  // dL/dθ = −(1 − (1 + T) e^−T)
    Tape tape;
    const Var rate = scalar(tape, 1);
    const Tensor decay({2, 2}, {-1, 0, 0, 0}), feed({2, 2}, {0, 1, 0, 0});  // rows: from x, from y
    const auto field = [&](Var, Var z) { return rate * matmul(z, decay) + matmul(z, feed); };
    const Var end = ode::solve(tape, field, Tensor({1, 2}, {1, 0}), {0, T}, {.gradient = route}).end();
    return number(grad(sum(slice(end, 1, 1, 1)), rate));
}

void drift() {
    std::puts("\n T   x(0) solved back   dL/dtheta: discrete   backsolve");
    for (const double T : {10, 20, 25, 30})
        std::printf("%2.0f %16.3g %21.2f %11.3g\n", T, solved_back(T), gradient(T, ode::discrete),
                    gradient(T, ode::backsolve));
}
// [/drift]

// [routes]
void routes() {  // against central differences of the number that the same program computed
    std::puts("\nRK4 steps   discrete   backsolve");
    for (const int steps : {4, 8, 16}) {
        std::printf("%9d", steps);
        for (const ode::Route route : {ode::discrete, ode::backsolve}) {
            const auto path = [&](Var z0) {
                const auto field = [](Var, Var z) { return 2 * z * (1 - z); };
                return ode::solve(field, z0, {0, 3}, {.method = ode::rk4_classic, .gradient = route, .steps = steps}).z;
            };
            const GradientReport report = check_gradients(path, Tensor::vector(std::array{start}));
            report.ok() ? std::printf("      right") : std::printf("   off by %.0e", report.largest_error);
        }
        std::puts("");
    }
}
// [/routes]

// [operator]
void a_solve_is_an_operator() {  // S: θ -> z(1), z(2), z(3) of z' = θ z (1 − z)
    for (const ode::Route route : {ode::discrete, ode::backsolve}) {
        Tape tape;
        const Var rate = scalar(tape, theta), u = tape.constant(2.0), w = tape.constant(Tensor({4, 1}, {0, 3, 1, 2}));
        const auto field = [rate](Var, Var z) { return rate * z * (1 - z); };
        const Var z = ode::solve(tape, field, Tensor({1}, {start}), times, {.rtol = 1e-9, .gradient = route}).z;
        const Var Ju = jvp(z, rate, u), Jw = vjp(z, rate, w);  // a solve forwards, and one backwards
        const Var second = grad(grad(sum(z), rate), rate);     // no augmented system was nested
        std::printf("<w, J u> = %.5f   <Jt w, u> = %.5f   d2 = %.5f\n", number(sum(w * Ju)), number(Jw * u),
                    number(second));
    }
    double second = 0;  // z = 1 / (1 + 9 e^−θt):  d²z/dθ² = t² z (1 − z) (1 − 2z)
    for (const double t : times) {
        const double z = 1 / (1 + 9 * std::exp(-t));
        second += t * t * z * (1 - z) * (1 - 2 * z);
    }
    std::printf("%46s d2 = %.5f\n", "closed form:", second);
}
// [/operator]

}  // namespace

int main() {
    by_hand();
    library();
    drift();
    routes();
    std::puts("");
    a_solve_is_an_operator();
}
