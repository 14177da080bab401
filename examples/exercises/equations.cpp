// examples/exercises/equations.cpp — the exercises of ode/equations.md: each piece is wrong until you have written it
//   make exercises CHAPTER=equations        "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=equations-1 helps.
#include <numbers>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

constexpr double pi = std::numbers::pi;

// equations 1: u(x) from what a network says at x, [N,1]: u(0) = a and u(1) = b, whatever it says; free in between (write).
Var with_edge(Var /*x*/, Var network, double /*a*/, double /*b*/) { return network; }
void equations_1(Check& check) {
    const double a = check.given("a", {0, 1, -2}), b = check.given("b", {3, 2, 0.5});
    Tape tape;
    const Var x = tape.variable(tensor({{0}, {0.5}, {1}}));
    const auto at = [&](double says, Index i) { return double(with_edge(x, says + 0 * x, a, b)[i][0].item()); };
    for (const double says : {0.0, 9.0}) {
        check.near(text("with_edge, u(0) where the network says ", says), at(says, 0), a, 1e-5);
        check.near(text("with_edge, u(1) where the network says ", says), at(says, 2), b, 1e-5);
    }
    const double apart = std::abs(at(9, 1) - at(0, 1));
    check.that("with_edge, what the network changes in the middle", apart > 0.5, text(apart), "more than 0.5");
}

// equations 2: the loss, mean of r² on [0, 1], of u = 0 where u'' = −k²π² sin kπx is asked for (derive).
double loss_at_zero(double /*k*/) { return 0; }
void equations_2(Check& check) {
    const double k = check.given("k", {2, 3, 4});
    double mean = 0;
    for (int i = 0; i < 10000; ++i) {
        const double r = k * k * pi * pi * std::sin(k * pi * (i + 0.5) / 10000);
        mean += r * r / 10000;
    }
    check.derived("loss_at_zero", loss_at_zero(k), mean);
}

// equations 3: the residual of u'' = −u. A straight line should not please it (find the bug).
Var oscillator(Var u, Var x) { return laplacian(u, x) + laplacian(u, x) * u; }
void equations_3(Check& check) {
    Tape tape;
    const Var x = tape.variable(tensor({{0.1}, {0.7}, {1.3}}));
    const auto largest = [&](Var u) { return double(max(abs(oscillator(u, x))).item()); };
    check.near("oscillator, of sin x", largest(sin(x)), 0, 1e-5);
    check.near("oscillator, of x", largest(x + 0 * square(x)), 1.3, 1e-5);
    check.near("oscillator, of x²", largest(square(x)), 3.69, 1e-4);
}

// equations 4: x' = 1.3 x − .9 x y. The growth rate that the law is given is `known`, not 1.3. Data without noise and a network
// that learns its term perfectly: what is the term at (x, y) (predict, then run)?
double learned_term(double x, double y, double /*known*/) { return -0.9 * x * y; }
void equations_4(Check& check) {
    const double known = check.given("known", {1.1, 1.5, 1.2});
    Tape tape;
    for (const auto& [x, y] : {std::pair{2.0, 0.5}, {1.0, 3.0}}) {
        const Var z = tape.constant(Tensor({2}, {Real(x), Real(y)}));
        const Var rate = 1.3 * z[0] - 0.9 * z[0] * z[1];  // what the data says
        check.near(text("learned_term, at ", x, ", ", y), learned_term(x, y, known),
                   double((rate - known * z[0]).item()), 1e-5);
    }
}

struct Reading {
    double t, value;
};

// equations 5: readings of your own of something that goes to a level: 8 or more, times ascending (your own data).
std::vector<Reading> my_series() { return {}; }
void equations_5(Check& check) {  // slopes between neighbours against k (level − value), by least squares
    const std::vector<Reading> series = my_series();
    check.that("my_series, readings", series.size() >= 8, text(series.size()), "8 or more");
    if (!check.done()) return;
    double n = 0, v = 0, s = 0, vv = 0, vs = 0, ss = 0;
    for (std::size_t i = 1; i < series.size(); ++i) {
        const double dt = series[i].t - series[i - 1].t;
        check.that("my_series, a time", dt > 0, text(series[i].t), text("more than ", series[i - 1].t));
        if (!check.done()) return;
        const double value = (series[i].value + series[i - 1].value) / 2,
                     slope = (series[i].value - series[i - 1].value) / dt;
        n += 1, v += value, s += slope, vv += value * value, vs += value * slope, ss += slope * slope;
    }
    const double spread = vv / n - v * v / n / n, together = vs / n - v * s / n / n, slopes = ss / n - s * s / n / n;
    const double explained = together * together / (spread * slopes + 1e-300);
    check.that("my_series, the rate k of value' = k (level − value)", together < 0, text(-together / (spread + 1e-300)),
               "more than 0: it goes to a level");
    check.that("my_series, the share of its slopes that this law explains", explained > 0.7, text(explained),
               "0.7 or more");
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "an edge that holds by itself", equations_1},
        {2, 2, "the loss of a flat network", equations_2},
        {3, 2, "a residual that sees too little", equations_3},
        {4, 2, "what a wrong rate leaves to learn", equations_4},
        {5, 3, "a law for readings of yours", equations_5},
    };
    return report("equations", exercises, argc, argv);
}
