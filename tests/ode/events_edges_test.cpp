// tests/ode/events_edges_test.cpp — events that accumulate, that cost no memory, and what is no event at all
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "autodiff/operators.hpp"
#include "ode/events.hpp"
#include "tests/ode/falling_ball.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/precision.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;
using test::ball, test::bounce, test::ticks, test::State, test::In, test::Out;

TEST_SUITE("ode") {
    TEST_CASE("events: a ball that comes to rest ends by an error that says when, or rests by its reset") {
        const auto rest = test::reference("event_bouncing_ball")["zeno_time"].number();
        const std::string error = test::error_of([&] {
            solve_events(ball, State{10, 0}, {0, 40}, {bounce}, {.rtol = 1e-10});
        });
        CHECK(test::contains(error, "solve_events: events accumulate at t = 27.14"));
        CHECK(test::contains(error, "the last state is"));
        const auto until_slow = [](double, std::span<const double> z, std::span<double> dz) {
            dz[0] = z[1];
            dz[1] = -9.8 * z[2];  // 0 when it rests
        };
        Event<double> last = bounce;
        last.reset = [](double, Out z) {
            z[1] *= -0.9;
            if (z[1] < 1e-3) z[0] = z[1] = z[2] = 0;
        };
        const auto s = solve_events(until_slow, std::array{10., 0., 1.}, {0, 40}, {last}, {.rtol = 1e-10});
        CHECK(s.events.size() == 91);  // 14 · 0.9^91 < 1e-3
        CHECK(std::abs(s.events.back().t - rest) < 2e-3);
        CHECK(s.end() == std::array{0., 0., 0.});
    }

    TEST_CASE("events: no memory is asked for while none is found") {
        const Event<double> never{.when = [](double, In z) { return 2 + z[0] * z[0]; }, .terminal = true};
        const auto in_steps = [&](int steps) {
            return test::allocations_in([&] {
                solve_events(ball, State{10, 0}, {0, 1}, {never}, {.method = rk4_classic, .steps = steps});
            });
        };
        CHECK(in_steps(10) == in_steps(1000));
    }

    TEST_CASE("events: floats, vectors, an empty span of time, and a g that is not a number") {
        const auto falls = [](double, std::span<const float> z, std::span<float> dz) {
            dz[0] = z[1];
            dz[1] = -9.8f;
        };
        const auto s = solve_events(falls, std::vector<float>{10, 0}, {0, 5},
                                    {{.when = [](double, auto z) { return z[0]; },
                                      .direction = falling,
                                      .reset = [](double, auto z) { z[1] *= -0.9f; }}});
        REQUIRE(s.events.size() == 2);
        CHECK(s.events[0].t == doctest::Approx(1.4285714).epsilon(1e-6));
        CHECK(s.events[1].t == doctest::Approx(4).epsilon(1e-6));
        CHECK(solve_events(ball, State{0, 0}, {3, 3}, {bounce}).events.empty());
        const auto no_state = [](double, Out z) { z[1] = std::sqrt(z[1]); };
        CHECK(test::contains(test::error_of([&] {
                                 solve_events(ball, State{10, 0}, {0, 5}, {{.when = bounce.when, .reset = no_state}});
                             }),
                             "solve_events: the reset of event 0 at t = 1.42857 is not finite"));
        const auto no_number = [](double t, In) { return std::sqrt(0.5 - t); };
        CHECK(test::contains(test::error_of([&] {
                                 solve_events(ticks, State{0, 0}, {0, 1}, {{.when = no_number}});
                             }),
                             "solve_events: event 0 is not a number at t = "));
    }

    TEST_CASE("events: what cannot be meant") {
        const auto of_numbers = [](const Event<double>& event) {
            return test::error_of([&] { solve_events(ball, State{10, 0}, {0, 1}, {event}); });
        };
        const auto falls = [](Var, Var z) { return 0.0 * z - 1.0; };
        const auto of_vars = [&](const Event<Var>& event) {
            return test::error_of([&] { solve_events(falls, Tensor({1}, {10}), {0, 1}, {event}); });
        };
        const std::function<double(double, In)> unset;
        const std::function<Var(Var, Var)> unset_in_vars;
        for (const std::string& error : {of_numbers({.when = unset}), of_vars({.when = unset_in_vars})}) {
            CHECK(test::contains(error, "solve_events: event 0 makes no sense"));
            CHECK(test::contains(error, "no .when"));
        }
        CHECK(test::contains(of_numbers({.when = bounce.when, .terminal = -1}), ".terminal = -1"));
        Tape tape;
        const std::string moving = test::error_of([&] {
            solve_events(falls, tape.variable(Tensor({1}, {10})), {0, tape.variable(1.0)},
                         {{.when = [](Var, Var z) { return z; }}});
        });
        CHECK(test::contains(moving, "solve_events: a Var or a Parameter among the times"));
        CHECK(test::contains(moving, "{.when = t - T, .terminal = true}"));
    }

    TEST_CASE("events: two that chatter are stopped by their number, of numbers and of Tensors") {
        const auto right = [](double, In z) { return z[0] + 1e-9; };
        const auto left = [](double, In z) { return z[0] - 1e-9; };
        const auto glides = [](double, In z, Out dz) { dz[0] = z[1], dz[1] = 0; };
        for (const SolveOptions& options :
             {SolveOptions{.max_steps = 100}, SolveOptions{.step = 0.5, .max_steps = 100}}) {
            const auto relay = [&] {
                solve_events(glides, State{1, -1}, {0, 10},
                             {{.when = right, .direction = falling, .reset = [](double, Out z) { z[1] = 1; }},
                              {.when = left, .direction = rising, .reset = [](double, Out z) { z[1] = -1; }}},
                             options);
            };
            const std::string text = test::error_of(relay);
            CHECK((test::contains(text, "events accumulate at t = 1") || test::contains(text, "too many steps")));
            const auto returns = [&] {
                solve_events([](Var, Var z) { return 0.0 * z + 1.0; }, Tensor({1}, 0), {0, 100},
                             {{.when = [](Var, Var z) { return z[0] - 0.1; },
                               .direction = rising,
                               .reset = [](Var, Var z) { return 0.0 * z; }}},
                             options);
            };
            const std::string often = test::error_of(returns);
            CHECK((test::contains(often, "events accumulate") || test::contains(often, "too many steps")));
        }
    }

    TEST_CASE("events: the statistics of a solve in parts are those of its steps, in Tensors too") {
        const auto fall = [](Var, Var z) { return stack({z[1], 0.0 * z[1] - 9.8}); };
        const Event<Var> floor{.when = [](Var, Var z) { return z[0]; },
                               .direction = falling,
                               .reset =
                                   [](Var, Var z) {
                                       return stack({0.0 * z[0], -0.9 * z[1]});
                                   }};
        const auto s = solve_events(fall, Tensor({2}, {10, 0}), {0, 5}, {floor}, {.max_step = 0.25}).statistics();
        CHECK(s.accepted >= 20);
        CHECK(s.largest_step == doctest::Approx(0.25));
        CHECK(s.smallest_step > 0);
        CHECK(s.next_step > 0);
    }

    TEST_CASE("events: a gradient through a g that has no number or no slope at its root is an error that says so") {
        if (sizeof(Real) < sizeof(double)) return;  // whose rounding misses the root
        const auto error = [](const std::function<Var(Var, Var)>& when) {
            return test::error_of([&] {
                Tape tape;
                const auto falls = [](Var, Var z) { return 0.0 * z - 1.0; };
                solve_events(tape, falls, tape.variable(Tensor({1}, {1.25})), {0, 1}, {{.when = when, .terminal = 1}});
            });
        };
        const std::string no_number = error([](Var, Var z) { return square(z - 1.0) / (z - 1.0); });
        CHECK(test::contains(no_number, "event 0 is not a number at t = 0.25"));
        const std::string no_slope = error([](Var, Var z) { return (z - 1.0) * (1.0 + sqrt(square(z - 1.0))); });
        CHECK(test::contains(no_slope, "event 0 has no derivative at t = 0.25"));
        CHECK(test::contains(no_slope, "whose slope along the solution is not a number"));
    }

    TEST_CASE("events: one that has happened does not happen again where the solve that is recorded has landed") {
        const auto turns = [](Var t, Var z) { return concatenate({column(z, 1), -column(z, 0)}, 1) + 0.0 * t; };
        const Event<Var> slows{.when = [](Var, Var z) { return column(z, 0); },
                               .direction = rising,
                               .reset =
                                   [](Var, Var z) {
                                       return z * Tensor({1, 2}, {1, 0.5});
                                   }};
        for (const Method& method : {radau5, tsit5})
            for (int k = 60; k <= 80;
                 ++k) {  // through 0 at t = s, and not again before 5; near 0 times are finer than z
                CAPTURE(k);
                const double s = 0.00025 * k;
                const Tensor z0({1, 2}, {-std::sin(1 + s), std::cos(1 + s)});
                for (const RowClocks rows : {joint, independent}) {
                    const SolveOptions options{
                        .method = method, .rtol = test::either(1e-8, 1e-5), .atol = 1e-10, .rows = rows};
                    const auto solved = solve_events(turns, z0, {-1, 5}, {slows}, options);
                    CHECK(solved.events.size() == 1);
                    CHECK(std::abs(solved.end()[1] - 0.5 * std::cos(5 - s)) < test::either(1e-6, 1e-3));
                }
            }
    }
}
