// examples/exercises/stiff.cpp — the exercises of ode/stiff.md: each piece is wrong until you have written it
//   make exercises CHAPTER=stiff        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=stiff-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// stiff 1: one step of implicit Euler, Z = z + h f(Z), for a law f of one number, whose slope f' is given, too. To 10⁻¹⁰.
template <class F, class Slope>
double implicit_step(F f, [[maybe_unused]] Slope slope, double z, double h) {
    return z + h * f(z);
}
void stiff_1(Check& check) {
    const double rate = check.given("rate", {1000, 200, 5000});
    for (const double h : {0.1, 1.0}) {
        const double Z = implicit_step([&](double y) { return -rate * y * y * y; },
                                       [&](double y) { return -3 * rate * y * y; }, 1.0, h);
        check.near(text("implicit_step, what Z - z - h f(Z) leaves for h = ", h), Z - 1 + h * rate * Z * Z * Z, 0,
                   1e-9);
    }
}

// stiff 2: a step goes along the mean (1 − w) f(z) + w f(z⁺), for y' = −rate y. What does it multiply y by?
double damping([[maybe_unused]] double w, double rate, double h) { return std::exp(-rate * h); }
void stiff_2(Check& check) {
    const double w = check.given("w", {0.75, 0.6, 1}), rate = check.given("rate", {30, 8, 50});
    for (const double h : {0.02, 0.4}) {
        double y = 1;  // Newton's iteration: the law is linear, so one round is exact
        y -= (y - 1 + h * rate * ((1 - w) + w * y)) / (1 + h * w * rate);
        check.derived("damping", damping(w, rate, h), y, 1e-9);
    }
}

// stiff 3: find the bug: z' = −theta z³ by implicit Euler, from z to end. The blame of the end becomes that of z. It is off.
double blame_of_start(double theta, double z, [[maybe_unused]] double end, double h, double after) {
    const double J = -3 * theta * z * z;
    return after / (1 - h * J);
}
void stiff_3(Check& check) {
    const double theta = check.given("theta", {30, 5, 80}), h = check.given("h", {0.5, 0.25});
    const auto step = [&](double z) {
        double Z = z;
        for (int round = 0; round < 60; ++round) Z -= (Z - z + h * theta * Z * Z * Z) / (1 + 3 * h * theta * Z * Z);
        return Z;
    };
    const double slope = (step(2 + 1e-5) - step(2 - 1e-5)) / 2e-5;
    check.near("blame_of_start", blame_of_start(theta, 2, step(2), h, 3), 3 * slope, 1e-6);
}

// stiff 4: predict, then run: y' = now y, one step of implicit Euler of length h, and Newton keeps an old J = was. By which
// factor does each round's change differ from the one before?
double rate_of_rounds([[maybe_unused]] double h, double was, double now) { return now / was; }
void stiff_4(Check& check) {
    const double h = check.given("h", {0.1, 0.02}), was = check.given("was", {-40, -100, -25});
    const double now = check.given("now", {-60, -75, -30});
    double k = 0, before = 0, change = 0;
    for (int round = 0; round < 4; ++round) {
        before = change;
        change = (now * (1 + h * k) - k) / (1 - h * was);
        k += change;
    }
    check.derived("rate_of_rounds", rate_of_rounds(h, was, now), change / before);
}

// stiff 5: your own data: a law and a start of yours, up to time t, with .rtol = .atol = 10⁻⁶. How many times as often does
// tsit5 ask f as kvaerno5 does? Above 1 an implicit method pays.
template <class F>
double bills([[maybe_unused]] F f, [[maybe_unused]] const std::array<double, 2>& start, [[maybe_unused]] double t) {
    return 1;
}
void stiff_5(Check& check) {
    const double mu = check.given("mu", {50, 100, 30});
    for (const double stiffness : {mu, 1.0}) {
        const auto f = [&](double, std::span<const double> z, std::span<double> dz) {
            dz[0] = z[1];
            dz[1] = stiffness * (1 - z[0] * z[0]) * z[1] - z[0];
        };
        long asked[2] = {0, 0};
        for (const bool by_kvaerno5 : {false, true}) {
            const auto counted = [&](double t, std::span<const double> z, std::span<double> dz) {
                f(t, z, dz);
                ++asked[by_kvaerno5];
            };
            ode::solve(counted, std::array{2.0, 0.0}, {0, 20},
                       {.method = by_kvaerno5 ? ode::kvaerno5 : ode::tsit5, .rtol = 1e-6, .atol = 1e-6});
        }
        check.derived("bills", bills(f, std::array{2.0, 0.0}, 20), double(asked[0]) / double(asked[1]), 0.01);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "a stage that is an equation", stiff_1}, {2, 1, "what a mean of two arrows damps", stiff_2},
        {3, 1, "where the Jacobian belongs", stiff_3},  {4, 2, "an old Jacobian", stiff_4},
        {5, 1, "which bill is lower?", stiff_5},
    };
    return report("stiff", exercises, argc, argv);
}
