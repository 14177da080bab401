// tests/ode/finite_check_test.cpp — the first operation that is not finite is found in fields and derivatives, too
#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

std::string line(int n) { return "tests/ode/finite_check_test.cpp:" + std::to_string(n); }

}  // namespace

TEST_SUITE_BEGIN("ode");

TEST_CASE("finite check: an operation of a derivative is blamed on the line whose derivative it is") {
    Tape tape;
    tape.set_finite_check(true);
    const Var x = tape.variable(Tensor({2}, {0, 1}));
    const Var y = sum(sqrt(x));
    const int root = __LINE__ - 1;
    const std::string error = error_of([&] { grad(y, x); });
    const int derivative = __LINE__ - 1;
    CHECK(contains(error, "reciprocal: the first operation with a result that is not finite"));
    CHECK(contains(error, "while     differentiating sqrt at " + line(root)));
    CHECK(contains(error, "while     taking a derivative at " + line(derivative)));
}

TEST_CASE("finite check: an operation that a field records, or runs at a later stage, is named with its line") {
    for (const ode::Route& gradient : ode::all_routes)
        for (const double start : {0.0, 0.5}) {  // dz/dt = log(z) − 2 ...: at once, or when z has come down to 0
            CAPTURE(start);
            Tape tape;
            tape.set_finite_check(true);
            const Var z0 = tape.variable(Tensor::scalar(start));
            const int within = __LINE__ + 1;
            const auto field = [](Var, Var z) { return log(z) - 2.0; };
            const std::string error = error_of([&] {
                ode::solve(field, z0, {0, 1},
                           test::fitted({.method = ode::rk4_classic, .gradient = gradient, .steps = 4}));
            });
            CHECK(contains(error, "log: the first operation with a result that is not finite"));
            CHECK(contains(error, "where     " + line(within)));
            tape.set_finite_check(false);
        }
}

TEST_CASE("finite check: so is one of a field's derivative, which a backward solve runs") {
    for (const ode::Route& gradient : test::replaying_routes(ode::reversible_heun)) {
        Tape tape;
        const Var z0 = tape.variable(Tensor::scalar(0)), c = tape.variable(Tensor::scalar(0));
        const ode::SolveOptions options = test::fitted({.method = ode::rk4_classic, .gradient = gradient, .steps = 2});
        const int within = __LINE__ + 1;
        const auto field = [&](Var, Var z) { return sqrt(z * z) + c; };  // at rest, where the root has no slope
        const Var z = ode::solve(field, z0, {0, 1}, options).z;
        tape.set_finite_check(true);
        const int derivative = __LINE__ + 1;
        const std::string error = error_of([&] { grad(sum(z), z0); });
        CHECK(contains(error, "the first operation with a result that is not finite"));
        CHECK(contains(error, "where     " + line(within)));
        CHECK(contains(error, "while     taking a derivative at " + line(derivative)));
    }
}

TEST_CASE("finite check: a second derivative through a solve is blamed on the user's lines, on none of the library") {
    for (const ode::Route& gradient : test::replaying_routes(ode::reversible_heun)) {
        Tape tape;
        const Var z0 = tape.variable(Tensor::scalar(0));
        const auto field = [](Var, Var z) {
            return pow(z, 1.5);
        };  // at rest, where the slope is 0 and its slope infinite
        const ode::SolveOptions options = test::fitted({.method = ode::rk4_classic, .gradient = gradient, .steps = 2});
        const int solving = __LINE__ + 1;
        const Var z = ode::solve(field, z0, {0, 1}, options).z;
        tape.set_finite_check(true);
        const int derivative = __LINE__ + 1;
        const std::string error = error_of([&] { hvp(sum(z), z0, 1); });
        CAPTURE(error);
        CHECK(contains(error, "the first operation with a result that is not finite"));
        CHECK(contains(error, "while     taking a derivative at " + line(derivative)));
        CHECK(contains(error, line(solving)));
        CHECK_FALSE(contains(error, " ode/"));
        CHECK_FALSE(contains(error, " autodiff/"));
    }
}

TEST_SUITE_END();
