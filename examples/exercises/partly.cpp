// examples/exercises/partly.cpp — the exercises of ode/partly.md: each piece is wrong until you have written it
//   make exercises CHAPTER=partly       "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=partly-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// partly 1: one step of (1) with two stages, for a law f of one number, whose slope f' is given, too: α_21 = 1, γ_21 = −2γ, and
// z⁺ = z + h (k_1 + k_2)/2.
template <class F, class Slope>
double two_rounds(F f, [[maybe_unused]] Slope slope, double z, double h, [[maybe_unused]] double gamma) {
    const double k = f(z);
    return z + h * (k + f(z + h * k)) / 2;
}
void partly_1(Check& check) {
    const double rate = check.given("rate", {20, 8, 50}), gamma = check.given("gamma", {1.7, 0.3, 1.2});
    for (const double h : {0.02, 0.3}) {
        const double f = -rate, shrunk = 1 + 3 * h * gamma * rate;  // z' = −rate z³, z = 1
        const double k = f / shrunk, Z = 1 + h * k;                 // hγJ k = k − f, so no product with J is left
        const double expected = 1 + h * (k + (-rate * Z * Z * Z + 2 * (f - k)) / shrunk) / 2;
        const double got = two_rounds([&](double y) { return -rate * y * y * y; },
                                      [&](double y) { return -3 * rate * y * y; }, 1.0, h, gamma);
        check.derived(text("two_rounds, h = ", h), got, expected, 1e-9);
    }
}

// partly 2: y' = stiff y + rest y by a pair of midpoint rules: Z = z + h/2 (f_s(Z) + f_n(z)), z⁺ = z + h (f_s + f_n)(Z). What
// does a step multiply y by?
double growth(double stiff, double rest, double h) { return std::exp(h * (stiff + rest)); }
void partly_2(Check& check) {
    const double stiff = check.given("stiff", {-40, -15, -90}), rest = check.given("rest", {3, -2, 5});
    for (const double h : {0.05, 0.5}) {
        double Z = 1;  // Newton's iteration: the law is linear, so one round is exact
        Z -= (Z - 1 - h / 2 * (stiff * Z + rest)) / (1 - h / 2 * stiff);
        check.derived("growth", growth(stiff, rest, h), 1 + h * (stiff + rest) * Z, 1e-9);
    }
}

// partly 3: find the bug: the slope by z of one step of linearly implicit Euler, z⁺ = z + hk, for z' = −theta z². It is off.
double slope_of_step(double theta, double z, double h) {
    const double J = -2 * theta * z;
    return 1 + h * J / (1 - h * J);
}
void partly_3(Check& check) {
    const double theta = check.given("theta", {3, 1, 8}), h = check.given("h", {0.5, 0.25});
    const auto step = [&](double z) { return z - h * theta * z * z / (1 + 2 * h * theta * z); };
    check.near("slope_of_step", slope_of_step(theta, 2, h), (step(2 + 1e-5) - step(2 - 1e-5)) / 2e-5, 1e-7);
}

// partly 4: predict, then run: y' = −y, y(0) = 1, by (1) with one stage, γ = 1/2, of order 2. But J is a share of what it
// should be. By how much is y(1) off, to first order in h?
double error_left([[maybe_unused]] double share, double h) { return h * h; }
void partly_4(Check& check) {
    const double share = check.given("share", {0.9, 0.5, 0.7});
    const int steps = 2000;
    const double h = 1.0 / steps;
    double y = 1;
    for (int n = 0; n < steps; ++n) y -= h * y / (1 + h * share / 2);
    check.derived("error_left", error_left(share, h), y - std::exp(-1.0), 0.02);
}

// partly 5: your own data: a law of yours in two halves, up to time t, with .rtol = .atol = 10⁻⁶. How many times as often does
// kencarp4 ask for the rest as kencarp4_imex does?
template <class Stiff, class Rest>
double saved([[maybe_unused]] Stiff stiff, [[maybe_unused]] Rest rest,
             [[maybe_unused]] const std::array<double, 2>& start, [[maybe_unused]] double t) {
    return 1;
}
void partly_5(Check& check) {
    const double rate = check.given("rate", {200, 1000, 50});
    const auto stiff = [&](double, std::span<const double> z, std::span<double> dz) {
        dz[0] = rate * (z[1] - z[0]);
        dz[1] = 0;
    };
    const auto rest = [](double t, std::span<const double> z, std::span<double> dz) {
        dz[0] = std::cos(z[0] * z[1]);
        dz[1] = std::cos(t) - z[0];
    };
    double asked[2] = {0, 0};
    for (const bool by_halves : {false, true}) {
        const auto counted = [&](double t, std::span<const double> z, std::span<double> dz) {
            rest(t, z, dz);
            ++asked[by_halves];
        };
        ode::solve(ode::halves(stiff, counted), std::array{1.0, 0.5}, {0, 5},
                   {.method = by_halves ? ode::kencarp4_imex : ode::kencarp4, .rtol = 1e-6, .atol = 1e-6});
    }
    check.derived("saved", saved(stiff, rest, std::array{1.0, 0.5}, 5), asked[0] / asked[1], 0.01);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "one round a stage", partly_1},       {2, 1, "one half is an equation", partly_2},
        {3, 1, "J is a part of the step", partly_3}, {4, 2, "a share of J", partly_4},
        {5, 1, "what the halves save", partly_5},
    };
    return report("partly", exercises, argc, argv);
}
