// examples/chapters/equations.cpp — the numbers of ode/equations.md: an equation as a loss, a hard edge, half a law
#include <cmath>
#include <cstdio>
#include <numbers>

#include "costate.hpp"

using namespace costate;

namespace {

constexpr double pi = std::numbers::pi;

// The midpoints of n equal parts of [0, 1], [n,1].
Tensor midpoints(Index n) {
    Tensor x({n, 1});
    for (Index i = 0; i < n; ++i)
        x.data()[i] = static_cast<Real>((static_cast<double>(i) + 0.5) / static_cast<double>(n));
    return x;
}
double number(Var v) { return static_cast<double>(v.item()); }

// [residual]
Var residual(Var u, Var x) { return laplacian(u, x) + pi * pi * sin(pi * x); }  // of u'' = −π² sin πx: (1)
// [/residual]

void at_zero() {  // u = 0 is wrong by π⁴/2, and on [0, 1] by itself
    Tape tape;
    const Var x = tape.variable(midpoints(100));
    std::printf("loss of u = 0   %.6f   pi^4/2 = %.6f\n", number(mean(square(residual(0 * x, x)))),
                std::pow(pi, 4) / 2);
}

void seen() {  // the exact solution, and an error that is 1 % of sin nπx
    Tape tape;
    const Var x = tape.variable(midpoints(200)), exact = sin(pi * x);
    for (const int n : {1, 2, 3}) {
        const Var u = exact + 0.01 * sin(n * pi * x);
        std::printf("n = %d   error over residual %.6f   1/(n pi)^2 = %.6f\n", n,
                    number(norm(u - exact) / norm(residual(u, x))), 1 / (n * n * pi * pi));
    }
    std::printf("u + 7   residual %.0e\n", number(max(abs(residual(exact + 7, x)))));
}

void solved() {
    // [solved]
    const nn::MLP net({1, 16, 1}, nn::tanh, Rng{0});
    const auto u = [&](Var x) { return x * (1 - x) * net(x); };  // 0 at both ends, whatever the network says
    optim::Adam adam(net, {.lr = 2e-2});
    const Tensor points = midpoints(32);
    for (Tape tape; adam.steps() < 400; tape.rewind()) {
        const Var x = tape.variable(points);
        adam.minimise(mean(square(residual(u(x), x))));
    }
    // [/solved]
    Tape tape;
    const Var x = tape.constant(midpoints(100)), exact = sin(pi * x);
    const double error = number(norm(u(x) - exact) / norm(exact));
    std::printf("hard edge: %s\n", error < 0.01 ? "off by less than 1 %" : text("off by ", error).c_str());
}

void half_a_law() {  // z' = −z + what is not known, here sin 2t: learned from the path, and looked at
    Tape tape;
    // [half]
    const auto known = [](Var, Var z) { return -z; };
    const auto hidden = [](Var t, Var z) { return 0 * z + sin(2 * t); };  // nobody knows it
    const auto times = linspace(0, 3, 31);
    const Tensor z0({1, 1}, {1}), seen = ode::solve({known, hidden}, z0, times).z;
    const nn::MLP net({1, 16, 1}, nn::tanh, Rng{1});
    const auto learned = [&](Var t, Var z) { return 0 * z + net(reshape(t, {1, 1})); };
    optim::Adam adam(net, {.lr = 2e-2});
    const ode::SolveOptions by_thirty{.method = ode::rk4_classic, .steps = 30};
    for (; adam.steps() < 1200; tape.rewind())
        adam.minimise(nn::mse(ode::solve(tape, {known, learned}, z0, times, by_thirty).z, seen));  // (2)
    // [/half]
    double worst = 0;
    for (const double t : linspace(0.3, 2.7, 25)) {
        const double at = static_cast<double>(net(Tensor({1, 1}, {static_cast<Real>(t)}))[0]);
        worst = std::max(worst, std::abs(at - std::sin(2 * t)));
    }
    std::printf("what was hidden: %s\n", worst < 0.1 ? "found, within a tenth" : text("off by ", worst).c_str());
}

}  // namespace

int main() {
    at_zero();
    seen();
    solved();
    half_a_law();
}
