// examples/exercises/multistep.cpp — the exercises of ode/multistep.md: each piece is wrong until you have written it
//   make exercises CHAPTER=multistep    "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=multistep-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// multistep 1: two-step Adams–Bashforth where the steps differ: f at t, f_before at t − before; go on to t + h along the line
// through both.
double two_step(double y, double h, double f, [[maybe_unused]] double before, [[maybe_unused]] double f_before) {
    return y + h * f;
}
void multistep_1(Check& check) {
    const double h = check.given("h", {0.3, 0.1, 0.6}), before = check.given("before", {0.2, 0.5});
    const auto y = [](double t) { return 1 + 2 * t - 3 * t * t; };
    const auto rate = [](double t) { return 2 - 6 * t; };
    check.near("two_step, y' = 2 - 6t", two_step(y(1), h, rate(1), before, rate(1 - before)), y(1 + h), 1e-12);
}

// multistep 2: BDF of order 2 puts a parabola through y at t, at t − h and at t − h − before, whose slope at t is to be f:
// y = (a sum of the past) + h γ f. What is γ?
double gamma_of([[maybe_unused]] double h, [[maybe_unused]] double before) { return 1; }
void multistep_2(Check& check) {
    const double h = check.given("h", {0.3, 0.1, 0.6}), before = check.given("before", {0.2, 0.5});
    const auto parabola = [&](double x) {  // 1 at t, 0 in the past
        return (x + h) * (x + h + before) / (h * (h + before));
    };
    const double slope = (parabola(1e-3) - parabola(-1e-3)) / 2e-3;
    check.derived("gamma_of", gamma_of(h, before), 1 / (h * slope), 1e-9);
}

// multistep 3: find the bug: Nordsieck's array z_j = h^j p^(j)(t)/j!, j = 0 ... q, becomes that of t + h by additions alone. It
// is off.
void move_on(std::span<double> z) {
    for (std::size_t i = 0; i + 1 < z.size(); ++i)
        for (std::size_t j = i + 1; j < z.size(); ++j) z[j - 1] += z[j];
}
void multistep_3(Check& check) {
    const double last = check.given("last", {0.5, -2, 3});
    std::array<double, 5> z{1, -2, 0.25, 4, last};
    const auto value = [&](double x) { return z[0] + x * (z[1] + x * (z[2] + x * (z[3] + x * z[4]))); };
    std::array<double, 3> expected{value(0.5), value(1), value(2.5)}, got{};
    move_on(z);
    for (std::size_t i = 0; i < 3; ++i) got[i] = value(std::array{-0.5, 0.0, 1.5}[i]);
    for (std::size_t i = 0; i < 3; ++i)
        check.near(text("move_on, the polynomial's value ", i), got[i], expected[i], 1e-12);
}

// multistep 4: predict, then run: y' = −rate y by Adams–Bashforth with k arrows and equal steps. Up to which h does it stay
// near 0? Where it no longer does, each step turns the sign of y.
double longest_step([[maybe_unused]] int k, double rate) { return 1 / rate; }
void multistep_4(Check& check) {
    const int k = static_cast<int>(check.given("k", {3, 4, 5}));
    const double rate = check.given("rate", {20, 8, 50});
    const ode::AdamsMethod& method = ode::all_adams_methods[k - 1];
    const auto end = [&](double h) {
        std::array<double, 5> y{1, -1, 1, -1, 1};  // the last one first
        for (int n = 0; n < 20000 && std::abs(y[0]) < 1e6; ++n) {
            double next = y[0];
            for (int j = 0; j < k; ++j) next -= h * rate * method.b[j] * y[static_cast<std::size_t>(j)];
            std::shift_right(y.begin(), y.end(), 1);
            y[0] = next;
        }
        return std::abs(y[0]);
    };
    double stays = 0, leaves = 3 / rate;
    for (int i = 0; i < 25; ++i) (end((stays + leaves) / 2) < 1 ? stays : leaves) = (stays + leaves) / 2;
    check.derived("longest_step", longest_step(k, rate), stays, 2e-3);
}

// multistep 5: your own data: a law and a start of yours, up to time t, with .rtol = .atol = 10⁻⁸. How many times as often does
// dop853 ask f as Adams's steps of a chosen length do?
template <class F>
double bills([[maybe_unused]] F f, [[maybe_unused]] const std::array<double, 2>& start, [[maybe_unused]] double t) {
    return 1;
}
void multistep_5(Check& check) {
    const double highest = check.given("highest", {2, 1, 3});
    const auto f = [](double, std::span<const double> z, std::span<double> dz) {  // a pendulum
        dz[0] = z[1];
        dz[1] = -std::sin(z[0]);
    };
    double asked[2] = {0, 0};
    for (const bool by_adams : {false, true}) {
        const auto counted = [&](double t, std::span<const double> z, std::span<double> dz) {
            f(t, z, dz);
            ++asked[by_adams];
        };
        const std::array start{highest, 0.0};
        if (by_adams)
            ode::solve_nordsieck(counted, start, {0, 20}, {.method = ode::adams, .rtol = 1e-8, .atol = 1e-8});
        else
            ode::solve(counted, start, {0, 20}, {.method = ode::dop853, .rtol = 1e-8, .atol = 1e-8});
    }
    check.derived("bills", bills(f, std::array{highest, 0.0}, 20), asked[0] / asked[1], 0.01);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "steps that differ", multistep_1},
        {2, 1, "the slope of a parabola", multistep_2},
        {3, 1, "the origin moves", multistep_3},
        {4, 2, "how long a step may be", multistep_4},
        {5, 1, "the arrows of the last steps", multistep_5},
    };
    return report("multistep", exercises, argc, argv);
}
