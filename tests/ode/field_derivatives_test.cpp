// tests/ode/field_derivatives_test.cpp — fields that differentiate: forces as gradients of a potential, and the like
#include <doctest/doctest.h>

#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("a field that uses the gradient of a solve within it") {
        // V(z) = end of u' = −u², u(0) = z:  V = z / (1 + z), V' = 1 / (1 + z)²;  x' = −V'(x)
        const auto make = [](Route route) {
            return [route](Var, Var z) {
                const Var V = end(solve(z.tape(), [](Var, Var u) { return -u * u; }, z, Two{0, 1},
                                        {.method = dopri5, .gradient = route, .steps = 10})
                                      .z);
                return -grad(V, z);
            };
        };
        const double x0 = 0.5, right = std::cbrt(std::pow(1 + x0, 3) - 3 * 0.5) - 1;  // (1 + x)² x' = −1
        for (const Route& inner : routes_of(tsit5))
            for (const Route& outer : routes_of(tsit5)) {
                CAPTURE(std::string(inner.name));
                CAPTURE(std::string(outer.name));
                Tape t;
                const Var x = t.variable(Tensor({1}, {x0}));
                const Var y =
                    end(solve(t, make(inner), x, Two{0, .5}, {.method = dopri5, .gradient = outer, .steps = 8}).z);
                const double most = either(1e-6, 1e-3);
                CHECK(num(y) == doctest::Approx(right).epsilon(most));
                const double slope = std::pow((1 + x0) / (1 + right), 2);
                CHECK(num(grad(y, x)) == doctest::Approx(slope).epsilon(most));
                CHECK(num(jvp(y, x, t.constant(Tensor({1}, {1})))) == doctest::Approx(slope).epsilon(most));
                const double second = 2 * slope * (1 / (1 + x0) - slope / (1 + right));
                CHECK(num(hessian(y, x)) == doctest::Approx(second).epsilon(either(1e-5, 2e-2)));
            }
    }

    TEST_CASE("a derivative that a field takes is a partial one: to it t, z and captures are variables of their own") {
        const Quiet straight_lines;
        for (const Route& route : routes_of(tsit5))
            for (const int steps : {0, 4}) {
                CAPTURE(std::string(route.name));
                Tape t;
                const Var x = t.variable(Tensor({1}, {.5}));
                const SolveOptions options{.method = dopri5, .gradient = route, .steps = steps};
                const auto by_z = [x](Var, Var y) { return grad(sum(y * x), y); };  // x
                const auto by_capture = [x](Var, Var y) {                           // y
                    return grad(sum(y * x), y.tape().bring(x));
                };
                const auto by_none = [x](Var, Var y) { return grad(sum(y * y), y.tape().bring(x)) + y; };  // y
                const auto by_tangent = [x](Var, Var y) { return jvp(y * x, y, y) + 0.0 * y; };            // x y
                const double e = std::exp(1.), root = std::exp(.5), most = either(1e-4, 1e-3);
                const Var a = end(solve(t, by_z, x, Two{0, 1}, options).z),
                          b = end(solve(t, by_capture, x, Two{0, 1}, options).z),
                          c = end(solve(t, by_none, x, Two{0, 1}, options).z),
                          d = end(solve(t, by_tangent, x, Two{0, 1}, options).z);
                CHECK(num(a) == doctest::Approx(1).epsilon(most));
                CHECK(num(grad(a, x)) == doctest::Approx(2).epsilon(most));
                CHECK(num(b) == doctest::Approx(.5 * e).epsilon(most));
                CHECK(num(grad(b, x)) == doctest::Approx(e).epsilon(most));
                CHECK(num(c) == doctest::Approx(.5 * e).epsilon(most));
                CHECK(num(grad(c, x)) == doctest::Approx(e).epsilon(most));
                CHECK(num(d) == doctest::Approx(.5 * root).epsilon(most));
                CHECK(num(grad(d, x)) == doctest::Approx(1.5 * root).epsilon(most));
                CHECK(num(hessian(d, x)) == doctest::Approx(2.5 * root).epsilon(either(1e-3, 1e-2)));
            }
    }
}
