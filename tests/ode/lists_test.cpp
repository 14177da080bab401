// tests/ode/lists_test.cpp — what the other tests iterate over is all there: a row that is taken out of a list is missed here
#include <doctest/doctest.h>

#include "ode/methods.hpp"
#include "ode/multistep/multistep.hpp"
#include "ode/multistep/nordsieck.hpp"
#include "ode/routes.hpp"
#include "ode/stochastic/sde_methods.hpp"
#include "ode/symplectic.hpp"

using namespace costate;
using namespace costate::ode;

TEST_SUITE("ode") {
    TEST_CASE("lists: a method that was changed by hand is another one") {
        MethodNumbers numbers = radau5;
        CHECK(Method(numbers) == radau5);
        numbers.decoupling = nullptr;
        CHECK(Method(numbers) != radau5);
        numbers = kvaerno5;
        numbers.second_error = nullptr;
        CHECK(Method(numbers) != kvaerno5);
    }

    TEST_CASE("lists: every method, family and route of the library is in its list") {
        CHECK(all_names(all_methods) ==
              "euler, midpoint, heun2, ralston, adaptive_heun, fehlberg2, heun3, bosh3, rk4_classic, rk4_38, dopri5, "
              "tsit5, "
              "fehlberg45, cash_karp, vern6, dopri8, dop853, implicit_euler, implicit_midpoint, trapezoid, sdirk2, "
              "trbdf2, "
              "kvaerno3, kvaerno4, kvaerno5, kencarp3, kencarp4, kencarp5, radau3, radau5, gauss4, gauss6, "
              "kencarp3_imex, "
              "kencarp4_imex, kencarp5_imex, rodas4, asynchronous_leapfrog, reversible_heun");
        CHECK(all_names(all_routes) == "direct, discrete, checkpointed, backsolve, interpolating, reversible, forward");
        CHECK(all_names(all_families) == "bdf, adams");
        CHECK(all_names(all_splittings) == "semi_implicit_euler, verlet, yoshida4, yoshida6");
        CHECK(all_names(all_sde_methods) == "euler_maruyama, milstein, sri2");
        CHECK(all_names(all_adams_methods) ==
              "adams_bashforth1, adams_bashforth2, adams_bashforth3, adams_bashforth4, adams_bashforth5, "
              "adams_bashforth_moulton1, adams_bashforth_moulton2, adams_bashforth_moulton3, adams_bashforth_moulton4, "
              "adams_bashforth_moulton5");
    }
}
