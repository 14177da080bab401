// examples/chapters/exercises_ode.cpp — six small pieces of the last two chapters that are wrong until you write them
//   make exercises CHAPTER=ode        a line for each: "not yet" with what it gives and what it should, then "done"
// ode/README.md and ode/adjoint.md say what is wanted; examples/chapters/answers_ode.md has one way to do each. Yours goes
// between the comment and the check, in place of what stands there.
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "autodiff/operators.hpp"
#include "examples/chapters/exercise.hpp"  // brings: Check, Exercise, report
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
void ode_1(Check& check) {
    const auto square = [](double t, std::span<const double>, std::span<double> dy) { dy[0] = t * t; };
    const auto end = [&](int steps) {
        const auto y = ode::solve(square, std::array{0.0}, {0, 1}, {.method = ode::method_of<heun>(), .steps = steps});
        return y.end()[0];
    };
    check.near("heun, y' = t², one step: both slopes' mean", end(1), 0.5, 1e-12);
    const double gain = (end(64) - 1.0 / 3) / (end(128) - 1.0 / 3);
    check.near("heun, by how much half the step is better", gain, 4, 0.01);
    check.equal("heun, the order that the table states", heun.order, 2);
}

// ode 2: how many equal steps of rk4 on [0, 1] does y' = −λ y need at least to decay?
int fewest_steps([[maybe_unused]] double lambda) { return 1; }
void ode_2(Check& check) {
    for (const double lambda : {1.0, 50.0, 200.0, 1000.0, 5000.0}) {
        const auto decay = [&](double, std::span<const double> y, std::span<double> dy) { dy[0] = -lambda * y[0]; };
        const auto decays = [&](int steps) {
            const auto y = ode::solve(decay, std::array{1.0}, {0, 1}, {.method = ode::rk4_classic, .steps = steps});
            return y.end()[0] < 1;
        };
        const int steps = fewest_steps(lambda);
        const std::string of = text("fewest_steps, λ = ", lambda);
        check.that(of, steps >= 1, text(steps), "1 or more");
        if (!check.done()) return;
        check.that(of, decays(steps), text(steps), "more: y(1) is no smaller than y(0)");
        check.that(of, steps == 1 || !decays(steps - 1), text(steps), "fewer: one less will do");
    }
}

// ode 3: f jumps at t = 0.5. The same tolerances, the same f, and no rejected step. Mind where f is asked.
template <class F>
double over_the_jump(F f, long& rejected) {
    const auto y = ode::solve(f, std::array{0.0}, {0, 1}, {.rtol = 1e-8, .atol = 1e-8});
    rejected += y.statistics().rejected;
    return y.end()[0];
}
void ode_3(Check& check) {
    long rejected = 0;
    const auto f = [](double t, std::span<const double>, std::span<double> dy) { dy[0] = t < 0.5 ? 3 : -1; };
    check.near("over_the_jump, y(1)", over_the_jump(f, rejected), 1, 1e-8);
    check.equal("over_the_jump, steps rejected", rejected, 0L);
}

// ---- adjoint ----

// adjoint 1: dL/dt0, from a = dL/dz0, the jump of a at t0, and f there: adjoint (6).
double time_gradient(double a, double jump, double f) { return a * f * jump; }
void adjoint_1(Check& check) {  // growth with a limit, L = Σ z(t_i)²
    Tape tape;
    const Var z0 = tape.variable(Tensor::scalar(0.1)), times = tape.variable(Tensor({3}, {0, 1, 2}));
    const Var z = ode::solve([](Var, Var y) { return y * (1 - y); }, z0, times).z;
    const Vars g = grad(sum(square(z)), {z0, times});
    const double right = static_cast<double>(g[1].value()[0]);
    check.near("time_gradient", time_gradient(number(g[0]), 2 * 0.1, 0.1 * 0.9), right, 1e-4);
}

// adjoint 2: the field of ode/adjoint.md that contracts. Only the list of times may change; L reads the last of them.
std::vector<double> times_until(double T) { return {0, T}; }
void adjoint_2(Check& check) {
    Tape tape;
    const Var rate = tape.variable(Tensor::scalar(1));
    const auto field = [&](Var, Var z) {  // x' = −θ x,  y' = x
        const Var x = slice(z, 0, 0, 1);
        return concatenate({-rate * x, x}, 0);
    };
    const std::vector<double> times = times_until(30);
    check.equal("times_until, the last time", times.back(), 30.0);
    const Var end = ode::solve(tape, field, Tensor({2}, {1, 0}), times, {.gradient = ode::backsolve}).end();
    const Var y = slice(end, 0, 1, 1);
    check.near("times_until, dL/dθ by backsolve", number(grad(sum(y), rate)), -1, 1e-3);
}

// adjoint 3: the tangent field, adjoint (8), of z' = θ z (1 − z) at θ = 1 for θ̇ = 1: s = (z, ż), ż = dz/dθ.
void tangent(double, std::span<const double> s, std::span<double> ds) {
    const double z = s[0];
    ds[0] = z * (1 - z);
    ds[1] = 0;
}
void adjoint_3(Check& check) {  // z = 1 / (1 + 9 e^−θt):  dz/dθ = t z (1 − z)
    const auto end = ode::solve(tangent, std::array{0.1, 0.0}, {0, 3}).end();
    check.near("tangent, z(3)", end[0], 1 / (1 + 9 * std::exp(-3)), 1e-4);
    check.near("tangent, dz/dθ at 3", end[1], 3 * end[0] * (1 - end[0]), 1e-4);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {"ode", 1, "a method is a table", ode_1},
        {"ode", 2, "where rk4 becomes unstable", ode_2},
        {"ode", 3, "over a jump without a rejected step", ode_3},
        {"adjoint", 1, "the gradient with respect to t0", adjoint_1},
        {"adjoint", 2, "a backward solve that does not drift", adjoint_2},
        {"adjoint", 3, "a derivative that runs forwards", adjoint_3},
    };
    return report(exercises, argc, argv);
}
