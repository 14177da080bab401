// tests/ode/jacobians_test.cpp — Jacobians of a solution as a result, against closed forms, a gradient and a fit
#include "ode/jacobians.hpp"

#include <doctest/doctest.h>

#include "optim/least_squares.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

// z' = θ z (1 − z/K), the curve of growth with a limit
Var growth(const Parameter& theta, Var z) {
    const Var q = z.tape().use(theta);
    return q[0] * z * (1.0 - z / q[1]);
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("Jacobians: growth with a limit, by its parameters and its start") {
        // z(t) = K / (1 + q e^{−θt}),  q = K/z0 − 1;   ∂z/∂θ = z² q t e^{−θt}/K;   ∂z/∂z0 = z² e^{−θt}/z0²
        const double theta = 0.9, K = 2, starts[] = {0.3, 1.1, 2.5};
        const Parameter p("p", Tensor({2}, {theta, K})), unused("unused", Tensor({3}));
        const std::vector<double> times{0, 0.7, 3};
        const double tolerance = either(1e-10, 1e-5);
        for (const ForwardNorm norm : {ForwardNorm::state, ForwardNorm::state_and_tangents}) {
            const Jacobians J = solve_jacobians([&](Var, Var z) { return growth(p, z); },
                                                Tensor({3, 1}, {starts[0], starts[1], starts[2]}).view(), times,
                                                {unused, p}, {.rtol = tolerance, .forward_norm = norm});
            CHECK(J.z.shape() == Shape{3, 3, 1});
            CHECK(J.parameters.shape() == Shape{3, 3, 1, 5});
            CHECK(J.start.shape() == Shape{3, 3, 1, 1});
            for (Index i = 0; i < 3; ++i)
                for (Index row = 0; row < 3; ++row) {
                    const Index at = 3 * i + row;
                    const double t = times[std::size_t(i)], z0 = starts[row], e = std::exp(-theta * t), q = K / z0 - 1,
                                 z = K / (1 + q * e);
                    const auto close = [&](const Tensor& x, Index entry, double wanted) {
                        return std::abs(double(x[entry]) - wanted) < either(1e-8, 1e-4);
                    };
                    CHECK(close(J.z, at, z));
                    CHECK(close(J.parameters, 5 * at + 3, z * z * q * t * e / K));
                    CHECK(close(J.parameters, 5 * at + 4, (z - z * z * e / z0) / K));
                    CHECK(close(J.start, at, z * z * e / (z0 * z0)));
                    for (Index entry = 0; entry < 3; ++entry) CHECK(J.parameters[5 * at + entry] == 0);
                }
        }
    }

    TEST_CASE("Jacobians: standard errors are those of a fit") {
        const Parameter p("p", Tensor({2}, {0.7, 1.5}));
        const std::vector<double> times{0, 0.5, 1, 1.5, 2, 3, 4, 6};
        Tensor data({8, 1});
        for (Index i = 0; i < 8; ++i)
            data[i] =
                static_cast<Real>(2 / (1 + 5 * std::exp(-times[std::size_t(i)])) + 0.02 * std::cos(7.0 * double(i)));
        const Tensor z0({1}, {1. / 3});
        const SolveOptions options{.rtol = either(1e-10, 1e-5), .atol = either(1e-10, 1e-5)};
        const auto law = [&](Var, Var z) { return growth(p, z); };
        const optim::Fit fit =
            optim::least_squares(p, [&](Tape& tape) { return solve(tape, law, z0, times, options).z - data; });
        const Tensor J = solve_jacobians(law, z0.view(), times, p, options).parameters;
        double aa = 0, ab = 0, bb = 0;  // JᵀJ
        for (Index i = 0; i < 8; ++i) {
            const double a = double(J[2 * i]), b = double(J[2 * i + 1]);
            aa += a * a, ab += a * b, bb += b * b;
        }
        const double s2 = fit.residual_sd * fit.residual_sd / (aa * bb - ab * ab);
        CHECK(double(fit.standard_errors[0]) == Approx(std::sqrt(s2 * bb)).epsilon(either(1e-9, 1e-3)));
        CHECK(double(fit.standard_errors[1]) == Approx(std::sqrt(s2 * aa)).epsilon(either(1e-9, 1e-3)));
        CHECK(double(fit.covariance(0, 1)) == Approx(-s2 * ab).epsilon(either(1e-9, 1e-3)));
    }

    TEST_CASE(
        "Jacobians: of a parameter with a row for each row each state has its own, and the loss's gradient is their "
        "sum") {
        // z' = s − z sin(k_b),  row b with its own k_b
        const Parameter k("k", waves({40, 2}, 0.4)), s("s", Tensor({2}, {0.2, -0.1}));
        const auto law = [&](Var, Var z) { return z.tape().use(s) - z * sin(z.tape().use(k)); };
        const std::vector<double> times{0, .3, 1};
        const Tensor z0 = waves({40, 2}, 0.8);
        Tape tape;
        const Gradients exact = solve_and_differentiate(
            tape, [&](Tape&) -> Field { return law; }, {k, s}, z0, times, {}, false);
        const Jacobians J = solve_jacobians(law, z0.view(), times, {k, s});
        REQUIRE(J.parameters.shape() == Shape{3, 40, 2, 82});
        double bar = 0, beside = 0;  // of one entry, as the loss's gradient has it, and what other rows have of it
        const Index b = 37, entry = 2 * b + 1;
        for (Index i = 0; i < 240; ++i) {
            const double w = 2 * double(J.z[i]) * double(waves({240}, 1, 2.3)[i]) + double(waves({240}, 1, 0.9)[i]);
            bar += w * double(J.parameters[82 * i + entry]);
            if (i / 2 % 40 != b) beside += std::abs(double(J.parameters[82 * i + entry]));
        }
        CHECK(bar == Approx(double(exact.parameters[0][entry])).epsilon(either(1e-10, 1e-3)));
        CHECK(beside == 0);
    }

    TEST_CASE("Jacobians: what the tangents do not know is an error that says who was asked") {
        const Parameter k("k", Tensor({1}, {0.5}));
        const auto law = [&](Var, Var z) { return z.tape().use(k) * z; };
        const Tensor z0({1, 1}, {1});
        const auto told = [&](const SolveOptions& options) {
            return error_of([&] { solve_jacobians(law, z0.view(), {0, 1}, {k}, options); });
        };
        CHECK(told({.method = radau5, .mass = {2}}).find("solve_jacobians: tangents with a mass") != std::string::npos);
        CHECK(told({.rows = independent}).find("solve_jacobians: rows with clocks") != std::string::npos);
    }

    TEST_CASE("Jacobians: a parameter listed twice is an error") {
        const Parameter k("k", Tensor({1}, {0.5}));
        const auto law = [&](Var, Var z) { return z.tape().use(k) * z; };
        const Tensor z0({1}, {1});
        CHECK(error_of([&] {
                  solve_jacobians(law, z0.view(), {0, 1}, {k, k});
              }).find("listed twice") != std::string::npos);
    }
}
