// examples/exercises/accuracy.cpp — the exercises of ode/accuracy.md: each piece is wrong until you have written it
//   make exercises CHAPTER=accuracy        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=accuracy-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// accuracy 1: y' = rate y from y(0) = 1. The curve 1 is put into 1 + ∫ rate y ds, and so is what comes out: so many rounds.
// What does the last one say at time t?
double picard([[maybe_unused]] double rate, [[maybe_unused]] int rounds, [[maybe_unused]] double t) { return 1; }
void accuracy_1(Check& check) {
    const double rate = check.given("rate", {2, 1.5, -1, 3}), t = check.given("t", {0.5, 0.75, 1.25});
    double sum = 1;
    for (int rounds = 0; rounds <= 6; ++rounds) {
        check.near(text("picard, after ", rounds, " rounds"), picard(rate, rounds, t), sum, 1e-9);
        sum += std::pow(rate * t, rounds + 1) / std::tgamma(rounds + 2.0);
    }
}

// accuracy 2: y' = rate y. Each of the steps, of length h, errs by the same epsilon. How far off is the end of the last one?
double whole_fan([[maybe_unused]] double rate, [[maybe_unused]] double h, int steps, double epsilon) {
    return steps * epsilon;
}
void accuracy_2(Check& check) {
    const double rate = check.given("rate", {2, 1, 0.5, -1}), h = check.given("h", {0.125, 0.25});
    const int steps = static_cast<int>(check.given("steps", {16, 8, 24}));
    double y = 1, off = 1;
    for (int n = 0; n < steps; ++n) y *= std::exp(rate * h), off = off * std::exp(rate * h) + 1e-3;
    check.derived("whole_fan", whole_fan(rate, h, steps, 1e-3), off - y);
}

// accuracy 3: find the bug: the smallest L with |f(z) − f(w)| ≤ L |z − w| on [low, high]. It comes out too small.
template <class F>
double lipschitz(F f, double low, double high) {
    double largest = 0;
    const int pieces = 10'000;
    const double d = (high - low) / pieces;
    for (int i = 0; i < pieces; ++i) largest = std::max(largest, (f(low + (i + 1) * d) - f(low + i * d)) / d);
    return largest;
}
void accuracy_3(Check& check) {
    const double a = check.given("a", {3, 2, 5, 1.5});
    check.near("lipschitz, of exp(-a z) on [0, 1]", lipschitz([&](double z) { return std::exp(-a * z); }, 0, 1), a,
               1e-2);
    check.near("lipschitz, of a sin z on [-3, 3]", lipschitz([&](double z) { return a * std::sin(z); }, -3, 3), a,
               1e-2);
    check.near("lipschitz, of a |z| on [-1, 1]", lipschitz([&](double z) { return a * std::abs(z); }, -1, 1), a, 1e-2);
}

// accuracy 4: predict, then run: y' = 3 y^(2/3) from a start that is a little above 0. Where is it at time t?
double after_the_corner(double start, [[maybe_unused]] double t) { return start; }
void accuracy_4(Check& check) {
    const double start = check.given("start", {1e-3, 1e-6, 8e-3, 2.7e-2}), t = check.given("t", {1, 0.5, 1.5});
    const auto f = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = 3 * std::pow(y[0], 2.0 / 3); };
    const auto y = ode::solve(f, std::array{start}, {0, t}, {.rtol = 1e-11, .atol = 1e-16});
    check.derived("after_the_corner", after_the_corner(start, t), y.end()[0]);
}

// accuracy 5: your own data: a law f and a start of yours, solved to time t with .rtol = .atol = tolerance. By how much is that
// answer wrong? No closed form is known; to a tenth of the error will do.
template <class F>
double error_estimate([[maybe_unused]] F f, [[maybe_unused]] double start, [[maybe_unused]] double t,
                      double tolerance) {
    return tolerance;
}
void accuracy_5(Check& check) {
    const double rate = check.given("rate", {1, 0.75, 1.25});
    for (const double tolerance : {1e-4, 1e-6}) {
        const auto f = [&](double t, std::span<const double> y, std::span<double> dy) {
            dy[0] = rate * (y[0] - std::sin(t)) + std::cos(t);  // its curve from 0 is sin t
        };
        const auto y = ode::solve(f, std::array{0.0}, {0, 6}, {.rtol = tolerance, .atol = tolerance});
        const double error = std::abs(y.end()[0] - std::sin(6.0));
        check.near(text("error_estimate, tolerance ", tolerance), error_estimate(f, 0, 6, tolerance), error,
                   0.1 * error);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "Picard's rounds", accuracy_1},
        {2, 2, "the sum of a fan", accuracy_2},
        {3, 1, "a constant that is too small", accuracy_3},
        {4, 2, "beside a corner", accuracy_4},
        {5, 2, "how far off is yours?", accuracy_5},
    };
    return report("accuracy", exercises, argc, argv);
}
