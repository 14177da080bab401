// tests/ode/sde_test.cpp — steps of stochastic differential equations against solutions in closed form
#include "ode/stochastic/sde.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operators.hpp"
#include "core/linspace.hpp"
#include "nn/mlp.hpp"
#include "tests/ode/orders.hpp"  // brings: slope
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// Geometric Brownian motion, dz = μ z dt + σ z dW:  z(t) = z0 exp((μ − σ²/2) t + σ W(t))
constexpr double mu = 0.7, sigma = 0.6;
Var growth(Var, Var z) { return mu * z; }
Var spread(Var, Var z) { return sigma * z; }

Tensor exact_growth(const Tensor& z0, double t, std::uint64_t seed) {
    Tensor z = ode::Brownian(seed, 0, 1, z0.shape()).at(t);
    for (Index i = 0; i < z.size(); ++i)
        z[i] = z0[i] * static_cast<Real>(std::exp((mu - sigma * sigma / 2) * t + sigma * double(z[i])));
    return z;
}

double mean_distance(const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (Index i = 0; i < a.size(); ++i) sum += std::abs(double(a[i]) - double(b[i]));
    return sum / double(a.size());
}

double mean_of(const Tensor& a) {
    double sum = 0;
    for (const Real x : a.entries()) sum += double(x);
    return sum / double(a.size());
}

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("solve_sde: every method shows its strong and its weak order on geometric Brownian motion") {
    const Tensor z0({2000, 1}, 1);
    for (const ode::SdeMethod& method : ode::all_sde_methods) {
        CAPTURE(method.name);
        std::vector<double> h, strong, weak;
        for (const int steps : {8, 16, 32, 64, 128}) {
            const Tensor end =
                ode::solve_sde(growth, spread, z0, {0, 1}, {.method = method, .steps = steps, .seed = 1}).end();
            const Tensor truth = exact_growth(z0, 1, 1);
            h.push_back(1. / steps);
            strong.push_back(mean_distance(end, truth));
            weak.push_back(std::abs(mean_of(end) - mean_of(truth)));
        }
        CHECK(slope(h, strong) == doctest::Approx(method.strong_order).epsilon(0.1));
        if (method.name != std::string("sri2"))  // of second order in the drift: no error of the mean is left to see
            CHECK(slope(h, weak) == doctest::Approx(method.weak_order).epsilon(0.2));
    }
}

TEST_CASE("solve_sde: Milstein's step of geometric Brownian motion is its formula") {
    const Tensor z0({3, 2}, {1, 2, 3, 4, 5, -6});
    const Tensor end =
        ode::solve_sde(growth, spread, z0, {0, 1}, {.method = ode::milstein, .steps = 1, .seed = 9}).end();
    const Tensor w = ode::Brownian(9, 0, 1, {3, 2}).at(1);
    for (Index i = 0; i < 6; ++i) {
        const double dw = double(w[i]);
        CHECK(double(end[i]) ==
              doctest::Approx(double(z0[i]) * (1 + mu + sigma * dw + sigma * sigma * (dw * dw - 1) / 2))
                  .epsilon(either(1e-14, 1e-5)));
    }
}

TEST_CASE("solve_sde: without noise sri2 is Heun's method, the others Euler's") {
    const Tensor z0({1, 1}, {1});
    const auto quiet = [](Var, Var z) { return 0 * z; };
    const auto pull = [](Var t, Var z) { return t - z; };
    const auto error = [&](const ode::SdeMethod& method, int steps) {  // z(1) = 2/e
        return std::abs(
            double(ode::solve_sde(pull, quiet, z0, {0, 1}, {.method = method, .steps = steps}).end().item()) -
            2 * std::exp(-1.));
    };
    CHECK(error(ode::sri2, 8) / error(ode::sri2, 16) == doctest::Approx(4).epsilon(0.1));
    CHECK(error(ode::milstein, 8) / error(ode::milstein, 16) == doctest::Approx(2).epsilon(0.1));
    CHECK(error(ode::euler_maruyama, 8) == error(ode::milstein, 8));
}

// dz = κ (m − z) dt + s dW from z0:  mean m + (z0 − m) e^−κt,  covariance s²/2κ (e^−κ|t−u| − e^−κ(t+u))
TEST_CASE("solve_sde: an Ornstein-Uhlenbeck process has its means and covariances") {
    const double kappa = 2, m = 0.5, s = 0.8;
    const Index paths = 20'000;
    const auto pull = [&](Var, Var z) { return kappa * (m - z); };
    const auto noise = [&](Var, Var z) { return z.tape().constant(s); };  // broadcasts
    const std::vector<double> times{0, 0.25, 1, 2};
    const auto solution = ode::solve_sde(pull, noise, Tensor({paths, 1}, Real(1.5)), times,
                                         {.method = ode::sri2, .steps = 64, .seed = 2});
    for (Index i = 1; i < 4; ++i)
        for (Index j = 1; j <= i; ++j) {
            const double t = times[std::size_t(i)], u = times[std::size_t(j)];
            const Tensor x = solution.at(i), y = solution.at(j);
            double mx = mean_of(x), my = mean_of(y), xy = 0;
            for (Index n = 0; n < paths; ++n) xy += (double(x[n]) - mx) * (double(y[n]) - my) / double(paths);
            const double variance = s * s / (2 * kappa);
            CHECK(mx == doctest::Approx(m + (1.5 - m) * std::exp(-kappa * t)).epsilon(0.02));
            CHECK(xy ==
                  doctest::Approx(variance * (std::exp(-kappa * (t - u)) - std::exp(-kappa * (t + u)))).epsilon(0.06));
        }
}

TEST_CASE("solve_sde: a Var, a Tensor, a Parameter and a tape beside them give the same bits, by every method") {
    const nn::MLP drift({2, 8, 2}, nn::tanh, Rng{0}, {.time = true}), strength({2, 8, 2}, nn::tanh, Rng{1});
    const Tensor z0 = waves({4, 2}, 1);
    for (const ode::SdeMethod& method : ode::all_sde_methods) {
        const ode::SdeOptions options{.method = method, .steps = 10, .seed = 5};
        const std::vector<double> times{0, 0.25, 0.5, 1};
        const Tensor z = ode::solve_sde(drift, strength, z0, times, options).z;
        REQUIRE(z.shape() == Shape{4, 4, 2});
        Tape tape;
        const Parameter start("z0", z0);
        CHECK(Tensor(ode::solve_sde(drift, strength, tape.variable(z0), times, options).z.value()) == z);
        CHECK(Tensor(ode::solve_sde(tape, drift, strength, z0, times, options).z.value()) == z);
        CHECK(Tensor(ode::solve_sde(tape, drift, strength, start, times, options).z.value()) == z);
        CHECK(ode::solve_sde(drift, strength, start, times, options).z == z);
        CHECK(Tensor(z.rows(3, 1)) == Tensor(ode::solve_sde(drift, strength, z0, {0, 1}, options).z.rows(1, 1)));
        const Tensor some(z0.rows(0, 2));  // rows do not know of one another
        CHECK(ode::solve_sde(drift, strength, some, {0, 1}, options).end() ==
              Tensor(Tensor(z.rows(3, 1)).reshaped({4, 2}).rows(0, 2)));
    }
}

TEST_CASE("solve_sde: a time between two steps is a shorter step aside") {
    const Tensor z0({2, 1}, {1, 2});
    const ode::SdeOptions options{.method = ode::milstein, .steps = 2, .seed = 3};
    const auto solution = ode::solve_sde(growth, spread, z0, {0, 0, 0.3, 0.5, 1}, options);
    CHECK(solution.at(1) == z0);
    CHECK(solution.statistics().accepted == 2);
    CHECK(solution.statistics().evaluations == 3);
    const double w = double(ode::Brownian(3, 0, 1, {2, 1}).at(0.3)[1]);
    CHECK(double(solution.at(2)[1]) ==
          doctest::Approx(2 * (1 + mu * 0.3 + sigma * w + sigma * sigma * (w * w - 0.3) / 2))
              .epsilon(either(1e-13, 1e-5)));
    CHECK(solution.end() == ode::solve_sde(growth, spread, z0, {0, 1}, options).end());
}

TEST_CASE("solve_sde: gradients by start and parameters match central differences, by every method") {
    const Parameter k("k", 0.7), s("s", Tensor({2}, {0.6, 0.4}));
    const auto drift = [&](Var t, Var z) { return k * sin(z) + t; };
    const auto noise = [&](Var, Var z) { return s * (1 + 0.5 * cos(z)); };
    const Tensor z0 = waves({3, 2}, 1);
    for (const ode::SdeMethod& method : ode::all_sde_methods) {
        CAPTURE(method.name);
        const ode::SdeOptions options{.method = method, .steps = 7, .seed = 4};
        Tape tape;
        const Parameter start("z0", z0);
        const auto loss = [&](Tape& on) {
            return weighted(ode::solve_sde(on, drift, noise, start, {0, 0.4, 1}, options).z);
        };
        const Vars g = grad(loss(tape), {k, s, start});
        const auto value = [&] {
            Tape other;
            return double(loss(other).item());
        };
        std::size_t n = 0;
        for (const Parameter& p : {k, s, start}) {
            const Tensor gradient(g[n++].value());
            for (Index i = 0; i < p.size(); ++i) {
                const double d = either(1e-5, 1e-2), x = double(p.value()[i]);
                p.edit()[i] = static_cast<Real>(x + d);
                const double up = value();
                p.edit()[i] = static_cast<Real>(x - d);
                const double down = value();
                p.edit()[i] = static_cast<Real>(x);
                CHECK(double(gradient[i]) == doctest::Approx((up - down) / (2 * d)).epsilon(either(1e-7, 2e-2)));
            }
        }
    }
}

// z(1) = z0 exp((μ − σ²/2) + σ W): dz/dμ = z, dz/dσ = (W − σ) z, along every path.
TEST_CASE("solve_sde: with many steps the gradient is that of the closed form, path by path") {
    const Parameter m("mu", mu), s("sigma", sigma);
    const Tensor z0({1, 1}, 1);
    Tape tape;
    const auto solution = ode::solve_sde(
        tape, [&](Var, Var z) { return m * z; }, [&](Var, Var z) { return s * z; }, z0, {0, 1},
        {.method = ode::milstein, .steps = 1024, .seed = 6});
    const Vars g = grad(sum(solution.end()), {m, s});
    const double w = double(ode::Brownian(6, 0, 1, {1, 1}).at(1)[0]), z = double(exact_growth(z0, 1, 6)[0]);
    CHECK(double(g[0].item()) == doctest::Approx(z).epsilon(0.02));
    CHECK(double(g[1].item()) == doctest::Approx((w - sigma) * z).epsilon(0.03));
}

TEST_CASE("solve_sde: fields may branch on numbers, solve, and take derivatives of their own") {
    const auto potential = [](Var, Var z) { return -grad(sum(square(square(z)) / 4), z); };  // −z³
    const auto cubic = [](Var, Var z) { return -z * z * z; };
    const auto branching = [](Var t, Var z) { return t.item() < Real(0.5) ? 0.1 * z : 0.2 * z; };
    const auto nested = [&](Var, Var z) { return ode::solve_sde(growth, spread, z, {0, 0.1}, {.steps = 2}).end(); };
    const Tensor z0 = waves({3, 2}, 1);
    const ode::SdeOptions options{.method = ode::sri2, .steps = 6};
    for (const ode::Field& field : {ode::Field(potential), ode::Field(branching), ode::Field(nested)}) {
        Tape tape;
        const Tensor with_tape(ode::solve_sde(tape, field, spread, z0, {0, 1}, options).z.value());
        CHECK(with_tape == ode::solve_sde(field, spread, z0, {0, 1}, options).z);
    }
    CHECK(distance(ode::solve_sde(potential, spread, z0, {0, 1}, options).z,
                   ode::solve_sde(cubic, spread, z0, {0, 1}, options).z) < either(1e-13, 1e-5));
}

TEST_CASE("solve_sde: a warm solve on a tape and its gradient allocate nothing") {
    const nn::MLP drift({2, 8, 2}, nn::tanh, Rng{0}), strength({2, 8, 2}, nn::tanh, Rng{1});
    const Tensor z0 = waves({4, 2}, 1);
    Tape tape;
    for (const ode::SdeMethod& method : ode::all_sde_methods) {
        const auto iterate = [&] {
            tape.rewind();
            grad(mean(square(ode::solve_sde(tape, drift, strength, z0, {0, 0.3, 1}, {.method = method, .steps = 5}).z)),
                 drift.parameters());
        };
        for (int n = 0; n < 4; ++n) iterate();
        CHECK(allocations_in(iterate) == 0);
    }
}

TEST_CASE("euler_log_likelihood: the density of the step's normal distribution, and its gradient") {
    const Parameter k("k", 2.0);
    Tape tape;
    const Tensor from({2, 2}, {0.1, -0.4, 1, 0.3}), to({2, 2}, {0.2, -0.2, 0.8, 0.5});
    const Var p = ode::euler_log_likelihood([&](Var t, Var z) { return -(k * z) + t; },
                                            [](Var, Var z) { return 0.5 + 0 * z; }, 0.3, tape.constant(from), 0.1, to);
    REQUIRE(p.shape() == Shape{2});
    double slope_by_k = 0;
    for (Index b = 0; b < 2; ++b) {
        double sum = 0;
        for (Index j = 0; j < 2; ++j) {
            const double z = double(from(b, j)), variance = 0.1 * 0.25;
            const double off = double(to(b, j)) - z - 0.1 * (-2 * z + 0.3);
            sum += -off * off / (2 * variance) - std::log(2 * 3.14159265358979 * variance) / 2;
            slope_by_k += off / variance * 0.1 * -z;
        }
        CHECK(num(p, b) == doctest::Approx(sum).epsilon(either(1e-13, 1e-5)));
    }
    CHECK(num(grad(sum(p), k)) == doctest::Approx(slope_by_k).epsilon(either(1e-12, 1e-4)));
}

TEST_CASE("solve_sde: what cannot be meant is an error that says so") {
    const Tensor z0({3, 2}, 1);
    const auto refused = [&](const std::string& words, const auto& drift, const auto& noise, const ode::Times& times,
                             const ode::SdeOptions& options) {
        const std::string error = error_of([&] { ode::solve_sde(drift, noise, z0, times, options); });
        CAPTURE(error);
        CHECK(contains(error, words));
        CHECK(contains(error, "sde_test.cpp"));
    };
    refused("solve_sde: so many steps make no sense", growth, spread, {0, 1}, {.steps = 0});
    refused("solve_sde: the times fall", growth, spread, {1, 0}, {});
    refused("the times do not go in one direction", growth, spread, {0, 2, 1}, {});
    refused("the field's result does not have the state's shape", [](Var, Var z) { return sum(z); }, spread, {0, 1},
            {});
    refused("solve_sde: the diffusion does not have the state's shape", growth,
            [](Var, Var z) {
                return reshape(z, {2, 3});
            },
            {0, 1}, {});
    refused("expected  [3,2], or what broadcasts to it", growth, [](Var, Var z) { return stack({z, z}); }, {0, 1}, {});
    refused("solve_sde: the state is no longer finite", [](Var, Var z) { return 1e300 * z; }, spread, {0, 1}, {});
    CHECK(contains(error_of([] { ode::SdeMethod("heun"); }), "euler_maruyama, milstein or sri2"));
    CHECK(contains(error_of([&] { ode::solve_sde(growth, spread, Tensor({1}, {NAN}), {0, 1}); }), "z0 is not finite"));
    Tape tape;
    const Var t = tape.variable(Tensor::scalar(1));
    CHECK(contains(error_of([&] {
                       ode::solve_sde(tape, growth, spread, z0, {0, t});
                   }),
                   "a path has no derivative by time"));
    const Var z = tape.constant(z0);
    CHECK(contains(error_of([&] {
                       ode::euler_log_likelihood(growth, spread, 0, z, 0.1, Tensor({2, 3, 2}));
                   }),
                   "euler_log_likelihood: a step leads to a state of another shape"));
    CHECK(contains(error_of([&] { ode::euler_log_likelihood(growth, spread, 0, t, 0.1, 1); }),
                   "z has no axis to sum over"));
}

TEST_SUITE_END();
