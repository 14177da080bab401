// examples/chapters/exercises_ode.cpp — six small pieces of the last two chapters that are wrong until you write them
//   make docs-check; build/*/examples/chapters/exercises_ode   one line each: "not yet", then "done"
// ode/README.md and ode/adjoint.md say what is wanted; examples/chapters/answers_ode.md has one way to do each.
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "examples/chapters/exercise.hpp"  // brings: Exercise, report
#include "ode/plain.hpp"                   // brings: solve without a tape
#include "ode/solve.hpp"                   // brings: solve on a tape

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// ---- ode ----

// ode 1: this is Euler's method, with a stage that nobody uses. Make it Heun's, of order 2: the mean of both slopes.
constexpr ode::Tableau<2> heun{
    .name = "heun",
    .source = "Heun 1900",
    .order = 1,
    .rows = {{0, {}}, {1, {1}}},
    .b = {1, 0},
};
bool ode_1() {
    const auto decay = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -y[0]; };
    const auto error = [&](int steps) {
        const auto y = ode::solve(decay, std::array{1.0}, {0, 1}, {.method = ode::method_of<heun>(), .steps = steps});
        return std::abs(y.end()[0] - std::exp(-1));
    };
    return heun.order == 2 && std::abs(std::log2(error(64) / error(128)) - 2) < 0.1;
}

// ode 2: how many equal steps of rk4 on [0, 1] does y' = −λ y need at least to decay?
int fewest_steps(double lambda) {
    static_cast<void>(lambda);
    return 1;
}
bool ode_2() {
    for (const double lambda : {50.0, 200.0}) {
        const auto decay = [&](double, std::span<const double> y, std::span<double> dy) { dy[0] = -lambda * y[0]; };
        const auto end = [&](int steps) {
            return ode::solve(decay, std::array{1.0}, {0, 1}, {.method = ode::rk4_classic, .steps = steps}).end()[0];
        };
        const int steps = fewest_steps(lambda);
        if (steps < 2 || !(end(steps) < 1) || end(steps - 1) < 1) return false;
    }
    return true;
}

// ode 3: f jumps at t = 0.5. The same tolerances, the same f, and no rejected step. Mind where f is asked.
template <class F>
double over_the_jump(F f, long& rejected) {
    const auto y = ode::solve(f, std::array{0.0}, {0, 1}, {.rtol = 1e-8, .atol = 1e-8});
    rejected += y.statistics().rejected;
    return y.end()[0];
}
bool ode_3() {
    long rejected = 0;
    const auto f = [](double t, std::span<const double>, std::span<double> dy) { dy[0] = t < 0.5 ? 1 : -1; };
    return std::abs(over_the_jump(f, rejected)) < 1e-8 && rejected == 0;
}

// ---- adjoint ----

// adjoint 1: dL/dt0, from a = dL/dz0, the jump of a at t0, and f there: adjoint (6).
double time_gradient(double a, double jump, double f) { return a * f * jump; }
bool adjoint_1() {  // growth with a limit, L = Σ z(t_i)²
    Tape tape;
    const Var z0 = tape.variable(Tensor::scalar(0.1)), times = tape.variable(Tensor({3}, {0, 1, 2}));
    const Var z = ode::solve([](Var, Var y) { return y * (1 - y); }, z0, times).z;
    const Vars g = grad(sum(square(z)), {z0, times});
    const double right = static_cast<double>(g[1].value()[0]);
    return std::abs(time_gradient(number(g[0]), 2 * 0.1, 0.1 * 0.9) - right) < 1e-4;
}

// adjoint 2: the field of ode/adjoint.md that contracts. Only the list of times may change; L reads the last of them.
std::vector<double> times_until(double T) { return {0, T}; }
bool adjoint_2() {
    Tape tape;
    const Var rate = tape.variable(Tensor::scalar(1));
    const auto field = [&](Var, Var z) {  // x' = −θ x,  y' = x
        const Var x = slice(z, 0, 0, 1);
        return concatenate({-rate * x, x}, 0);
    };
    const std::vector<double> times = times_until(30);
    const Var end = ode::solve(tape, field, Tensor({2}, {1, 0}), times, {.gradient = ode::backsolve}).end();
    const Var y = slice(end, 0, 1, 1);
    return times.back() == 30 && std::abs(number(grad(sum(y), rate)) + 1) < 1e-3;
}

// adjoint 3: the tangent field, adjoint (8), of z' = θ z (1 − z) at θ = 1 for θ̇ = 1: s = (z, ż), ż = dz/dθ.
void tangent(double, std::span<const double> s, std::span<double> ds) {
    const double z = s[0];
    ds[0] = z * (1 - z);
    ds[1] = 0;
}
bool adjoint_3() {  // z = 1 / (1 + 9 e^−θt):  dz/dθ = t z (1 − z)
    const auto end = ode::solve(tangent, std::array{0.1, 0.0}, {0, 3}).end();
    return std::abs(end[1] - 3 * end[0] * (1 - end[0])) < 1e-4;
}

}  // namespace

int main() {
    const Exercise exercises[] = {
        {"ode 1", "a method is a table", ode_1},
        {"ode 2", "where rk4 becomes unstable", ode_2},
        {"ode 3", "over a jump without a rejected step", ode_3},
        {"adjoint 1", "the gradient with respect to t0", adjoint_1},
        {"adjoint 2", "a backward solve that does not drift", adjoint_2},
        {"adjoint 3", "a derivative that runs forwards", adjoint_3},
    };
    report(exercises);
}
