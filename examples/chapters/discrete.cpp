// examples/chapters/discrete.cpp — the numbers of ode/discrete.md: steps transposed, a solve as operator
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/derivatives/check.hpp"  // brings: check_gradients
#include "autodiff/operators.hpp"
#include "ode/plain.hpp"  // brings: solve without a tape
#include "ode/solve.hpp"  // brings: solve on a tape

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// z' = θ z (1 − z) from z0 over [0, 3], by few equal steps;  L = z(3)²
constexpr double start = 0.1;
struct Growth {
    double theta = 1;
    double f(double z) const { return theta * z * (1 - z); }
    double by_z(double z) const { return theta * (1 - 2 * z); }
    double by_theta(double z) const { return z * (1 - z); }
};

struct Blame {
    double z, theta;
};

double euler(const Growth& law, double z, double h) { return z + h * law.f(z); }

Blame euler_back(const Growth& law, double z, double h, Blame after) {
    return {after.z + h * law.by_z(z) * after.z, after.theta + h * law.by_theta(z) * after.z};
}

double rk4(const Growth& law, double z, double h) {
    const double k1 = law.f(z), k2 = law.f(z + h / 2 * k1), k3 = law.f(z + h / 2 * k2), k4 = law.f(z + h * k3);
    return z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}

// [rk4]
Blame rk4_back(const Growth& law, double z, double h, Blame after) {
    const double y1 = z, y2 = z + h / 2 * law.f(y1), y3 = z + h / 2 * law.f(y2), y4 = z + h * law.f(y3);
    const double l = after.z;              // λ⁺: the blame of z⁺ = z + h (k1 + 2 k2 + 2 k3 + k4) / 6
    const double w4 = h / 6 * l;           // w: the blame of k4
    const double m4 = w4 * law.by_z(y4);   // μ: the blame of y4, where k4 was looked up
    const double w3 = h / 3 * l + h * m4;  // k3 is read by z⁺ and by y4 = z + h k3
    const double m3 = w3 * law.by_z(y3);
    const double w2 = h / 3 * l + h / 2 * m3, m2 = w2 * law.by_z(y2);
    const double w1 = h / 6 * l + h / 2 * m2, m1 = w1 * law.by_z(y1);
    return {l + m1 + m2 + m3 + m4, after.theta + w1 * law.by_theta(y1) + w2 * law.by_theta(y2) + w3 * law.by_theta(y3) +
                                       w4 * law.by_theta(y4)};
}
// [/rk4]

using Step = double (*)(const Growth&, double, double);
using Back = Blame (*)(const Growth&, double, double, Blame);

std::vector<double> walk(Step step, const Growth& law, double z0, int steps) {
    std::vector<double> z{z0};
    for (int n = 0; n < steps; ++n) z.push_back(step(law, z.back(), 3.0 / steps));
    return z;
}

void transposed(const char* name, Step step, Back back, const ode::Method& method, int steps) {
    const std::vector<double> z = walk(step, {}, start, steps);
    Blame blame{2 * z.back(), 0};
    for (std::size_t n = z.size() - 1; n-- > 0;) blame = back({}, z[n], 3.0 / steps, blame);

    Tape tape;
    const Var z0 = tape.variable(Tensor::scalar(start)), theta = tape.variable(1.0);
    const auto field = [theta](Var, Var y) { return theta * y * (1 - y); };
    const Var end = ode::solve(field, z0, {0, 3}, {.method = method, .gradient = ode::discrete, .steps = steps}).end();
    const Vars route = grad(square(end), {z0, theta});

    const auto loss = [&](double from, double rate) { return std::pow(walk(step, {rate}, from, steps).back(), 2); };
    const auto slope = [](const auto& f) {  // of order 4
        const double e = 1e-4;
        return (8 * (f(e) - f(-e)) - (f(2 * e) - f(-2 * e))) / (12 * e);
    };
    std::printf("%-8s by hand       %.8f   %.8f\n", name, blame.z, blame.theta);
    std::printf("%-8s discrete      %.8f   %.8f\n", "", number(route[0]), number(route[1]));
    std::printf("%-8s differences   %.8f   %.8f\n", "", slope([&](double e) { return loss(start + e, 1); }),
                slope([&](double e) { return loss(start, 1 + e); }));
}

double rk4_nudged(const Growth& law, double z, double h, double dz) {  // what a step makes of δz
    const double k1 = law.f(z), k2 = law.f(z + h / 2 * k1), k3 = law.f(z + h / 2 * k2);
    const double d1 = law.by_z(z) * dz, d2 = law.by_z(z + h / 2 * k1) * (dz + h / 2 * d1);
    const double d3 = law.by_z(z + h / 2 * k2) * (dz + h / 2 * d2), d4 = law.by_z(z + h * k3) * (dz + h * d3);
    return dz + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4);
}

void conserved() {  // δz forwards with the steps, λ backwards
    const int steps = 4;
    const double h = 3.0 / steps;
    const std::vector<double> z = walk(rk4, {}, start, steps);
    std::vector<double> dz{1}, lambda{2 * z.back()};
    for (std::size_t n = 0; n < z.size() - 1; ++n) dz.push_back(rk4_nudged({}, z[n], h, dz.back()));
    for (std::size_t n = z.size() - 1; n-- > 0;)
        lambda.insert(lambda.begin(), rk4_back({}, z[n], h, {lambda.front(), 0}).z);
    std::puts("\n   t      delta z     lambda   <lambda, delta z>");
    for (std::size_t n = 0; n < z.size(); ++n)
        std::printf("%.2f   %10.6f %10.6f   %.8f\n", h * static_cast<double>(n), dz[n], lambda[n], lambda[n] * dz[n]);
}

void routes() {  // against central differences of the number that the same program computed
    std::puts("\nRK4 steps   discrete   backsolve");
    for (const int steps : {4, 8, 16}) {
        std::printf("%9d", steps);
        for (const ode::Route& route : {ode::discrete, ode::backsolve}) {
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

void a_solve_is_an_operator() {  // S: θ -> z(0), z(1), z(2), z(3) of z' = θ z (1 − z)
    constexpr std::array times{0.0, 1.0, 2.0, 3.0};
    for (const ode::Route& route : {ode::discrete, ode::backsolve}) {
        Tape tape;
        const Var rate = tape.variable(1.0), u = tape.constant(2.0), w = tape.constant(Tensor({4, 1}, {0, 3, 1, 2}));
        const auto field = [rate](Var, Var z) { return rate * z * (1 - z); };
        const Var z = ode::solve(tape, field, Tensor({1}, {start}), times, {.rtol = 1e-10, .gradient = route}).z;
        // [twice]
        const Var Ju = jvp(z, rate, u), Jw = vjp(z, rate, w);  // a solve forwards, and one backwards
        const Var second = grad(grad(sum(z), rate), rate);     // no augmented system was nested
        // [/twice]
        std::printf("<w, J u> = %.6f   <Jt w, u> = %.6f   d2 = %.6f\n", number(sum(w * Ju)), number(Jw * u),
                    number(second));
    }
    double first = 0, second = 0;  // z = 1 / (1 + 9 e^−θt):  dz/dθ = t z (1 − z),  d²z/dθ² = t² z (1 − z) (1 − 2z)
    for (const double t : times) {
        const double z = 1 / (1 + 9 * std::exp(-t)), w = t == 1 ? 3 : t == 2 ? 1 : t == 3 ? 2 : 0;
        first += 2 * w * t * z * (1 - z);
        second += t * t * z * (1 - z) * (1 - 2 * z);
    }
    std::printf("closed form %.6f %34s %.6f\n", first, "d2 =", second);
}

}  // namespace

int main() {
    std::puts("                       dL/dz0       dL/dtheta");
    transposed("Euler", euler, euler_back, ode::euler, 4);
    transposed("RK4", rk4, rk4_back, ode::rk4_classic, 4);
    conserved();
    routes();
    std::puts("");
    a_solve_is_an_operator();
}
