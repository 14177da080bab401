// examples/chapters/flows.cpp — the numbers of ode/flows.md: densities that a field carries, and what a trace costs
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// dz/dt = −a tanh z from data at t = 0 to N(0, 1) at t = 1; sinh z(1) = e^−a sinh x
constexpr double a = 1.5;
const ode::SolveOptions fine{.method = ode::dopri5, .rtol = 1e-10, .atol = 1e-12};
Var squeeze(Var, Var z) { return -a * tanh(z); }

double normal(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }
double to_base(double x) { return std::asinh(std::exp(-a) * std::sinh(x)); }
double slope(double x) { return std::exp(-a) * std::cosh(x) / std::cosh(to_base(x)); }  // dz(1)/dx

void areas() {
    double without = 0, with = 0;
    const double width = 1e-3;
    for (double x = -12; x <= 12; x += width) {
        without += normal(to_base(x)) * width;
        with += normal(to_base(x)) * slope(x) * width;
    }
    std::printf("the integral of the density   without the trace %.4f   with it %.4f\n\n", without, with);
}

constexpr std::array<std::array<double, 3>, 3> A{{{0.5, 2, 0}, {-1, 0.25, 1}, {3, 0, -1}}};

double determinant(double h) {  // of 1 + h A
    double m[3][3];
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) m[i][j] = (i == j) + h * A[i][j];
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

void determinants() {
    const double trace = A[0][0] + A[1][1] + A[2][2];
    double square = 0;  // tr A²
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) square += A[i][j] * A[j][i];
    std::printf("tr A = %.8f\n     h   (det(1 + hA) - 1)/h\n", trace);
    for (const double h : {1e-1, 1e-2, 1e-3}) std::printf("%6g   %.8f\n", h, (determinant(h) - 1) / h);
    const auto central = [](double h) { return (determinant(h) - determinant(-h)) / (2 * h); };
    std::printf("h -> 0   %.8f\n", (4 * central(0.01) - central(0.02)) / 3);
    std::printf("(det - 1 - h tr A)/h^2 at 1e-4 %.4f   (tr(A)^2 - tr A^2)/2 = %.4f\n\n",
                (determinant(1e-4) - 1 - 1e-4 * trace) / 1e-8, (trace * trace - square) / 2);
}

// [both_ways]
void both_ways() {
    const ode::Flow flow(squeeze, 1, {0, 1}, fine);
    const double x = 1.2, z = to_base(x);
    const auto there = flow.to_base(Tensor({1, 1}, {x}));
    const auto back = flow.to_data(Tensor({1, 1}, {z}));
    std::printf("ln p(x)   from x %.8f   from z %.8f   closed form %.8f\n", there.log_density[0], back.log_density[0],
                std::log(normal(z) * slope(x)));
}
// [/both_ways]

// Means over noise without chance: every point of a rule, with its weight, that is exact for what is averaged here. For
// ±1 all eight vectors; for a normal number 0 and ±√3, weights 2/3 and 1/6, which is exact to the fifth power.
struct Rule {
    const char* name;
    std::vector<double> points, weights;
};
const Rule signs{"+-1", {-1, 1}, {0.5, 0.5}};
const Rule gauss{"normal", {-std::sqrt(3.0), 0, std::sqrt(3.0)}, {1.0 / 6, 2.0 / 3, 1.0 / 6}};

struct Means {
    double estimate = 0, square = 0, rows = 0;  // of εᵀAε, of its square, of |εᵀA|²
};
Means means(const Rule& rule) {
    Means mean;
    const std::size_t n = rule.points.size();
    for (std::size_t k = 0; k < n * n * n; ++k) {
        const std::size_t digits[3] = {k % n, k / n % n, k / n / n};
        double weight = 1, estimate = 0, length = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            double row = 0;  // (εᵀA)_j
            for (std::size_t i = 0; i < 3; ++i) row += rule.points[digits[i]] * A[i][j];
            weight *= rule.weights[digits[j]];
            estimate += row * rule.points[digits[j]];
            length += row * row;
        }
        mean.estimate += weight * estimate, mean.square += weight * estimate * estimate, mean.rows += weight * length;
    }
    return mean;
}

void estimates() {
    double symmetric = 0, diagonal = 0, frobenius = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        diagonal += A[i][i] * A[i][i];
        for (std::size_t j = 0; j < 3; ++j) {
            symmetric += std::pow((A[i][j] + A[j][i]) / 2, 2);
            frobenius += A[i][j] * A[i][j];
        }
    }
    std::puts("\nnoise    mean of eAe   variance      by (5)        mean of |eA|^2");
    for (const bool plus_minus : {false, true}) {
        const Rule& rule = plus_minus ? signs : gauss;
        const Means mean = means(rule);
        std::printf("%-8s %.8f   %.8f   %.8f   %.8f\n", rule.name, mean.estimate,
                    mean.square - mean.estimate * mean.estimate, 2 * (symmetric - (plus_minus ? diagonal : 0)),
                    mean.rows);
    }
    std::printf("exact    %.8f                               %.8f\n", A[0][0] + A[1][1] + A[2][2], frobenius);
}

const Tensor turn({3, 3}, {1, 2, 0, -1, 0, 1, 1, 0, 2});

// [probe]
void one_noise_a_solve() {
    const ode::Flow flow([](Var, Var z) { return tanh(matmul(z, z.tape().constant(turn))); }, 3, {0, 1},
                         {.method = ode::rk4_classic, .steps = 16});
    const Tensor x({1, 3}, {0.5, -1, 0.3});
    double mean = 0;
    for (const double e1 : {-1, 1})  // the mean over all signs: no chance is left
        for (const double e2 : {-1, 1})
            for (const double e3 : {-1, 1}) mean += flow.log_density(x, Tensor({1, 3}, {e1, e2, e3}))[0] / 8;
    std::printf("\nln p(x)   by three tangents %.8f   mean over the noise %.8f\n", flow.log_density(x)[0], mean);
}
// [/probe]

void new_noise_at_every_look() {  // dl/dt = ε ∂f/∂z ε for f = −a tanh z in two dimensions, which a matrix mixes
    for (const bool anew : {false, true}) {
        Rng rng(1);
        double sign = 1;
        const auto field = [&](double, std::span<const double> s, std::span<double> ds) {
            if (anew) sign = rng.uniform() < 0.5 ? -1 : 1;
            const double u = std::tanh(s[0] + s[1]), v = std::tanh(s[1] - s[0]);
            ds[0] = -u, ds[1] = -v;
            ds[2] = -(1 - u * u) * (1 + sign) - (1 - v * v) * (1 - sign);  // ε = (1, sign)
        };
        const char* name = anew ? "a new one at every look" : "one noise for the solve";
        try {
            const auto end = ode::solve(field, std::array{1.0, 0.5, 0.0}, {0, 1}, {.rtol = 1e-6, .max_steps = 1000});
            std::printf("%-24s %ld evaluations\n", name, static_cast<long>(end.statistics().evaluations));
        } catch (const Error&) {
            std::printf("%-24s no end after 1000 steps\n", name);
        }
    }
}

void along_a_path() {
    Tape tape;
    const double t0 = 0.7, z0 = 1.3;
    const Var t = tape.variable(Tensor::scalar(t0)), z = tape.variable(Tensor::scalar(z0));
    const Var f = t * z;  // its solutions: z = c e^(t²/2), z'' = (1 + t²) z
    const double by_rule = number(jvp(f, z, f)) + number(grad(f, t));
    std::printf("\nd f/dt along a path   %.8f   z'' = (1 + t^2) z = %.8f\n", by_rule, (1 + t0 * t0) * z0);
}

// [fit]
void fit(const Tensor& data) {                      // [B,2]
    const nn::MLP field({2, 2}, nn::tanh, Rng{1});  // W z + b
    const ode::Flow flow(field, 2, {0, 1}, {.method = ode::rk4_classic, .steps = 32});
    optim::LBFGS lbfgs(flow);
    const auto nll = [&](Tape& tape) { return -mean(flow.log_density(tape.constant(data))); };
    std::printf("-mean ln p   %.8f after training\n", lbfgs.minimise(nll, {.iterations = 100}).loss);
}
// [/fit]

void train() {  // the most likely normal distribution has the data's own mean and covariance
    constexpr Index n = 64;
    Rng rng(3);
    Tensor data({n, 2});
    double mean[2] = {}, square[3] = {};
    for (Index i = 0; i < n; ++i) {
        const double u = rng.normal(), v = rng.normal(), x = 1 + 2 * u, y = 0.5 * v + 0.6 * u;
        data[2 * i] = static_cast<Real>(x), data[2 * i + 1] = static_cast<Real>(y);
        mean[0] += x / n, mean[1] += y / n;
        square[0] += x * x / n, square[1] += x * y / n, square[2] += y * y / n;
    }
    const double xx = square[0] - mean[0] * mean[0], xy = square[1] - mean[0] * mean[1],
                 yy = square[2] - mean[1] * mean[1];
    std::puts("");
    fit(data);
    std::printf("             %.8f of the normal distribution that fits best\n",
                1 + std::log(2 * std::numbers::pi) + std::log(xx * yy - xy * xy) / 2);
}

}  // namespace

int main() {
    areas();
    determinants();
    both_ways();
    estimates();
    one_noise_a_solve();
    new_noise_at_every_look();
    along_a_path();
    train();
}
