// examples/exercises/adjoint.cpp — the exercises of ode/adjoint.md: each piece is wrong until you have written it
//   make exercises CHAPTER=adjoint        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=adjoint-1 helps.
#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// What an exercise is held against: dL/dz0 and dL/dθ of z' = θ z (1 − z), L = Σ z(t_i)², by the tape.
Vars gradient(Tape& tape, double z0, double theta, const std::vector<double>& times) {
    const Var start = tape.variable(Tensor::scalar(z0)), rate = tape.variable(Tensor::scalar(theta));
    const auto field = [rate](Var, Var z) { return rate * z * (1 - z); };
    return grad(sum(square(ode::solve(field, start, times, {.rtol = 1e-8}).z)), {start, rate});
}

// adjoint 1: dL/dt0, from a = dL/dz0 (behind the jump at t0), that jump, and f there: adjoint (6). (write)
double time_gradient(double a, double jump, double f) { return a * f * jump; }
void adjoint_1(Check& check) {  // growth with a limit, L = Σ z(t_i)²
    const double start = check.given("z0", {0.1, 0.05, 0.2, 0.3});
    Tape tape;
    const Var z0 = tape.variable(Tensor::scalar(start)), times = tape.variable(Tensor({3}, {0, 1, 2}));
    const Var z = ode::solve([](Var, Var y) { return y * (1 - y); }, z0, times).z;
    const Vars g = grad(sum(square(z)), {z0, times});
    const double right = static_cast<double>(g[1].value()[0]);
    check.near("time_gradient", time_gradient(number(g[0]), 2 * start, start * (1 - start)), right, 1e-4);
}

// adjoint 2: a walk back over an interval, s = (z, a, g), and the jump before it. Two of the chapter's mistakes are in
// here: mend them. (find the bug)
struct Walk {
    double theta;
    void field(std::span<const double> s, std::span<double> ds) const {
        ds[0] = theta * s[0] * (1 - s[0]);
        ds[1] = s[1] * theta * (1 - 2 * s[0]);
        ds[2] = -s[1] * s[0] * (1 - s[0]);
    }
    void jump(std::span<double> s, double observed) const { s[1] = 2 * observed; }
};
void adjoint_2(Check& check) {
    const double theta = check.given("theta", {1, 0.8, 1.25, 1.5}), z0 = 0.1;
    const std::vector<double> times{0, 1, 2, 3};
    const Walk walk{theta};
    std::array<double, 3> s{};
    for (std::size_t i = 3;; --i) {
        s[0] = 1 / (1 + 9 * std::exp(-theta * times[i]));
        walk.jump(s, s[0]);
        if (i == 0) break;
        const auto back = [&](double, std::span<const double> at, std::span<double> ds) { walk.field(at, ds); };
        s = ode::solve(back, s, {times[i], times[i - 1]}, {.rtol = 1e-8}).end();
    }
    Tape tape;
    const Vars right = gradient(tape, z0, theta, times);
    check.near("Walk, dL/dz0", s[1], number(right[0]), 1e-4);
    check.near("Walk, dL/dθ", s[2], number(right[1]), 1e-4);
}

// adjoint 3: dL/dθ of z' = −θ z from z0, L = z(T)², as a formula; no solve, no tape. (derive)
double decay(double theta, double z0, double T) { return theta * z0 * T; }
void adjoint_3(Check& check) {
    const double theta = check.given("theta", {0.5, 0.4, 0.7, 0.9}), z0 = check.given("z0", {2, 1.5, 3});
    const double T = check.given("T", {1, 1.2, 0.8});
    Tape tape;
    const Var rate = tape.variable(Tensor::scalar(theta));
    const Var end =
        ode::solve(tape, [rate](Var, Var z) { return -rate * z; }, Tensor({1}, {z0}), {0, T}, {.rtol = 1e-9}).end();
    check.derived("decay", decay(theta, z0, T), number(grad(sum(square(end)), rate)));
}

// adjoint 4: dL/dz0 of exercise 3 as it comes out when (3) has lost its minus: predict it, as a formula. (predict, then run)
double without_minus(double theta, double z0, double T) { return 2 * z0 * std::exp(-2 * theta * T); }
void adjoint_4(Check& check) {
    const double theta = check.given("theta", {0.5, 0.4, 0.7, 0.9}), z0 = check.given("z0", {2, 1.5, 3});
    const double T = check.given("T", {1, 1.2, 0.8});
    const double end = z0 * std::exp(-theta * T);
    const auto wrong = [theta](double, std::span<const double> a, std::span<double> da) { da[0] = a[0] * -theta; };
    const double run = ode::solve(wrong, std::array{2 * end}, {T, 0}, {.rtol = 1e-9}).end()[0];
    check.derived("without_minus", without_minus(theta, z0, T), run);
}

// adjoint 5: the clock's adjoint for z' = r(t) z (1 − z), whose rate changes as dr = r'(t): da_t/dt between observations,
// and what a_t becomes at an observation z that L reads as z². (write)
double clock(double, double, double) { return 0; }           // (z, a, dr)
double adjusted(double a_t, double, double) { return a_t; }  // (a_t, z, r)
void adjoint_5(Check& check) {
    const double swing = check.given("swing", {0.5, 0.3, 0.8});
    const auto r = [&](double t) { return 1 + swing * std::sin(t); };
    const auto back = [&](double t, std::span<const double> s, std::span<double> ds) {
        ds[0] = r(t) * s[0] * (1 - s[0]);
        ds[1] = -s[1] * r(t) * (1 - 2 * s[0]);
        ds[2] = clock(s[0], s[1], swing * std::cos(t));
    };
    std::array<double, 3> s{};
    double right = 0;
    for (const double t : {3.0, 2.0, 1.0}) {
        const double z = 1 / (1 + 9 * std::exp(-(t + swing * (1 - std::cos(t)))));
        s = {z, s[1] + 2 * z, adjusted(s[2], z, r(t))};
        s = ode::solve(back, s, {t, t - 1}, {.rtol = 1e-9}).end();
        right -= 2 * z * z * (1 - z);  // times r(0), which is 1
    }
    check.near("clock and adjusted, dL/dt0", s[2], right, 1e-5);
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "the gradient with respect to t0", adjoint_1},  {2, 2, "a walk with two mistakes", adjoint_2},
        {3, 2, "a gradient with pencil and paper", adjoint_3}, {4, 1, "what a lost minus does", adjoint_4},
        {5, 3, "the adjoint of the clock", adjoint_5},
    };
    return report("adjoint", exercises, argc, argv);
}
