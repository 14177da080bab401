// examples/exercises/straight.cpp — the exercises of ode/straight.md: each piece is wrong until you have written it
//   make exercises CHAPTER=straight       "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=straight-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// straight 1: the loss straight (4) of one draw: data x, noise z, time t, and a field f on a line. (write)
using Field = double (*)(double t, double y);
double matching(Field f, double x, double z, double t) { return f(t, x) - z; }
void straight_1(Check& check) {
    const double x = check.given("x", {2, -1, 0.5}), t = check.given("t", {0.25, 0.6, 0.9});
    // By the field y + t: what an expansion of (y + t − z + x)² at y = x − t x + t z gives.
    const double z = -0.8, half = 2 * x - z, rest = t * (1 - x + z);
    check.near("matching", matching([](double s, double y) { return y + s; }, x, z, t),
               half * half + 2 * half * rest + rest * rest, 1e-9);
}

// straight 2: W₂² from N(m, s²) to N(n, r²) on a line. (derive)
double transport(double m, double s, double n, double r) { return (m - n) * (m - n) + s * s + r * r; }
void straight_2(Check& check) {
    const double m = check.given("m", {1, -0.5, 2}), s = check.given("s", {2, 0.5, 3}), n = -0.4, r = 1.2;
    // The map that keeps the order takes m ± s to n ± r; means of quadratic functions over both points are exact.
    double right = 0;
    for (const double e : {-1, 1}) right += std::pow(m + e * s - n - e * r, 2) / 2;
    check.derived("transport", transport(m, s, n, r), right);
}

// straight 3: where N(m, s²) at t = 0 goes to N(0, 1) at t = 1: the velocity at (t, z), of lines at constant speed from x
// to (x − m)/s. Two mistakes: mend them. (find the bug)
struct Straight {
    double m, s;
    double began(double t, double z) const { return (z - t * m / s) / (1 - t + t / s); }  // where the line began
    double velocity(double t, double z) const {
        const double x = began(t, z);
        return (z - m) / s - x;
    }
};
void straight_3(Check& check) {
    const Straight field{check.given("m", {1, -2, 0.5}), check.given("s", {2, 0.5, 3})};
    const auto rate = [&](double t, std::span<const double> z, std::span<double> dz) {
        dz[0] = field.velocity(t, z[0]), dz[1] = dz[0] * dz[0];
    };
    const double x = 0.3, goal = (x - field.m) / field.s;
    const auto end = ode::solve(rate, std::array{x, 0.0}, {0, 1}, {.rtol = 1e-9}).end();
    check.near("Straight, where it ends", end[0], goal, 1e-5);
    check.near("Straight, its energy", end[1], (goal - x) * (goal - x), 1e-5);
}

// straight 4: along a path from x at t = 0 to z at t = 1 the energy ∫|f|² dt is K. Gone by the same way, but in the time T,
// every speed changed alike, it is: predict it, as a formula. (predict, then run)
double energy(double K, double T) { return K * T; }
void straight_4(Check& check) {
    const double T = check.given("T", {2, 3, 0.5, 0.25});
    const auto run = [](double time) {  // a spiral: dz/dt = (−z1 − 3 z2, 3 z1 − z2) / time
        const auto field = [time](double, std::span<const double> z, std::span<double> dz) {
            dz[0] = (-z[0] - 3 * z[1]) / time, dz[1] = (3 * z[0] - z[1]) / time;
            dz[2] = dz[0] * dz[0] + dz[1] * dz[1];
        };
        return ode::solve(field, std::array{1.0, 0.0, 0.0}, {0, time}, {.rtol = 1e-9}).end()[2];
    };
    check.derived("energy", energy(run(1), T), run(T));
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 1, "flow matching's loss", straight_1},
        {2, 2, "transport between normals", straight_2},
        {3, 2, "lines at constant speed", straight_3},
        {4, 1, "the price of haste", straight_4},
    };
    return report("straight", exercises, argc, argv);
}
