// examples/chapters/straight.cpp — the numbers of ode/straight.md: what turning costs, the least cost, flow matching
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

constexpr double pi = std::numbers::pi;
const double shrink = std::log(2);
const ode::SolveOptions fine{.method = ode::dopri5, .rtol = 1e-10, .atol = 1e-12};

double mean_of(const Tensor& numbers) {
    double sum = 0;
    for (const Real x : numbers.entries()) sum += static_cast<double>(x) / static_cast<double>(numbers.size());
    return sum;
}

// Points with the mean and the covariance of N(m, s²): means of quadratic functions over them are exact.
Tensor corners(double m1, double m2, double s1, double s2) {
    return Tensor({4, 2}, {m1 + s1, m2 + s2, m1 + s1, m2 - s2, m1 - s1, m2 + s2, m1 - s1, m2 - s2});
}

struct Linear : nn::Module {  // dz/dt = −ln 2 z and so many turns on the way, to begin with
    explicit Linear(double turns)
        : matrix(add("matrix", Tensor({2, 2}, {-shrink, 2 * pi * turns, -2 * pi * turns, -shrink}))) {}
    Var operator()(Var, Var z) const { return matmul(z, matrix); }
    Parameter matrix;
};

void bill() {  // dopri5, rtol 1e-6
    std::puts("turns   evaluations   kinetic energy   closed form   Jacobian term");
    for (const int turns : {0, 1, 4}) {
        const ode::Flow flow(Linear(turns), 2, {0, 1}, fine);
        const Tensor x = corners(0, 0, 2, 2);
        const auto there = flow.regularised(x);
        const auto quick = flow.with({.method = ode::dopri5, .rtol = 1e-6}).to_base(x);
        const double rate = shrink * shrink + 4 * pi * pi * turns * turns;
        std::printf("%5d   %11ld   %14.6f   %11.6f   %13.6f\n", turns, static_cast<long>(quick.statistics.evaluations),
                    mean_of(there.kinetic_energy), 3 * rate / shrink, mean_of(there.jacobian_norm));
    }
}

void one_path() {  // from (2, 0) to (1, 0), thrice
    std::puts("\nfrom (2, 0) to (1, 0)          kinetic energy   closed form");
    const auto line = [](const char* name, const auto& field, double closed) {
        const ode::Flow flow(field, 1, {0, 1}, fine);
        std::printf("%-30s %.8f       %.8f\n", name, flow.regularised(Tensor({1, 1}, {2})).kinetic_energy[0], closed);
    };
    line(
        "straight, at constant speed", [](Var t, Var z) { return -z / (2 - t); }, 1);
    line(
        "straight, slower and slower", [](Var, Var z) { return -shrink * z; }, 1.5 * shrink);
}

void gaussians() {  // N(m, s²) to N(0, 1) along straight lines x + t (Tx − x), T x = (x − m) / s
    const Tensor m({2}, {2, -1}), s({2}, {2, 0.5});
    const auto field = [&](Var t, Var z) {
        const Var mean = z.tape().constant(m), share = 1 / z.tape().constant(s);
        const Var x = (z + t * share * mean) / (1 - t + t * share);  // where the line through (t, z) began
        return (x - mean) * share - x;
    };
    const ode::Flow flow(field, 2, {0, 1}, fine);
    const auto there = flow.regularised(corners(2, -1, 2, 0.5));
    const double entropy = 1 + std::log(2 * pi) + std::log(2 * 0.5);
    std::printf("\nkinetic energy %.8f   W2^2 = |m|^2 + tr(S + 1 - 2 S^1/2) = %.8f\n", mean_of(there.kinetic_energy),
                5 + (1 + 0.25));
    std::printf("-mean ln p     %.8f   entropy of N(m, S)             = %.8f\n", -mean_of(there.log_density), entropy);
}

void matching() {  // from N(0, 4) to N(0, 1) on a line, by the mean velocity of all lines
    const auto velocity = [](double t) { return (5 * t - 4) / (5 * t * t - 8 * t + 4); };
    const ode::Flow flow([&](Var t, Var z) { return z * (5 * t - 4) / (5 * t * t - 8 * t + 4); }, 1, {0, 1}, fine);
    const auto there = flow.regularised(Tensor({2, 1}, {2, -2}));
    double loss = 0;  // mean over x = ±2, z = ±1 (exact, as the field is linear) and over t, by Simpson's rule
    const int steps = 1000;
    for (int i = 0; i <= steps; ++i) {
        const double t = static_cast<double>(i) / steps, weight = i % steps == 0 ? 1 : i % 2 ? 4 : 2;
        for (const double z : {-1, 1}) {
            const double error = velocity(t) * ((1 - t) * 2 + t * z) - (z - 2);
            loss += weight / (3 * steps) * error * error / 2;
        }
    }
    std::printf("\nkinetic energy of the mean velocity %.8f   5 - pi = %.8f\n", mean_of(there.kinetic_energy), 5 - pi);
    std::printf("what is left of its loss (4)        %.8f   pi     = %.8f\n", loss, pi);
    std::printf("it carries 2 to %.8f\n", std::abs(static_cast<double>(there.z[0])));
}

// [train]
void straighten(const Tensor& data) {
    const Linear field(1);  // one turn on the way
    const ode::Flow flow(field, 2, {0, 1}, {.method = ode::rk4_classic, .steps = 16});
    const auto loss = [&](Tape& tape) {
        const auto there = flow.regularised(tape.constant(data));
        return mean(0.01 * there.kinetic_energy + 0.01 * there.jacobian_norm - there.log_density);  // (3)
    };
    const auto show = [&](const char* when) {
        const auto there = flow.with({.method = ode::dopri5, .rtol = 1e-6}).regularised(data);
        std::printf("%-7s -mean ln p %.2f   kinetic energy %.1f   evaluations %ld\n", when, -mean_of(there.log_density),
                    mean_of(there.kinetic_energy), static_cast<long>(there.statistics.evaluations));
    };
    show("before");
    optim::LBFGS(flow).minimise(loss, {.iterations = 50});
    show("after");
}
// [/train]

}  // namespace

int main() {
    bill();
    one_path();
    gaussians();
    matching();
    std::puts("");
    straighten(corners(0, 0, 2, 2));
}
