// tests/ode/events_test.cpp — events of a solve of numbers: when they are, in which order, and what they change
#include "ode/events.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "tests/ode/falling_ball.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;
using test::ball, test::bounce, test::ticks, test::State, test::In, test::Out, test::Rational;

namespace {

struct Pendulum {
    double k, c;
    void operator()(double, In z, Out dz) const {
        dz[0] = z[1];
        dz[1] = -k * std::sin(z[0]) - c * z[1];
    }
};
const Event<double> hangs{.when = [](double, In z) { return z[0]; }};
const Event<double> turns{.when = [](double, In z) { return z[1]; }};

// SciPy's events of its rational problem.
Event<double> rational_1(Direction direction = both) {
    return {.when = [](double, In y) { return y[0] - std::pow(y[1], 0.7); }, .direction = direction};
}
Event<double> rational_2(Direction direction = both) {
    return {.when = [](double, In y) { return std::pow(y[1], 0.6) - y[0]; }, .direction = direction};
}
const Event<double> rational_3{.when = [](double t, In) { return t - 7.4; }, .terminal = true};

Event<double> at_time(double t, Direction direction = both) {
    return {.when = [t](double, In z) { return z[0] - t; }, .direction = direction};
}

template <class Solved>
std::vector<double> times_of(const Solved& s, std::size_t event = 0) {
    std::vector<double> times;
    for (const auto& e : s.events)
        if (e.event == event) times.push_back(e.t);
    return times;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("events: a ball's bounces, as the closed form has them, whichever the method") {
        const auto file = test::reference("event_bouncing_ball");
        const auto expected = file["event_times"].numbers(), speeds = file["velocity_before_impact"].numbers();
        for (const Method& method : all_methods) {
            if (!method.adaptive() || method.order < 4) continue;
            CAPTURE(std::string(method.name));
            // Steps are as long as bounces, and their length hangs on errors that are rounding, too.
            const double rounding = 3e-11 * test::cancellation(method);
            const auto s = solve_events(ball, State{10, 0}, {0, 19.5}, {bounce}, {.method = method, .rtol = 1e-10});
            REQUIRE(s.events.size() == expected.size());
            CHECK_FALSE(s.stopped);
            for (std::size_t i = 0; i < expected.size(); ++i) {
                CHECK(std::abs(s.events[i].t - expected[i]) < 100 * rounding);
                CHECK(std::abs(s.events[i].before[0]) < rounding);
                CHECK(s.events[i].before[1] == doctest::Approx(speeds[i]).epsilon(rounding));
                CHECK(s.events[i].after[1] == -0.9 * s.events[i].before[1]);
            }
        }
    }

    TEST_CASE("events: a pendulum hangs and turns when the references say, to 1e-9 at rtol 1e-10") {
        for (const char* name : {"event_pendulum", "event_pendulum_damped"})
            for (const Method& method : {tsit5, dopri5}) {
                const auto file = test::reference(name);
                const auto z0 = file["z0"].numbers();
                const auto s = solve_events(Pendulum{file["params"]["k"].number(), file["params"]["c"].number()},
                                            State{z0[0], z0[1]}, {0, file["t_end"].number()}, {hangs, turns},
                                            {.method = method, .rtol = 1e-10, .atol = 1e-12});
                std::size_t event = 0;
                for (const char* list : {"zero_crossings_theta", "zero_crossings_omega"}) {
                    const auto found = times_of(s, event++);
                    REQUIRE(found.size() == file[list].size());  // the turn at the start is none
                    for (std::size_t i = 0; i < found.size(); ++i)
                        CHECK(std::abs(found[i] - file[list][i]["t"].number()) < 1e-9);
                }
            }
    }

    TEST_CASE("events: SciPy's checks on the rational problem: counts, places, directions, an end, and backwards") {
        for (const bool backwards : {false, true}) {
            const double from = backwards ? 8 : 5, to = 13 - from;
            const State y0 = Rational::at(from);
            const Direction up = backwards ? falling : rising, down = backwards ? rising : falling;
            const auto s = solve_events(Rational(), y0, {from, to}, {rational_1(), rational_2()});
            REQUIRE(times_of(s, 0).size() == 1);
            REQUIRE(times_of(s, 1).size() == 1);
            CHECK(std::abs(times_of(s, 0)[0] - 5.5) < 0.2);
            CHECK(std::abs(times_of(s, 1)[0] - 7.5) < 0.2);
            CHECK((s.events[0].t < s.events[1].t) != backwards);
            CHECK(solve_events(Rational(), y0, {from, to}, {rational_1(up), rational_2(up)}).events.size() == 1);
            CHECK(times_of(solve_events(Rational(), y0, {from, to}, {rational_1(up), rational_2(up)})).size() == 1);
            CHECK(times_of(solve_events(Rational(), y0, {from, to}, {rational_1(down), rational_2(down)})).empty());
            const auto ended = solve_events(Rational(), y0, {from, to}, {rational_1(), rational_2(), rational_3});
            CHECK(ended.stopped);
            CHECK(ended.events.back().event == 2);
            CHECK(ended.events.back().t == doctest::Approx(7.4).epsilon(1e-15));
            CHECK(ended.events.size() == 2);
            CHECK(ended.end() == ended.events.back().after);
        }
    }

    TEST_CASE("events: one before the first observation stops the solve; later times have the state after it") {
        const Event<double> ground{.when = [](double, In z) { return z[0]; }, .direction = falling, .terminal = true};
        const auto s = solve_events(ball, State{10, 0}, {0, 1, 2, 3}, {ground});
        REQUIRE(s.events.size() == 1);
        CHECK(s.z[1][0] == doctest::Approx(5.1));
        CHECK(s.z[2] == s.events[0].after);
        CHECK(s.z[3] == s.events[0].after);
        CHECK(solve_events(ball, State{10, 0}, {0, 2, 3}, {ground}).at(1) == s.z[2]);
        Event<double> third = bounce;
        third.terminal = 3;
        const auto counted = solve_events(ball, State{10, 0}, {0, 20}, {third, {.when = bounce.when, .terminal = 4}});
        CHECK(counted.stopped);
        CHECK(times_of(counted).size() == 3);
        CHECK(counted.end()[1] == doctest::Approx(14 * std::pow(0.9, 3)));
        // SciPy's upward cannon: the start is a root, and no event.
        const auto shot = solve_events(ball, State{0, 0.01}, {0, 1}, {ground}, {.max_step = 0.05});
        REQUIRE(shot.events.size() == 1);
        CHECK(shot.events[0].t == doctest::Approx(0.02 / 9.8).epsilon(1e-12));
        CHECK(shot.events[0].before[1] == doctest::Approx(-0.01).epsilon(1e-12));
    }

    TEST_CASE("events: those that never fire, and those that only pass by, leave every bit as it is") {
        const Event<double> never{.when = [](double, In) { return 1.; }, .reset = [](double, Out z) { z[0] = 0; }};
        for (const Method& method : all_methods) {
            if (!method.adaptive()) continue;
            const SolveOptions options{.method = method, .rtol = 1e-5};
            const std::vector<double> times{0, 0, 0.7, 3, 6};
            const auto plain = solve(Pendulum{1, 0.1}, State{1, 0}, times, options);
            const auto watched = solve_events(Pendulum{1, 0.1}, State{1, 0}, times, {never, hangs, turns}, options);
            CHECK(plain.z == watched.z);
            CHECK(plain.statistics().accepted == watched.statistics().accepted);
            CHECK(plain.statistics().rejected == watched.statistics().rejected);
            CHECK(watched.events.size() == 3);
            for (const auto& e : watched.events) CHECK(e.before == e.after);
        }
    }

    TEST_CASE("events: a root at a step's end is one, at the last time too, and none at the first") {
        for (const double last : {1., -1.}) {
            const auto s = solve_events(ticks, State{0, 0}, {0, last},
                                        {at_time(0), at_time(last / 2), at_time(last / 4), at_time(last), at_time(2)},
                                        {.method = euler, .steps = 4});
            REQUIRE(s.events.size() == 3);
            CHECK(s.events[0].event == 2);
            CHECK(s.events[1].event == 1);
            CHECK(s.events[2].event == 3);
            CHECK(s.events[0].t == last / 4);
            CHECK(s.events[1].t == last / 2);
            CHECK(s.events[2].t == last);
        }
    }

    TEST_CASE("events: simultaneous ones go in the list's order, each with the state that the one before left") {
        Event<double> twice = at_time(0.3), more = at_time(0.3);
        twice.reset = [](double, Out z) { z[1] *= 2; };
        more.reset = [](double, Out z) { z[1] += 1; };
        const auto s = solve_events(ticks, State{0, 0}, {0, 1}, {at_time(0.3), twice, more, at_time(0.3)});
        REQUIRE(s.events.size() == 4);
        for (std::size_t i = 0; i < 4; ++i) {
            CHECK(s.events[i].event == i);
            CHECK(s.events[i].t == s.events[0].t);
        }
        CHECK(s.events[1].after[1] == doctest::Approx(0.6));
        CHECK(s.events[2].before[1] == s.events[1].after[1]);
        CHECK(s.events[2].after[1] == doctest::Approx(1.6));
        CHECK(s.end()[1] == doctest::Approx(2.3));
    }

    TEST_CASE("events: an observation at an event's very time sees the state before it") {
        Event<double> jump = at_time(0.5);
        jump.reset = [](double, Out z) { z[1] = 10; };
        const auto s = solve_events(ticks, State{0, 0}, {0, 0.5, 0.75, 1}, {jump}, {.method = euler, .steps = 4});
        CHECK(s.z[1][1] == 0.5);
        CHECK(s.z[2][1] == 10.25);
        CHECK(s.end()[1] == 10.5);
    }

    TEST_CASE("events: a thermostat switches by its hysteresis, by the closed form") {
        const auto room = [](double, In z, Out dz) {  // temperature, and 1 while it heats
            dz[0] = -(z[0] - 10) + 20 * z[1];
            dz[1] = 0;
        };
        const Event<double> on{.when = [](double, In z) { return z[0] - 18; },
                               .direction = falling,
                               .reset = [](double, Out z) { z[1] = 1; }};
        const Event<double> off{.when = [](double, In z) { return z[0] - 22; },
                                .direction = rising,
                                .reset = [](double, Out z) { z[1] = 0; }};
        const auto s = solve_events(room, State{20, 0}, {0, 10}, {on, off}, {.rtol = 1e-11, .atol = 1e-11});
        double t = std::log(10. / 8);
        REQUIRE(s.events.size() > 10);
        for (std::size_t i = 0; i < s.events.size(); ++i) {
            CHECK(s.events[i].event == i % 2);
            CHECK(s.events[i].t == doctest::Approx(t).epsilon(1e-9));
            t += i % 2 == 0 ? std::log(12. / 8) : std::log(12. / 8);
        }
    }

    TEST_CASE("events: equal steps go on along their grid after a jump; events may come as a vector") {
        const std::vector<Event<double>> events{bounce, {.when = [](double, In z) { return z[1]; }}};
        for (const Method& method : all_methods) {
            if (method.order < 2 || method.implicit()) continue;  // the last bounce is at t = 7: a rounding away
            CAPTURE(std::string(method.name));
            const auto s = solve_events(ball, State{10, 0}, {0, 7}, events, {.method = method, .steps = 7});
            REQUIRE(s.events.size() == 5);
            CHECK(s.events[2].t == doctest::Approx(4).epsilon(1e-11 * test::cancellation(method)));
            CHECK(s.statistics().accepted >= 7 + 2);  // the second bounce is at a step's end, or just before
        }
    }
}
