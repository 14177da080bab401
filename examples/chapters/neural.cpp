// examples/chapters/neural.cpp — the numbers of ode/neural.md: a ResNet as Euler, paths that keep apart, a long orbit's loss
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "costate.hpp"

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// [resnet]
Var blocks(const nn::MLP& f, Var h, int n) {  // (1)
    for (int k = 0; k < n; ++k) h = h + f(h.tape().constant(double(k) / n), h) / n;
    return h;
}
Var depth_is_time(const nn::MLP& f, Var h) {
    return ode::NeuralODE(f, {0, 1}, {.rtol = 1e-10, .atol = 1e-10})(h);
}  // (2)
// [/resnet]

const nn::MLP& net() {
    static const nn::MLP f({1, 16, 1}, nn::tanh, Rng{1}, {.time = true});
    return f;
}

void resnet_is_euler() {
    Tape tape;
    const Var h = tape.constant(Tensor({1, 1}, {0.5}));
    const double right = number(depth_is_time(net(), h));
    const Var euler = ode::solve(net(), h, {0, 1}, {.method = ode::euler, .steps = 6}).end();
    std::printf("6 blocks %.8f   6 steps of Euler %.8f\n\nblocks   depth 1      times the distance from the ODE\n",
                number(blocks(net(), h, 6)), number(euler));
    constexpr std::size_t rows = 7;
    double table[rows][rows], limit = 0;
    for (std::size_t i = 0; i < rows; ++i) {  // the distance is c₁/N + c₂/N² + ...: Romberg's extrapolation
        const int n = 6 << i;
        table[i][0] = number(blocks(net(), h, n));
        for (std::size_t j = 1; j <= i; ++j)
            table[i][j] = table[i][j - 1] + (table[i][j - 1] - table[i - 1][j - 1]) / ((1 << j) - 1);
        limit = table[i][i];
        if (i % 2 == 0) std::printf("%6d   %.6f   %.4f\n", n, table[i][0], n * (table[i][0] - right));
    }
    std::printf("limit    %.8f\nODE      %.8f\n", limit, right);
}

// Two starts nearby: what becomes of their distance, by the tape and by the integral of ∂f/∂h.
void paths_keep_apart() {
    Tape tape;
    const Var h = tape.variable(Tensor({1, 1}, {0.5}));
    const double stretch = number(grad(depth_is_time(net(), h), h));
    const auto with_integral = [](Var t, Var z) {  // (h, ∫ ∂f/∂h dt)
        const Var x = slice(z, 1, 0, 1), f = net()(t, x);
        return concatenate({f, vjp(f, x, 1 + 0 * x)}, 1);
    };
    const Var end =
        ode::solve(tape, with_integral, Tensor({1, 2}, {0.5, 0}), {0, 1}, {.rtol = 1e-10, .atol = 1e-10}).end();
    std::printf("\ndh(1)/dh(0) = %.8f   exp(integral of df/dh) = %.8f\n", stretch,
                std::exp(number(slice(end, 1, 1, 1))));
}

// A stiffening spring, x'' = −k x − m x³, k = 2 and m = 1, seen 41 times over [0, 20]: some six turns
constexpr double true_k = 2, true_m = 1, start = 0.5;
ode::SolveOptions tight() { return {.rtol = 1e-9, .atol = 1e-9}; }
std::vector<double> seen_at() { return linspace(0, 20, 41); }
Tensor orbit(double k, double m, std::span<const double> times) {
    const auto field = [k, m](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = z[1], dz[1] = -k * z[0] - m * z[0] * z[0] * z[0];
    };
    const auto z = ode::solve(field, std::array{1.0, 0.0}, times, tight()).z;
    Tensor data({static_cast<Index>(times.size()), 2});
    for (std::size_t i = 0; i < times.size(); ++i)
        for (const std::size_t j : {0u, 1u}) data.data()[2 * i + j] = static_cast<Real>(z[i][j]);
    return data;
}

void valleys() {  // along k, m = 1
    const auto times = seen_at();
    const Tensor data = orbit(true_k, true_m, times);
    std::puts("\nobservations   valleys of the loss, k from 0 to 6");
    for (const std::size_t count : {6u, 11u, 21u, 41u}) {
        std::vector<double> loss;
        for (const double k : linspace(0, 6, 121)) {
            const Tensor path = orbit(k, true_m, std::span(times).first(count));
            double sum = 0;
            for (Index i = 0; i < path.size(); ++i) sum += std::pow(path[i] - data[i], 2);
            loss.push_back(sum);
        }
        int found = 0;
        for (std::size_t i = 1; i + 1 < loss.size(); ++i) found += loss[i] < loss[i - 1] && loss[i] < loss[i + 1];
        std::printf("%12zu   %d\n", count, found);
    }
}

void fits() {
    const auto times = seen_at();
    const Tensor data = orbit(true_k, true_m, times);
    const auto fit = [&](const char* how, const auto& losses) {
        Parameter law("law", Tensor({2}, {start, start}));
        const auto field = [&](Var, Var z) {
            const Var q = z.tape().use(law), x = slice(z, 1, 0, 1), v = slice(z, 1, 1, 1);
            return concatenate({v, -q[0] * x - q[1] * x * x * x}, 1);
        };
        optim::LBFGS lbfgs({law});
        losses(lbfgs, field);
        std::printf("%-34s k = %.4f   m = %.4f\n", how, static_cast<double>(law.value()[0]),
                    static_cast<double>(law.value()[1]));
    };
    const auto of_first = [&](Tape& tape, const auto& field, Index count) {
        const auto first = std::span(times).first(static_cast<std::size_t>(count));
        const Var z = ode::solve(tape, field, data.rows(0, 1), first, tight()).z;
        return nn::mse(reshape(z, {count, 2}), data.rows(0, count));
    };
    std::puts("\nfrom k = 0.5, m = 0.5");
    fit("all 41 at once", [&](optim::LBFGS& lbfgs, const auto& field) {
        lbfgs.minimise([&](Tape& tape) { return of_first(tape, field, 41); }, {.iterations = 60});
    });
    fit("a growing horizon: 6, 17, 29, 41", [&](optim::LBFGS& lbfgs, const auto& field) {
        // [growing]
        const ode::GrowingHorizon horizon{.from = 6, .to = 41, .over = 3};  // (3)
        for (std::uint64_t n = 0; n <= 3; ++n)
            lbfgs.minimise([&](Tape& tape) { return of_first(tape, field, horizon(n)); }, {.iterations = 60});
        // [/growing]
    });
    fit("segments of 5 intervals", [&](optim::LBFGS& lbfgs, const auto& field) {
        // [segments]
        const ode::Segments pieces = ode::segments(times, data, 5);  // (4)
        lbfgs.minimise([&](Tape& tape) { return nn::mse(ode::shoot(tape, field, pieces, tight()), pieces.states); },
                       {.iterations = 60});
        // [/segments]
    });
}

}  // namespace

int main() {
    resnet_is_euler();
    paths_keep_apart();
    valleys();
    fits();
}
