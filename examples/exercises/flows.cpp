// examples/exercises/flows.cpp — the exercises of ode/flows.md: each piece is wrong until you have written it
//   make exercises CHAPTER=flows          "not yet", with what it gives and what it should, then "done"
// Yours goes between an exercise's comment and its check, in place of what stands there. make hint EX=flows-1 helps.
#include <numbers>

#include "examples/exercises/exercise.hpp"  // brings: costate.hpp; Check, Exercise, report

using namespace costate;

namespace {

double number(Var v) { return static_cast<double>(v.item()); }

// flows 1: tr ∂f/∂z at a point z [1,D], of which f [1,D] was computed: flows (3). jvp(f, z, e) is ∂f/∂z times e; a unit
// vector is tape.constant(a Tensor). (write)
Var trace(Var f, Var) { return sum(f); }
void flows_1(Check& check) {
    const double c = check.given("c", {0.5, 1.5, -0.7});
    for (const Index d : {1, 2, 4}) {
        Tape tape;
        Tensor start({1, d});
        for (Index i = 0; i < d; ++i) start[i] = static_cast<Real>(0.3 * double(i) - 0.4);
        const Var z = tape.variable(start), f = c * z * sum(square(z)) + sin(z);
        check.near(text("trace, D = ", d), number(sum(trace(f, z))), number(sum(divergence(f, z))), 1e-9);
    }
}

// flows 2: ln p(x, y) for dx/dt = αx, dy/dt = −βy from the data at t = 0 to N(0, 1) in both at t = 1. (derive)
double log_density(double alpha, double beta, double x, double y) {
    return -(x * x + y * y) / 2 - std::log(2 * std::numbers::pi) + alpha - beta;
}
void flows_2(Check& check) {
    const double alpha = check.given("alpha", {0.7, 0.4, 1.1}), beta = check.given("beta", {0.3, 0.9, 0.5});
    const auto field = [=](Var, Var z) { return z * z.tape().constant(Tensor({2}, {alpha, -beta})); };
    const ode::Flow flow(field, 2, {0, 1}, {.rtol = 1e-9, .atol = 1e-10});
    check.derived("log_density", log_density(alpha, beta, 0.6, -1.2),
                  static_cast<double>(flow.log_density(Tensor({1, 2}, {0.6, -1.2}))[0]));
}

// flows 3: a sample of dz/dt = −a tanh z, the base at t = 1, and ln p of it. s = (z, l) is solved from (z, start of l) at
// t = 1 down to t = 0. l here is ln p of the point on its way, not the chapter's: it starts at ln N(z), and (1) is its rate.
// Two mistakes: mend them. (find the bug)
struct Sampler {
    double a;
    double start_of_l(double) const { return 0; }
    void field(std::span<const double> s, std::span<double> ds) const {
        const double u = std::tanh(s[0]);
        ds[0] = -a * u;
        ds[1] = -a * (1 - u * u);
    }
    double sample_density(double l) const { return l; }
};
void flows_3(Check& check) {
    const Sampler sampler{check.given("a", {1.5, 1, 0.6, 2})};
    for (const double z : {0.8, -0.3}) {
        const auto back = [&](double, std::span<const double> s, std::span<double> ds) { sampler.field(s, ds); };
        const auto end = ode::solve(back, std::array{z, sampler.start_of_l(z)}, {1, 0}, {.rtol = 1e-9}).end();
        const double x = std::asinh(std::exp(sampler.a) * std::sinh(z));
        const double slope = std::exp(-sampler.a) * std::cosh(x) / std::cosh(z);  // dz/dx
        check.near(text("ln p of the sample of z = ", z), sampler.sample_density(end[1]),
                   std::log(slope) - z * z / 2 - std::log(2 * std::numbers::pi) / 2, 1e-5);
    }
}

// flows 4: the variance of εᵀAε for A = ((p, q), (r, s)) and ε of ±1: predict it, as a formula. (predict, then run)
double variance(double p, double q, double r, double s) { return p * p + q * q + r * r + s * s; }
void flows_4(Check& check) {
    const double p = check.given("p", {2, 1, -3}), q = check.given("q", {1, 0.5, 2}),
                 r = check.given("r", {3, -2, 1.5});
    const double s = -1;
    double mean = 0, of_square = 0;
    for (const double e : {-1, 1})
        for (const double g : {-1, 1}) {
            const double estimate = e * e * p + e * g * q + g * e * r + g * g * s;
            mean += estimate / 4, of_square += estimate * estimate / 4;
        }
    check.derived("variance", variance(p, q, r, s), of_square - mean * mean);
}

// flows 5: twenty numbers of yours or more, in any unit: what is their density? (your own data)
std::vector<double> my_points() { return {1, 1, 1}; }
void flows_5(Check& check) {
    const std::vector<double> points = my_points();
    check.that("my_points, how many", points.size() >= 20, text(points.size()), "20 or more");
    if (!check.done()) return;
    const auto n = static_cast<double>(points.size());
    double mean_value = 0, deviation = 0;
    for (const double x : points) mean_value += x / n;
    for (const double x : points) deviation += (x - mean_value) * (x - mean_value) / n;
    check.that("my_points, how far they spread",
               deviation > 1e-12 * mean_value * mean_value && std::isfinite(deviation), text(std::sqrt(deviation)),
               "more than 0, and finite");
    if (!check.done()) return;
    Tensor data({static_cast<Index>(points.size()), 1});
    for (std::size_t i = 0; i < points.size(); ++i)
        data.data()[i] = static_cast<Real>((points[i] - mean_value) / std::sqrt(deviation));
    const nn::MLP net({1, 8, 1}, nn::tanh, Rng{1});
    const ode::Flow flow(net, 1, {0, 1}, {.method = ode::rk4_classic, .steps = 8});
    optim::Adam adam(flow, {.lr = 0.02});
    Tape tape;
    for (int update = 0; update < 150; ++update, tape.rewind())
        adam.minimise(-mean(flow.log_density(tape.constant(data))));
    const double normal = (1 + std::log(2 * std::numbers::pi)) / 2, nll = flow.check(data, 1).nll;
    check.that("my_points, -mean ln p of the flow", nll < normal, text(nll), text("less than a normal's, ", normal));
}

}  // namespace

int main(int argc, char** argv) {
    const Exercise exercises[] = {
        {1, 2, "a trace by tangents", flows_1},           {2, 2, "a linear flow's density", flows_2},
        {3, 2, "what a sample knows of itself", flows_3}, {4, 1, "how far an estimate spreads", flows_4},
        {5, 3, "the density of your points", flows_5},
    };
    return report("flows", exercises, argc, argv);
}
