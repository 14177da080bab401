// tests/ode/plain_edges_test.cpp — where trusted codes hang, return nonsense or leave [t0, t1]
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan_ = std::numeric_limits<double>::quiet_NaN();

struct Ended {  // a solve by solve_to, which throws nothing
    Outcome outcome;
    double y;
};
Ended ended(const Law& f, double y0, const Times& times = {0, 1}, const SolveOptions& options = {}) {
    std::array y{y0};
    std::array<double, most_stages + 2> work;
    const Outcome outcome = solve_to(f, std::span(y), work, times, options);
    return {outcome, y[0]};
}

std::string message(const Law& f, double y0, const Times& times = {0, 1}, const SolveOptions& options = {}) {
    return error_of([&] { solve(f, std::array{y0}, times, options); });
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("plain: no time to pass returns y0 bit for bit, without asking f") {
        long calls = 0;
        const Law f = [&](double, In, Out dy) { ++calls, dy[0] = nan_; };
        CHECK(solve(f, std::array{0.1}, {3, 3}).z == std::vector{std::array{0.1}, std::array{0.1}});
        CHECK(solve(f, std::array{0.1}, {3}).z == std::vector{std::array{0.1}});
        CHECK(calls == 0);
    }

    TEST_CASE("plain: f is asked for times in [t0, t1] only") {
        for (const Method& method : all_methods)
            for (const auto& [t0, t1] :
                 {std::pair{0., 1.}, {1., 0.}, {-1. / 3, 1e-3}, {1e9, 1e9 + 1e-6}, {1., 1 + 1e-15}})
                for (const int steps : {0, 1, 7}) {
                    if (steps == 0 && !method.adaptive()) continue;
                    if (method.looks_ahead() || (method.implicit() && steps == 1)) continue;  // there 1 − hγ f' is 0
                    CAPTURE(std::string(method.name));
                    const double first = std::min(t0, t1), last = std::max(t0, t1), half = t0 + (t1 - t0) / 2;
                    bool outside = false;
                    const Law f = [&](double t, In y, Out dy) {
                        outside = outside || t < first || t > last;
                        dy[0] = std::sqrt((last - t) / (last - first)) - y[0];
                    };
                    solve(f, std::array{1.}, {t0, half, t1}, {.method = method, .steps = steps});
                    CHECK_FALSE(outside);
                }
    }

    TEST_CASE("plain: a time is served where it lies: start, inside, repeated, end") {
        const std::array times{0., 0.3, 0.3, 0.7, 1., 1.};
        for (const Method& method : all_methods) {
            if (method.order < 3 || method.dense_order < std::max(3, method.order - 1)) continue;  // for the bound
            const int steps = method.adaptive() ? 0 : method.order > 3 ? 10 : 20;
            const auto solution = solve(decay, std::array{1.}, times, {.method = method, .steps = steps});
            REQUIRE(solution.z.size() == times.size());
            for (std::size_t i = 0; i < times.size(); ++i)
                CHECK(solution.z[i][0] == doctest::Approx(std::exp(-times[i])).epsilon(1e-5));
            CHECK(solution.z[0][0] == 1);
            CHECK(solution.z[1] == solution.z[2]);
            CHECK(solution.z[4] == solution.z[5]);
        }
    }

    TEST_CASE("plain: what is saved on the way does not change the end by a bit") {
        const std::array times{0., 0.1, 0.2, 0.5, 0.9, 1.};
        for (const Method& method : all_methods) {
            const SolveOptions options{.method = method, .steps = method.adaptive() ? 0 : 7};
            CHECK(solve(decay, std::array{1.}, times, options).end() ==
                  solve(decay, std::array{1.}, {0, 1}, options).end());
        }
    }

    TEST_CASE("plain: first steps of any length end well") {
        for (const double first_step : {1e-300, 1e-14, 1e-3, 1., 1e6}) {
            CAPTURE(first_step);
            for (const double t0 : {0., 1., 1e6}) {
                const Ended end = ended(decay, 1, {t0, t0 + 1}, {.first_step = first_step});
                CHECK(end.outcome.status == Status::ok);
                CHECK(end.y == doctest::Approx(std::exp(-1.)).epsilon(1e-5));
                CHECK(end.outcome.statistics.evaluations < 2500);  // from 1e-300 it takes 300 steps to grow
            }
        }
    }

    TEST_CASE("plain: no step is longer than max_step, none is a crumb, and the last one ends at t1") {
        for (const double max_step : {0.1, 0.1000001, 0.3, 1.}) {
            double longest = 0, shortest = infinity, t = 0;
            const auto watch = [&](const StepReport& step) {
                longest = std::max(longest, step.h), shortest = std::min(shortest, step.h);
                if (step.accepted) t = step.t + step.h;
            };
            const Law constant = [](double, In, Out dy) { dy[0] = 1; };
            solve(constant, std::array{0.}, {0, 1}, {.first_step = max_step, .max_step = max_step, .on_step = watch});
            CHECK(longest <= max_step + 1e-15);  // h = end − t, which rounds
            CHECK(shortest > 0.4 * max_step - 0.35);
            CHECK(t == doctest::Approx(1).epsilon(1e-15));
        }
    }

    TEST_CASE("plain: nothing moves, nothing is there") {
        const Law still = [](double, In, Out dy) { std::fill(dy.begin(), dy.end(), 0.); };
        CHECK(solve(still, std::array{0.3}, {0, 1e6}).end()[0] == 0.3);
        CHECK(solve(still, std::vector<double>{}, {0, 1}).end().empty());
        CHECK(solve(still, std::array<double, 0>{}, {0, 1}).z.size() == 2);
        CHECK(solve(still, std::array{0.}, {0, 1}, {.rtol = 1e-6, .atol = 0}).end()[0] == 0);
    }

    TEST_CASE("plain: a start that is not finite is an error at once") {
        for (const double y0 : {nan_, infinity, -infinity}) CHECK(ended(decay, y0).outcome.status == Status::bad_start);
        const Law undefined = [](double, In, Out dy) { dy[0] = nan_; };
        const Outcome outcome = ended(undefined, 1).outcome;
        CHECK(outcome.status == Status::bad_start);
        CHECK(outcome.statistics.evaluations <= 3);
        CHECK(contains(message(undefined, 1), "solve: nothing finite to start from at t = 0"));
    }

    TEST_CASE("plain: a pole ends the solve just before it") {
        const Law f = [](double, In y, Out dy) { dy[0] = y[0] * y[0]; };  // y = 1/(1 - t)
        const Ended end = ended(f, 1, {0, 2});
        CHECK(end.outcome.status == Status::step_underflow);
        CHECK(end.outcome.t == doctest::Approx(1).epsilon(1e-5));
        CHECK(std::isfinite(end.y));
        CHECK(end.y > 1e6);
        CHECK(end.outcome.statistics.evaluations < 10'000);
        const std::string text = message(f, 1, {0, 2});
        CHECK(contains(text, "solve: the step shrank to nothing at t = "));
        CHECK(contains(text, "in y[0]"));
        CHECK(contains(text, "h >= 16 eps |t|"));
        CHECK(contains(text, "the solution blows up"));
        CHECK(contains(text, "more max_steps will not help"));
    }

    TEST_CASE("plain: f that is no number from t = 0.5 on, or leaves its domain, ends the solve there") {
        const Law undefined = [](double t, In y, Out dy) { dy[0] = t > 0.5 ? nan_ : -y[0]; };
        const Ended stop = ended(undefined, 1);
        CHECK(stop.outcome.status == Status::step_underflow);
        CHECK(stop.outcome.t == doctest::Approx(0.5).epsilon(1e-9));
        CHECK(stop.y == doctest::Approx(std::exp(-0.5)).epsilon(1e-5));
        CHECK(stop.outcome.statistics.evaluations < 10'000);
        CHECK(contains(message(undefined, 1), "leaves its domain"));

        const Law root = [](double, In y, Out dy) { dy[0] = -std::sqrt(y[0]); };  // y = (1 - t/2)²
        const Ended left = ended(root, 1, {0, 3});
        CHECK(left.outcome.status != Status::ok);
        CHECK(left.outcome.t == doctest::Approx(2).epsilon(1e-2));
        CHECK(left.outcome.statistics.evaluations < 10'000);

        const Law at_zero = [](double t, In, Out dy) { dy[0] = t > 0 ? nan_ : 1; };
        CHECK(ended(at_zero, 1).outcome.statistics.evaluations < 10'000);
        CHECK(ended(at_zero, 1).outcome.status == Status::step_underflow);
    }

    TEST_CASE("plain: fixed steps stop at the first state that is not finite, and keep the last one that is") {
        const Law f = [](double, In y, Out dy) { dy[0] = y[0] * y[0]; };
        const Ended end = ended(f, 1, {0, 4}, {.method = rk4_classic, .steps = 40});
        CHECK(end.outcome.status == Status::not_finite);
        CHECK(std::isfinite(end.y));
        CHECK(end.outcome.t < 2);
        CHECK(contains(message(f, 1, {0, 4}, {.method = rk4_classic, .steps = 40}), "no longer finite after t = "));
    }

    TEST_CASE("plain: an f that hides a state that is not finite does not make it good") {
        const Law f = [](double t, In, Out dy) { dy[0] = t > 0.5 ? 1e308 : 0; };
        const Ended end = ended(f, 1e308, {0, 10}, {.rtol = 1e10, .atol = 1});
        CHECK(end.outcome.status != Status::ok);
        CHECK(std::isfinite(end.y));
    }

    TEST_CASE("plain: a stiff problem uses up max_steps and says so") {
        const Law f = [](double, In y, Out dy) { dy[0] = -1e6 * (y[0] - 1); };
        const Ended end = ended(f, 0, {0, 1}, {.max_steps = 500});
        CHECK(end.outcome.status == Status::too_many_steps);
        CHECK(end.outcome.statistics.accepted + end.outcome.statistics.rejected == 500);
        CHECK(contains(message(f, 0, {0, 1}, {.max_steps = 500}), "solve: too many steps, stopped at t = "));
    }

    TEST_CASE("plain: a jump in f is stepped over") {
        const Law f = [](double t, In, Out dy) { dy[0] = t < 0.5 ? 0 : 1; };
        const Ended end = ended(f, 0, {0, 1}, {.method = dopri5, .rtol = 1e-8, .atol = 1e-8});
        CHECK(end.outcome.status == Status::ok);
        // A jump between the third and the fourth stage shows in the error estimate of dopri5 with 1/80 of its effect.
        CHECK(std::abs(end.y - 0.5) < 80 * 1e-8);
        CHECK(end.outcome.statistics.rejected <= 25);
    }

    TEST_CASE("plain: options that make no sense are named") {
        const std::pair<SolveOptions, const char*> cases[] = {
            {{.rtol = -1e-6}, "rtol = -1e-06"},
            {{.rtol = nan_}, "rtol = nan"},
            {{.atol = -1}, "atol = -1"},
            {{.atol = nan_}, "atol = nan"},
            {{.rtol = 0, .atol = 0}, "atol = 0"},
            {{.steps = -1}, "steps = -1"},
            {{.method = rk4_classic}, "steps = 0, method rk4_classic"},
            {{.first_step = -0.1}, "first_step = -0.1"},
            {{.first_step = nan_}, "first_step = nan"},
            {{.max_step = 0}, "max_step = 0"},
            {{.max_step = 1e-20}, "max_step = 1e-20"},
            {{.max_step = nan_}, "max_step = nan"},
            {{.control = {.safety = 0}}, "control.safety = 0"},
            {{.control = {.shrink = 1}}, "control.shrink = 1"},
            {{.control = {.grow = 0.5}}, "control.grow = 0.5"},
            {{.control = {.beta = 0.5}}, "control.beta = 0.5"},
            {{.max_steps = 0}, "max_steps = 0"},
            {{.step = -1}, "step = -1"},
            {{.step = 1e-300}, "step = 1e-300"},
            {{.steps = 3, .step = 0.1}, "step = 0.1"},
            {{.min_step = -1}, "min_step = -1"},
            {{.step_t = {nan_}}, "step_t = nan"},
            {{.jump_t = {0, infinity}}, "jump_t = inf"},
            {{.control = {.integral = 0}}, "control.integral = 0"},
            {{.control = {.derivative = nan_}}, "control.derivative = nan"},
        };
        for (const auto& wrong : cases) {
            CAPTURE(std::string(wrong.second));
            const std::string text = message(decay, 1, {0, 1}, wrong.first);
            CHECK(contains(text, "solve: an option makes no sense"));
            CHECK(contains(text, wrong.second));
            CHECK(contains(text, "plain_edges_test.cpp:"));
        }
    }

    TEST_CASE("plain: too little memory is a status, not an overflow") {
        std::array<double, 3> y{1, 1, 1};
        std::array<double, 10> work{};
        const auto outcome = solve_to(decay, std::span(y), work, {0, 1});
        CHECK(outcome.status == Status::bad_memory);
        CHECK(outcome.statistics.evaluations == 0);
    }

    TEST_CASE("plain: the caller's memory is all there is, and a longer solve asks for no more") {
        std::array y{1.};
        std::array<double, most_stages + 2> work;
        CHECK(test::allocations_in([&] { solve_to(decay, std::span(y), work, {0, 10}); }) == 0);
        const auto asked_to = [&](double end) {
            return test::allocations_in([&] { solve(decay, std::vector<double>{1.}, {0, end}); });
        };
        const long at_ten = asked_to(10);
        CHECK(asked_to(300) == at_ten);
        CHECK(at_ten > 0);
    }

    TEST_CASE("plain: the observer sees every attempt, and accepted ones join up") {
        double t = 0;
        long attempts = 0, kept = 0;
        const auto watch = [&](const StepReport& step) {
            CHECK(step.t == t);
            CHECK(step.accepted == (step.error <= 1));
            ++attempts;
            if (step.accepted) t = step.t + step.h, ++kept;
        };
        const Law f = [](double s, In, Out dy) { dy[0] = s < 0.4 ? 0 : 100; };
        const auto solution = solve(f, std::array{0.}, {0, 1}, {.on_step = watch}).statistics();
        CHECK(kept == solution.accepted);
        CHECK(attempts == solution.accepted + solution.rejected);
        CHECK(solution.rejected > 0);
    }

    TEST_CASE("plain: an exception from f leaves, and the next solve is as if nothing had been") {
        const double before = solve(decay, std::array{1.}, {0, 1}).end()[0];
        const Law throws = [](double t, In, Out) {
            if (t > 0.2) throw 42;
        };
        CHECK_THROWS_AS(solve(throws, std::array{1.}, {0, 1}), int);
        CHECK(solve(decay, std::array{1.}, {0, 1}).end()[0] == before);
    }
}
