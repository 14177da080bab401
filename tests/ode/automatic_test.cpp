// tests/ode/automatic_test.cpp — which method takes the next step: changes, and what they cost; events; what is refused
#include "ode/switching/automatic.hpp"

#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

TEST_SUITE("ode") {
    TEST_CASE("automatic: where nothing is stiff, the steps are the explicit method's to the last bit") {
        const std::vector<double> times{0, 3.3, 20};
        for (const Method& m : {tsit5, dopri5}) {
            const SolveOptions options{.method = m, .step_t = {0.01, 1, 5, 5.1}};  // short steps, that say nothing
            const auto s = solve_automatic(LotkaVolterra(), std::array{10.0, 5.0}, times, options);
            const auto alone = solve(LotkaVolterra(), std::array{10.0, 5.0}, times, options);
            CHECK(s.z == alone.z);
            CHECK(s.statistics().switches == 0);
            const long asked = alone.statistics().evaluations;
            CHECK(s.statistics().evaluations - asked > 0);  // who looks ahead asks, too
            CHECK(double(s.statistics().evaluations) < 1.07 * double(asked));
        }
        for (const Method& m : {tsit5, dopri5}) {  // longer steps than hares take, and many turns
            const SolveOptions options{.method = m, .rtol = 1e-3, .atol = 1e-3};
            const auto s = solve_automatic(Lorenz(), std::array{1.0, 1.0, 1.0}, {0, 20}, options);
            const auto alone = solve(Lorenz(), std::array{1.0, 1.0, 1.0}, {0, 20}, options);
            CHECK(s.statistics().switches == 0);
            CHECK(double(s.statistics().evaluations) < 1.15 * double(alone.statistics().evaluations));
        }
    }

    TEST_CASE("automatic: a relay and a reaction are as right, and at most as dear, as by the implicit method alone") {
        for (const Method& implicit : {kvaerno5, radau5})
            for (const double mu : {30.0, 100.0, 1000.0}) {
                CAPTURE(mu);
                const double end = 2 * mu;
                const auto s = solve_automatic(VanDerPol{mu}, VanDerPol::y0, {0, end}, {}, implicit);
                const auto alone = solve(VanDerPol{mu}, VanDerPol::y0, {0, end}, {.method = implicit});
                const auto exact = solve(VanDerPol{mu}, VanDerPol::y0, {0, end},
                                         {.method = radau5, .rtol = 1e-10, .atol = 1e-13, .max_steps = 100'000});
                CHECK(std::abs(s.end()[0] - exact.end()[0]) < 100 * (1e-9 + 1e-6 * std::abs(exact.end()[0])));
                const Statistics& took = s.statistics();
                CHECK(double(took.evaluations) < 1.5 * double(alone.statistics().evaluations));
                CHECK(took.switches >= 2);  // there, and back where it jumps
                CHECK(took.switches < 20);
                CHECK(took.implicit_steps < took.accepted);
                CHECK(took.stiff_at < end);
            }
        const auto s = solve_automatic(Robertson(), Robertson::y0, {0, 1e11}, {.atol = {1e-10, 1e-14, 1e-10}});
        CHECK(s.end()[0] == doctest::Approx(2.083340149e-8).epsilon(1e-4));
        CHECK(s.statistics().switches == 1);
        CHECK(s.statistics().evaluations < 5200);
    }

    TEST_CASE(
        "automatic: at tight tolerances it is seen, too, where the explicit method comes to rest below its bound") {
        const auto exact = solve(Robertson(), Robertson::y0, {0, 100},
                                 {.method = radau5, .rtol = 1e-12, .atol = 1e-16, .max_steps = 100'000});
        for (const Method& m : {tsit5, dopri5})
            for (const double tol : {1e-7, 1e-8, 1e-9, 1e-10}) {
                CAPTURE(tol);
                const auto s = solve_automatic(Robertson(), Robertson::y0, {0, 100},
                                               {.method = m, .rtol = tol, .atol = 1e-4 * tol});
                CHECK(s.statistics().switches == 1);
                CHECK(s.statistics().stiff_at < 3);
                for (std::size_t i = 0; i < 3; ++i)
                    CHECK(std::abs(s.end()[i] - exact.end()[i]) < 100 * tol * (1e-4 + std::abs(exact.end()[i])));
            }
    }

    TEST_CASE("automatic: observations, steps by hand, and a state that jumps, whichever method is at work") {
        const std::vector<double> times{0, 11, 57.3, 81, 200};
        const auto s = solve_automatic(VanDerPol{100}, VanDerPol::y0, times);
        const auto exact = solve(VanDerPol{100}, VanDerPol::y0, times,
                                 {.method = radau5, .rtol = 1e-9, .atol = 1e-12, .max_steps = 100'000});
        for (std::size_t i = 0; i < times.size(); ++i) CHECK(std::abs(s.z[i][0] - exact.z[i][0]) < 1e-4);

        Automatic stepper(VanDerPol{100}, VanDerPol::y0, {0, 60});
        bool was_implicit = false;
        int jumps = 0;
        while (stepper.step()) {
            was_implicit = was_implicit || stepper.is_implicit();
            if (stepper.t() < 30 || jumps > 0) continue;
            const auto half = stepper.at(0.5);
            const std::array there{half[0], half[1]};
            stepper.cut(0.5);
            CHECK(stepper.z()[0] == there[0]);
            stepper.reset(VanDerPol::y0);
            const double from = stepper.t();
            Automatic again(VanDerPol{100}, VanDerPol::y0, {from, 60});
            while (again.step()) {
            }
            while (stepper.step()) {
            }
            CHECK(stepper.z()[0] == doctest::Approx(again.z()[0]).epsilon(1e-5));
            ++jumps;
        }
        CHECK(was_implicit);
        CHECK(jumps == 1);
    }

    TEST_CASE("automatic: neither steps nor changes allocate") {
        Automatic stepper(VanDerPol{1000}, std::vector<double>{2, 0}, {0, 2000});
        for (int i = 0; i < 3; ++i) stepper.step();
        const long before = allocations();
        while (stepper.step()) {
        }
        CHECK(allocations() == before);
        CHECK(stepper.outcome().statistics.switches >= 2);
    }

    TEST_CASE("automatic: what cannot be meant says so") {
        const auto told = [](const SolveOptions& o, const Method& implicit) {
            return error_of([&] { solve_automatic(LotkaVolterra(), std::array{10.0, 5.0}, {0, 1}, o, implicit); });
        };
        CHECK(contains(told({.steps = 10}, kvaerno5), "the error chooses steps, and methods"));
        CHECK(contains(told({.step = 0.1}, kvaerno5), "solve_automatic: an option makes no sense"));
        CHECK(contains(told({.step = 0.1}, kvaerno5), "step = 0.1, method tsit5"));
        CHECK(contains(told({.jump_t = {0.5}}, kvaerno5), "jump_t = 0.5, method kvaerno5"));
        CHECK(told({.jump_t = {0.5}}, radau5) == "");
        CHECK(contains(told({.rtol = -1}, kvaerno5), "rtol = -1, method tsit5"));
        CHECK(contains(told({.method = bosh3}, kvaerno5), "ode::tsit5, ode::dopri5"));
        CHECK(contains(told({}, dopri5), "ode::kvaerno5, ode::radau5"));
        CHECK(contains(told({}, dopri5), "solve_automatic(field, z0, times, options, ode::kvaerno5)"));
        CHECK(contains(told({.mass = {1, 0, 0, 1}}, radau5), "a mass matrix that this solve does not take"));
        CHECK(contains(told({.mass = {1, 0, 0, 1}}, radau5), "by one method, radau5"));
        CHECK(contains(error_of([&] {
                           solve(LotkaVolterra(), std::array{10.0, 5.0}, {0, 1}, {.where_stiff = kvaerno5});
                       }),
                       "solve_automatic(field, z0, times, options, ode::kvaerno5)"));
        CHECK(contains(told({.max_steps = 3}, kvaerno5), "max_steps"));
        CHECK(contains(told({.rtol = -1}, kvaerno5), "rtol"));
    }
}
