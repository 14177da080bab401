// tests/ode/implicit_limits_test.cpp — where the equations of implicit methods are hard to solve, or not at all
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// z' = −k (z − cos t) from 0, implicit Euler in three steps of h: z ← (z + h k cos t) / (1 + h k), entry by entry.
// The largest ∂Σz²/∂k there is, whose k reach from 1 to 10^6.
struct Spread {
    Index n;
    double k(Index i) const { return std::pow(10.0, 6.0 * double(i) / double(n - 1)); }

    double gradient(Index i) const {
        double z = 0, z_k = 0, sum = 0;
        const double h = 1.0 / 3, k = this->k(i);
        for (int step = 1; step <= 3; ++step) {
            const double c = std::cos(step * h);
            z_k = (z_k + h * c) / (1 + h * k) - h * (z + h * k * c) / ((1 + h * k) * (1 + h * k));
            z = (z + h * k * c) / (1 + h * k);
            sum += 2 * z * z_k;
        }
        return sum;
    }
    double end(Index i) const {
        double z = 0;
        for (int step = 1; step <= 3; ++step) z = (z + k(i) / 3 * std::cos(step / 3.0)) / (1 + k(i) / 3);
        return z;
    }
    Preconditioner diagonal() const {  // I − hγJ itself
        return [*this](double, std::span<const Real>, double h, std::span<Real> r) {
            for (Index i = 0; i < n; ++i) r[std::size_t(i)] /= static_cast<Real>(1 + h * k(i));
        };
    }
    Tensor gradients(const SolveOptions& options) const {
        Tape tape;
        Tensor rates({n});
        for (Index i = 0; i < n; ++i) rates[i] = static_cast<Real>(k(i));
        const Var k = tape.variable(rates), z0 = tape.variable(Tensor({1, n}));
        const auto field = [&](Var t, Var z) { return -k * (z - cos(t)); };
        return Tensor(tape.view(grad(sum(square(solve(tape, field, z0, {0, 1.0 / 3, 2.0 / 3, 1}, options).z)), k)));
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("implicit: transposed equations that GMRES cannot solve are an error, and no wrong gradient") {
        SolveOptions options{.method = implicit_euler, .steps = 3};
        const auto check = [&](const Spread& rates) {
            const Tensor g = rates.gradients(options);
            for (Index i = 0; i < rates.n; ++i) {
                INFO(rates.n, " numbers, the ", i, "-th, .dense_up_to = ", options.dense_up_to);
                CHECK(double(g[i]) == doctest::Approx(rates.gradient(i)).epsilon(either(1e-9, 1e-3)).scale(1e-3));
            }
        };
        check({200});
        if (is_double) {
            const std::string error = error_of([&] { check({201}); });
            CAPTURE(error);
            CHECK(contains(error, "does not converge"));
            CHECK(contains(error, ".dense_up_to = 201"));
            Tape tape;  // at rest, where the solve has nothing to do, and its gradient has
            const Var z0 = tape.variable(Tensor({1, 201}, std::vector<Real>(201, 1)));
            Tensor k({1, 201});
            for (Index i = 0; i < 201; ++i) k[i] = static_cast<Real>(Spread{201}.k(i));
            const auto field = [&](Var, Var z) { return k * (1 - z); };
            const Var end = solve(tape, field, z0, {0, 1}, options).end();
            const std::string reversed = error_of([&] { grad(sum(end), z0); });
            CHECK(contains(reversed, "transposed equations have no solution"));
            CHECK(contains(reversed, "try       .dense_up_to = 201"));
        }
        options.dense_up_to = 201;
        check({201});
        options.dense_up_to = 0;
        check({2});
        options.dense_up_to = -1;
        CHECK(error_of([&] { check({2}); }).find(".dense_up_to") != std::string::npos);
    }

    TEST_CASE("implicit: with a preconditioner GMRES solves rates over six decades, and a gradient is exact") {
        const Spread rates{201};
        const SolveOptions options{.method = implicit_euler, .steps = 3, .preconditioner = rates.diagonal()};
        const Tensor g = rates.gradients(options);
        for (Index i = 0; i < rates.n; ++i)
            CHECK(double(g[i]) == doctest::Approx(rates.gradient(i)).epsilon(either(1e-9, 1e-3)).scale(1e-3));
        Tensor k({201});
        for (Index i = 0; i < 201; ++i) k[i] = static_cast<Real>(rates.k(i));
        const auto field = [&](Var t, Var z) { return k * (cos(t) - z); };
        const Tensor start({1, 201});
        const Tensor end(solve(field, start, {0, 1}, options).end());
        for (Index i = 0; i < 201; ++i)
            CHECK(double(end[i]) == doctest::Approx(rates.end(i)).epsilon(either(1e-7, 1e-4)));
        for (const Method& m : {radau5, kvaerno5}) {  // stages that are one system; single ones
            CAPTURE(m.name);
            const double tolerance = either(1e-6, 1e-4);
            const auto s =
                solve(field, start, {0, 1},
                      {.method = m, .rtol = tolerance, .atol = tolerance, .preconditioner = rates.diagonal()});
            for (Index i = 0; i < 201; ++i) {
                const double r = rates.k(i);  // z' = −r (z − cos t) from 0
                const double exact = (r * r * (std::cos(1.0) - std::exp(-r)) + r * std::sin(1.0)) / (1 + r * r);
                CHECK(double(s.end()[i]) == doctest::Approx(exact).epsilon(50 * tolerance));
            }
        }
    }

    TEST_CASE(
        "implicit: a preconditioner is told which of both, P or its transpose; a bad one makes no wrong gradient") {
        // z_i' = r_i (z_{i−1} − z_i), z_{−1} = 1: I − hJ is bidiagonal, solved from the first on, its transpose from the last
        constexpr Index n = 250;
        const auto rate = [](Index i) { return 10 + 1e4 * (0.5 + 0.5 * std::sin(double(i))); };
        const Preconditioner sweep([=](double, std::span<const Real>, double h, std::span<Real> r, bool transposed) {
            for (Index p = 0; p < n; ++p) {
                const Index i = transposed ? n - 1 - p : p, before = transposed ? i + 1 : i - 1;
                if (p > 0) r[i] += static_cast<Real>(h * rate(transposed ? before : i)) * r[before];
                r[i] /= static_cast<Real>(1 + h * rate(i));
            }
        });
        const auto gradient = [&](const SolveOptions& options) {
            Tape tape;
            Tensor r({1, n}), first({1, 1}, {1});
            for (Index i = 0; i < n; ++i) r[i] = static_cast<Real>(rate(i));
            const Var k = tape.variable(r);
            const auto field = [&](Var, Var z) {
                return k * (concatenate({z.tape().constant(first), slice(z, 1, 0, n - 1)}, 1) - z);
            };
            return Tensor(
                tape.view(grad(sum(square(solve(tape, field, Tensor({1, n}), {0, 0.02}, options).end())), k)));
        };
        for (const Method& m : {radau5, implicit_euler}) {
            CAPTURE(m.name);
            SolveOptions options{.method = m, .steps = 4, .preconditioner = sweep};
            const Tensor by_gmres = gradient(options);
            options.dense_up_to = n;
            CHECK(distance(by_gmres, gradient(options)) < either(1e-9, 1e-3));
        }
        if (!is_double) return;
        const Preconditioner useless([](double, std::span<const Real>, double, std::span<Real> r) { r[0] = 0; });
        CHECK(contains(error_of([&] { gradient({.method = implicit_euler, .steps = 4, .preconditioner = useless}); }),
                       ".preconditioner"));
        CHECK(contains(error_of([&] { gradient({.method = tsit5, .preconditioner = sweep}); }), "preconditioner"));
        const auto plain = [](double, std::span<const double>, std::span<double> dy) { dy[0] = 0; };
        CHECK(contains(error_of([&] {
                           solve(plain, std::array{1.0}, {0, 1}, {.method = radau5, .preconditioner = sweep});
                       }),
                       "preconditioner"));
    }

    TEST_CASE("implicit: second derivatives by GMRES are those by LU, by each way to them") {
        const Index n = 6;
        const auto products = [&](const Method& m, Index dense_up_to) {
            Tape tape;
            Tensor start({1, n}), along({1, n});
            for (Index i = 0; i < n; ++i)
                start[i] = static_cast<Real>(std::sin(1.7 * double(i))),
                along[i] = static_cast<Real>(std::cos(2.3 * double(i)));
            const Var z0 = tape.variable(start), v = tape.constant(along);
            const auto field = [](Var t, Var z) { return sin(2.0 * z + t) * sum(square(z)) - 3.0 * z; };
            const Var L = sum(
                square(solve(tape, field, z0, {0, 0.4}, {.method = m, .steps = 3, .dense_up_to = dense_up_to}).end()));
            const Var g = grad(L, z0);
            return std::array{Tensor(tape.view(jvp(g, z0, v))), Tensor(tape.view(grad(sum(g * v), z0))),
                              Tensor(tape.view(grad(jvp(L, z0, v), z0)))};
        };
        for (const Method& m : {implicit_euler, kvaerno3, radau3}) {
            CAPTURE(std::string(m.name));
            const auto by_gmres = products(m, 0), by_lu = products(m, n);
            for (const Tensor& each : by_gmres) CHECK(distance(each, by_lu[0]) < either(1e-8, 1e-2));
            for (const Tensor& each : by_lu) CHECK(distance(each, by_lu[0]) < either(1e-8, 1e-2));
        }
    }

    TEST_CASE("implicit: stages that are one system renew a Jacobian for each, where a step cannot be made shorter") {
        // z' = 1/2 − 100 z³, steps of 1/5 that are far beyond what J of their start is good for
        const auto field = [](Var, Var z) { return 0.5 - 100 * z * z * z; };
        const auto plain = [](double, std::span<const double> y, std::span<double> dy) {
            dy[0] = 0.5 - 100 * y[0] * y[0] * y[0];
        };
        for (const Method& method : implicit_methods()) {
            CAPTURE(method.name);
            if (method.coupled == 1) continue;
            for (const double from : {-1.0, -0.3, 0.4, 0.7, 1.0, 2.0}) {
                CAPTURE(from);
                double end[2];
                for (const Route& route : {discrete, direct}) {
                    Tape tape;
                    const Var z0 = tape.variable(Tensor({1}, {static_cast<Real>(from)}));
                    const SolveOptions options{.method = method, .gradient = route, .steps = 5};
                    end[route.is<rows::Discrete>()] = double(tape.view(solve(tape, field, z0, {0, 1}, options).z)[1]);
                }
                CHECK(end[0] == doctest::Approx(end[1]).epsilon(either(1e-12, 1e-4)));
                CHECK(solve(plain, std::array{from}, {0, 1}, {.method = method, .steps = 5}).end()[0] ==
                      doctest::Approx(end[0]).epsilon(either(1e-12, 1e-4)));
            }
        }
    }

    TEST_CASE("implicit: a step of min_step renews its Jacobian, too") {
        const auto plain = [](double, std::span<const double> y, std::span<double> dy) {
            dy[0] = -4 * y[0] * y[0] * y[0];
        };
        const auto field = [](Var, Var z) { return -4 * z * z * z; };
        const double tolerance = either(1e-12, 1e-6);
        const SolveOptions forced{
            .method = sdirk2, .rtol = tolerance, .atol = tolerance, .first_step = 0.25, .min_step = 0.25};
        const auto known = solve(plain, std::array{1.0}, {0, 0.25}, {.method = sdirk2, .steps = 1});
        const auto solved = solve(plain, std::array{1.0}, {0, 0.25}, forced);
        CHECK(solved.statistics().forced == 1);
        CHECK(solved.end()[0] == doctest::Approx(known.end()[0]).epsilon(1e-6));
        Tape tape;
        const Solution<Var> taped = solve(tape, field, tape.variable(Tensor({1}, {1})), {0, 0.25}, forced);
        CHECK(taped.statistics().forced == 1);
        CHECK(double(tape.view(taped.z)[1]) == doctest::Approx(known.end()[0]).epsilon(1e-5));
    }

    TEST_CASE("implicit: nobody who takes an implicit method is told to take one") {
        const auto turns = [](double, std::span<const double> y, std::span<double> dy) {
            dy[0] = 100 * y[1], dy[1] = -100 * y[0];
        };
        const auto blows_up = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = y[0] * y[0]; };
        SolveOptions options{.method = kvaerno3, .max_steps = 50};
        for (const std::string& error : {error_of([&] {
                                             solve(turns, std::array{1.0, 0.0}, {0, 10}, options);
                                         }),
                                         error_of([&] {
                                             solve(blows_up, std::array{1.0}, {0, 2}, options);
                                         })}) {
            CHECK(error.size() > 0);
            CHECK(error.find("implicit method") == std::string::npos);
        }
        Tape tape;
        const Var z0 = tape.variable(Tensor({1}, {1}));
        const auto decay = [](Var, Var z) { return -z; };
        const std::string error = error_of([&] {
            solve(tape, decay, z0, {0, 1}, {.method = radau5, .gradient = checkpointed(3)});
        });
        CHECK(error.find(".gradient = ode::checkpointed, .method = ode::radau5") != std::string::npos);
    }
}
