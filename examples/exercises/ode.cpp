// examples/exercises/ode.cpp — the exercises of ode/README.md: each piece is wrong until you have written it
//   make exercises CHAPTER=ode        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=ode-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

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

// ode 3: f jumps at t = 0.5. The same tolerances, the same f, and no rejected step. No step may have the jump inside, and a
// stage with c_i = 1 asks f at its step's very end.
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

// ode 4: predict, then run: Euler follows the circle x' = v, v' = −x from (1, 0). How far from the centre is it after so many
// steps of length h?
double radius([[maybe_unused]] double h, [[maybe_unused]] int steps) { return 1; }
void ode_4(Check& check) {
    const double h = check.given("h", {0.1, 0.05, 0.2, 0.25});
    const int steps = static_cast<int>(check.given("steps", {60, 40, 80, 100}));
    double x = 1, v = 0;
    for (int n = 0; n < steps; ++n) {
        const double dx = v, dv = -x;
        x += h * dx, v += h * dv;
    }
    check.derived("radius", radius(h, steps), std::hypot(x, v));
}

// ode 5: find the bug: a step of rk4 that should gain 2⁴ for half the step, and gains 2².
template <class F>
double rk4_step(F f, double t, double z, double h) {
    const double k1 = f(t, z);
    const double k2 = f(t + h / 2, z + h / 2 * k1);
    const double k3 = f(t + h / 2, z + h / 2 * k1);
    const double k4 = f(t + h, z + h * k3);
    return z + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}
void ode_5(Check& check) {
    const double rate = check.given("rate", {1, 0.75, 1.5, 2});
    const auto error = [&](int steps) {  // of z' = rate z cos t, z(0) = 1, whose curve is exp(rate sin t)
        const auto f = [&](double t, double z) { return rate * z * std::cos(t); };
        double z = 1;
        for (int n = 0; n < steps; ++n) z = rk4_step(f, 2.0 * n / steps, z, 2.0 / steps);
        return std::abs(z - std::exp(rate * std::sin(2.0)));
    };
    check.near("rk4_step, by how much half the step is better", error(64) / error(128), 16, 3);
    check.that("rk4_step, error after 128 steps", error(128) < 1e-7, text(error(128)), "below 1e-7");
}

// ode 6: your own data: a stone was thrown straight up, and its height measured at these times (or put your own throw here).
// How strong is gravity where it was thrown? Its law is z' = v, v' = −g, and differences of differences tell g.
double gravity(std::span<const double> times, [[maybe_unused]] std::span<const double> heights) { return times[0]; }
void ode_6(Check& check) {
    const double g = check.given("g", {9.81, 1.62, 3.73, 24.8}), up = check.given("up", {12, 9, 15});
    const auto fall = [&](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[1], dz[1] = -g; };
    const std::vector<double> times = linspace(0.5, 2, 7);
    std::vector<double> heights;
    for (const double t : times)
        heights.push_back(ode::solve(fall, std::array{1.5, up}, {0, t}, {.steps = 4}).end()[0]);
    check.near("gravity", gravity(times, heights), g, 1e-6 * g);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "a method is a table", ode_1},
        {2, 2, "where rk4 becomes unstable", ode_2},
        {3, 2, "over a jump without a rejected step", ode_3},
        {4, 1, "how far out Euler goes", ode_4},
        {5, 2, "an rk4 that has lost its order", ode_5},
        {6, 2, "gravity from a throw", ode_6},
    };
    return report("ode", exercises, argc, argv);
}
