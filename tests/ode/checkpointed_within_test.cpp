// tests/ode/checkpointed_within_test.cpp — a budget of memory: checkpointed(c) with the c that fits into it
#include <doctest/doctest.h>

#include <limits>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("checkpointed_within: as many states as fit into the bytes, and one in any case") {
        const Parameter W("W", waves({2, 2}, 0.7));
        const MakeField make = [&](Tape&) -> Field {
            return [&](Var t, Var z) { return tanh(matmul(z, z.tape().use(W)) + 0.3 * t); };
        };
        const Tensor z0 = waves({5, 2}, 0.8);
        constexpr double state = 10 * sizeof(Real);
        for (const int steps : {30, 0}) {
            const auto by = [&](const Route& route) {
                Tape tape;
                return solve_and_differentiate(tape, make, {W}, z0, {0, 1, 4}, {.gradient = route, .steps = steps},
                                               false);
            };
            const auto same = [&](double bytes, const Route& route) {
                CAPTURE(bytes);
                const Gradients budget = by(checkpointed_within(bytes)), states = by(route);
                CHECK(budget.z == states.z);
                CHECK(budget.z0 == states.z0);
                CHECK(budget.parameters == states.parameters);
                CHECK(budget.statistics.backward_evaluations == states.statistics.backward_evaluations);
            };
            same(3 * state, checkpointed(3));
            same(4 * state - 1, checkpointed(3));
            same(1, checkpointed(1));
            for (const double room : {1e6, 1e300, std::numeric_limits<double>::infinity()}) same(room, discrete);
        }
    }

    TEST_CASE("checkpointed_within: is a route of its own, and refuses no bytes at all") {
        CHECK(checkpointed_within(100) != checkpointed());
        CHECK(checkpointed_within(100) != checkpointed_within(101));
        for (const double bytes : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
            Tape tape;
            const Var z0 = tape.variable(Tensor({1}, {1}));
            const SolveOptions options{.gradient = checkpointed_within(bytes)};
            CHECK(contains(error_of([&] {
                               solve(
                                   tape, [](Var, Var z) { return -z; }, z0, {0, 1}, options);
                           }),
                           "ode::checkpointed_within(bytes), more than 0 of them"));
        }
    }
}
