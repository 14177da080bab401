// tests/ode/asynchronous_test.cpp — the asynchronous leapfrog: its steps by hand, its order, steps that its error chooses
#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "ode/plain.hpp"
#include "tests/ode/orders.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/laws.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("asynchronous leapfrog: the first step is the midpoint rule's, the others are of order 2") {
        const auto end = [](const Method& method, int steps) {
            return solve(turn, std::array{1., 0.}, {0, 1}, {.method = method, .steps = steps}).end();
        };
        CHECK(end(asynchronous_leapfrog, 1) == end(midpoint, 1));
        std::vector<double> h, error;
        for (int steps = 20; steps <= 640; steps *= 2) {
            h.push_back(1. / steps);
            error.push_back(std::abs(end(asynchronous_leapfrog, steps)[0] - std::cos(1)));
        }
        CHECK(std::abs(slope(h, error) - 2) < 0.02);
        // By hand: z' = z, h = 1/2: v = 1, u = 5/4, z = 13/8, v = 3/2; u = 2, z = 21/8
        const auto grows = [](double, std::span<const double> z, std::span<double> dz) { dz[0] = z[0]; };
        CHECK(solve(grows, std::array{1.}, {0, 1}, {.method = asynchronous_leapfrog, .steps = 2}).end()[0] == 2.625);
    }

    TEST_CASE("asynchronous leapfrog: steps that the error chooses, on numbers as in Vars") {
        const auto law = [](Var, Var z) { return concatenate({slice(z, 0, 1, 1), -slice(z, 0, 0, 1)}, 0); };
        for (const double rtol : {1e-3, 1e-5}) {
            const SolveOptions options{.method = asynchronous_leapfrog, .rtol = rtol, .atol = rtol};
            const auto numbers = solve(turn, std::array{1., 0.}, {0, .7, 10}, options);
            Tape tape;
            const auto vars = solve(law, tape.variable(Tensor({2}, {1, 0})), {0, .7, 10}, options);
            CHECK(std::abs(numbers.z[1][0] - std::cos(.7)) < 10 * rtol);
            CHECK(std::abs(numbers.end()[0] - std::cos(10)) < 100 * rtol);
            for (Index i = 0; i < 2; ++i)
                CHECK(double(tape.view(vars.end())[i]) ==
                      doctest::Approx(numbers.end()[std::size_t(i)]).epsilon(either(1e-12, 1e-2)));
            if (is_double) CHECK(vars.statistics().evaluations == numbers.statistics().evaluations);
        }
    }

    TEST_CASE("asynchronous leapfrog: a Tensor is solved as numbers are, whatever the options say of a gradient") {
        const auto law = [](Var, Var z) { return concatenate({slice(z, 0, 1, 1), -slice(z, 0, 0, 1)}, 0); };
        for (const Route& route : {discrete, reversible, direct}) {
            const SolveOptions options{.method = asynchronous_leapfrog, .gradient = route, .steps = 20};
            const Solution<Tensor> s = solve(law, Tensor({2}, {1, 0}), {0, 1}, options);
            const auto numbers =
                solve(turn, std::array{1., 0.}, {0, 1}, {.method = asynchronous_leapfrog, .steps = 20});
            CHECK(double(s.end()[0]) == doctest::Approx(numbers.end()[0]).epsilon(either(1e-14, 1e-5)));
        }
    }
}
