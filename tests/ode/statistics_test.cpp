// tests/ode/statistics_test.cpp — a Status in words, what a solve took, and whether its problem is stiff
#include "ode/statistics.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

TEST_SUITE_BEGIN("ode");

TEST_CASE("a Status has a text, and a stream prints it") {
    std::ostringstream stream;
    stream << ode::solve([](Var, Var z) { return -z; }, Tensor({1}, {1}), {0, 1}).status << ' '
           << ode::Status::too_many_steps;
    CHECK(stream.str() == "ok too_many_steps");
    CHECK(std::string(to_text(ode::Status::not_finite)) == "not_finite");
}

TEST_CASE("statistics: the longest step, and the shortest one that no time cut short, with its place") {
    double longest = 0, shortest = HUGE_VAL, place = 0;
    const std::vector<double> times{0, 2.5, 7};
    SolveOptions options{.method = dopri5, .step_t = {2.5}};
    options.on_step = [&](const StepReport& s) {
        if (!s.accepted) return;
        longest = std::max(longest, s.h);
        const double end = s.t + s.h;
        if (std::abs(end - 2.5) < 1e-12 || std::abs(end - 7) < 1e-12 || s.h >= shortest) return;
        shortest = s.h;
        place = s.t;
    };
    const Statistics s = solve(VanDerPol{5}, std::array{2., 0.}, times, options).statistics();
    CHECK(s.largest_step == longest);
    CHECK(s.smallest_step == shortest);
    CHECK(s.smallest_at == place);
    CHECK(shortest < longest / 10);
    CHECK(s.next_step > 0);
    const Statistics one = solve(LotkaVolterra(), std::array{.8, .4}, {0, 1e-3}).statistics();
    CHECK(one.accepted == 1);
    CHECK(one.smallest_step == 1e-3);
    CHECK(one.largest_step == 1e-3);
    for (const Route& route : routes_of(tsit5)) {
        Tape t;
        const auto falls = [](Var, Var z) { return -z; };
        const auto by = [&](SolveOptions o) {
            o.gradient = route;
            return solve(t, falls, t.variable(Tensor({1}, {1})), {0, 1}, o).statistics();
        };
        const Statistics vars = by({.method = dopri5});
        const auto plain = solve(decay, std::array{1.}, {0, 1}, {.method = dopri5}).statistics();
        CHECK(vars.largest_step == Approx(plain.largest_step).epsilon(either(1e-9, 1e-2)));
        CHECK(vars.smallest_step == Approx(plain.smallest_step).epsilon(either(1e-9, 1e-2)));
        CHECK(by({.steps = 4}).smallest_step == .25);
        CHECK(by({.steps = 4}).next_step == 0);
    }
}

TEST_CASE("statistics: min_step keeps a step whatever its error, and says how many; not one that is not finite") {
    const auto jump = [](double t, In, Out dy) { dy[0] = t < 0.5 ? 0 : 1000; };
    const auto s = solve(jump, std::array{0.}, {0, 1}, {.rtol = 1e-8, .min_step = 1e-3});
    CHECK(s.statistics().forced > 0);
    CHECK(s.statistics().smallest_step >= 1e-3 * (1 - 1e-12));
    CHECK(s.end()[0] == Approx(500).epsilon(1e-2));
    CHECK(solve(jump, std::array{0.}, {0, 1}, {.rtol = 1e-8}).statistics().forced == 0);
    const auto undefined = [](double t, In y, Out dy) { dy[0] = t > 0.5 ? NAN : -y[0]; };
    const std::string error = error_of([&] { solve(undefined, std::array{1.}, {0, 1}, {.min_step = 1e-3}); });
    CHECK(contains(error, "the state is no longer finite after t = 0.4"));
    CHECK(contains(error, "a min_step below 0.001"));
    CHECK(contains(error_of([&] {
                       solve(jump, std::array{1.}, {0, 1}, {.max_step = .1, .min_step = .2});
                   }),
                   "min_step = 0.2"));
}

TEST_CASE("statistics: a stiff problem is noticed within 2000 steps, one that is not stiff never is") {
    for (const Method& method : {dopri5, tsit5})
        for (const double rtol : {1e-4, 1e-7}) {
            CAPTURE(std::string(method.name));
            CAPTURE(rtol);
            Stepper stepper(VanDerPol{1000}, std::array{2., 0.}, {0, 2000}, {.method = method, .rtol = rtol});
            for (int i = 0; i < 2000 && stepper.step(); ++i) {
            }
            const Statistics s = stepper.outcome().statistics;
            CHECK(std::isfinite(s.stiff_at));
            CHECK(s.stiff_at < stepper.t());
            const auto tight = solve(LotkaVolterra(), std::array{.8, .4}, {0, 200},
                                     {.method = method, .rtol = 1e-10, .max_steps = 100'000})
                                   .statistics();
            CHECK(tight.accepted > 3000);
            CHECK(tight.stiff_at == HUGE_VAL);
        }
    // h|λ| is bounded by the error alone where the method cannot see it
    const auto unseen = solve(VanDerPol{200}, std::array{2., 0.}, {0, 100}, {.method = bosh3, .max_steps = 1'000'000});
    CHECK(unseen.statistics().stiff_at == HUGE_VAL);
}

TEST_CASE("statistics: who runs out of steps on a stiff problem reads that it is one, by every route") {
    const std::array<double, 2> start{2, 0};
    CHECK(contains(error_of([&] {
                       solve(VanDerPol{1000}, start, {0, 2000}, {.max_steps = 2000});
                   }),
                   "on stability limits the steps, not accuracy"));
    for (const Route& route : routes_of(tsit5)) {
        Tape t;
        const auto field = [](Var, Var z) { return -1e6 * (z - 1.0); };
        CHECK(contains(error_of([&] {
                           solve(t, field, t.variable(Tensor({1, 1}, 0)), {0, 1},
                                 {.rtol = 1e-4, .atol = 1e-4, .gradient = route, .max_steps = 2000});
                       }),
                       "a stiff problem: from t = "));
    }
}

TEST_CASE("statistics: a solve in stretches, each with the step that the one before would take, costs what one costs") {
    const auto field = [](Var t, Var z) { return sin(3.0 * t) - z; };
    const Tensor z0 = waves({3, 2}, .5);
    const Solution whole = solve(field, z0, {0, 10}, {.method = dopri5});
    Tensor z = z0;
    Statistics all;
    double step = 0;
    for (int i = 0; i < 5; ++i) {
        const Solution s = solve(field, z, {2. * i, 2. * i + 2}, {.method = dopri5, .first_step = step});
        z = s.end();
        step = s.statistics().next_step;
        all.evaluations += s.statistics().evaluations;
        all.accepted += s.statistics().accepted;
    }
    CHECK(distance(z, whole.end()) < either(1e-6, 1e-4));
    CHECK(all.accepted <= whole.statistics().accepted + 5);  // one more where a stretch ends
    CHECK(all.evaluations <= whole.statistics().evaluations + 5 * (6 + 1));
}

TEST_CASE(
    "statistics: what only dense output reads is evaluated where an observation lies within a step, and counted") {
    struct Row {
        Method method;
        long ends, one, two;  // evaluations of 4 steps; with a time in the second; with one in the last, too
    };
    for (const Row& row : {Row{vern6, 1 + 4 * 8, 33 + 3, 36 + 3}, Row{dop853, 4 * 12, 48 + 3, 51 + 1 + 3},
                           Row{dopri8, 4 * 13, 52 + 7, 59 + 1 + 7}, Row{rk4_classic, 4 * 4, 16, 17}}) {
        CAPTURE(std::string(row.method.name));
        const auto same = [&](const auto& solved) {
            CHECK(solved({0, 1}) == row.ends);
            CHECK(solved({0, 0.3, 1}) == row.one);
            CHECK(solved({0, 0.3, 0.4, 0.9, 1}) == row.two);
        };
        same([&](const Times& times) {
            return solve(decay, std::array{1.}, times, {.method = row.method, .steps = 4}).statistics().evaluations;
        });
        for (const Route& route : routes_of(tsit5)) {
            if (route.keeps_curve) continue;  // it looks into every step
            same([&](const Times& times) {
                Tape t;
                return solve(t, [](Var, Var z) { return -z; }, Tensor({3, 1}, 1), times,
                             {.method = row.method, .gradient = route, .steps = 4})
                    .statistics()
                    .evaluations;
            });
        }
    }
}

TEST_SUITE_END();
