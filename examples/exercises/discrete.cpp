// examples/exercises/discrete.cpp — the exercises of ode/discrete.md: each piece is wrong until you have written it
//   make exercises CHAPTER=discrete       "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=discrete-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

// discrete 1: the tangent field, discrete (2), of z' = θ z (1 − z) for θ̇ = 1: s = (z, ż), ż = dz/dθ. (write)
void tangent(double theta, std::span<const double> s, std::span<double> ds) {
    const double z = s[0];
    ds[0] = theta * z * (1 - z);
    ds[1] = 0;
}
void discrete_1(Check& check) {  // z = 1 / (1 + 9 e^−θt):  dz/dθ = t z (1 − z)
    const double theta = check.given("theta", {1, 0.8, 1.25, 1.5});
    const auto field = [theta](double, std::span<const double> s, std::span<double> ds) { tangent(theta, s, ds); };
    const auto end = ode::solve(field, std::array{0.1, 0.0}, {0, 3}).end();
    check.near("tangent, z(3)", end[0], 1 / (1 + 9 * std::exp(-3 * theta)), 1e-4);
    check.near("tangent, dz/dθ at 3", end[1], 3 * end[0] * (1 - end[0]), 1e-4);
}

// discrete 2: a step of Heun, z⁺ = z + h/2 (k₁ + k₂) with k₂ looked up at z + h k₁, transposed for z' = θ z (1 − z): λ from
// λ⁺. Somewhere it is wrong. (find the bug)
double heun_back(double theta, double z, double h, double after) {
    const double y = z + h * theta * z * (1 - z);  // where k₂ was looked up
    const double w2 = h / 2 * after, m2 = w2 * theta * (1 - 2 * y);
    const double w1 = h / 2 * after + h / 2 * m2, m1 = w1 * theta * (1 - 2 * z);
    return after + m1 + m2;
}
void discrete_2(Check& check) {
    const double theta = check.given("theta", {1, 0.8, 1.25, 1.5}), z = 0.2, h = 0.5, dz = 1;
    const double k1 = theta * z * (1 - z), y = z + h * k1;
    const double d1 = theta * (1 - 2 * z) * dz, d2 = theta * (1 - 2 * y) * (dz + h * d1), after = 3;
    check.near("heun_back, <λ, δz>", heun_back(theta, z, h, after) * dz, after * (dz + h / 2 * (d1 + d2)), 1e-12);
}

// discrete 3: dL/dθ of L = z(T), z' = −θ z from z0, by n equal steps of Euler, as a formula for that very number. (derive)
double by_theta(double theta, double z0, double T, int n) { return theta * z0 * T * n; }
void discrete_3(Check& check) {
    const double theta = check.given("theta", {0.7, 0.5, 0.9}), z0 = check.given("z0", {2, 3, 1.5}), T = 2;
    for (const int n : {1, 2, 5}) {
        Tape tape;
        const Var rate = tape.variable(theta);
        const auto field = [rate](Var, Var z) { return -rate * z; };
        const Var end = ode::solve(tape, field, Tensor({1}, {z0}), {0, T}, {.method = ode::euler, .steps = n}).end();
        check.derived(text("by_theta, n = ", n), by_theta(theta, z0, T, n), double(grad(sum(end), rate).item()));
    }
}

// discrete 4: has dL/dz0 of exercise 3, by n steps, another sign than e^−θT, that of the equation? (predict, then run)
bool wrong_sign(double theta, double T, int n) { return theta * T > n + 100; }
void discrete_4(Check& check) {
    const double theta = check.given("theta", {3.2, 2.6, 3.7}), T = 2;
    for (int n = 1; n <= 9; ++n) {
        Tape tape;
        const Var z0 = tape.variable(Tensor({1}, {1}));
        const auto field = [theta](Var, Var z) { return -theta * z; };
        const Var end = ode::solve(field, z0, {0, T}, {.method = ode::euler, .steps = n}).end();
        check.equal(text("wrong_sign, n = ", n), wrong_sign(theta, T, n), grad(sum(end), z0).value()[0] < 0);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "a derivative that runs forwards", discrete_1},
        {2, 2, "a step that was transposed badly", discrete_2},
        {3, 2, "the slope of what Euler computes", discrete_3},
        {4, 2, "an exact gradient with the wrong sign", discrete_4},
    };
    return report("discrete", exercises, argc, argv);
}
