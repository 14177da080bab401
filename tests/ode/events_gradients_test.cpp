// tests/ode/events_gradients_test.cpp — events of a solve in Vars: their times and states, and what these depend on
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"
#include "nn/mlp.hpp"
#include "ode/events.hpp"
#include "ode/models/neural_ode.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/reference.hpp"

using namespace costate;
using namespace costate::ode;

namespace {

constexpr bool in_double = sizeof(Real) == sizeof(double);
constexpr double relative = in_double ? 1e-10 : 1e-5, absolute = in_double ? 1e-12 : 1e-6;

struct Ball {  // y' = v, v' = −g; the speed × −e where y = 0
    Var g, e;
    Var operator()(Var, Var z) const { return concatenate({reshape(z[1], {1}), reshape(-g, {1})}, 0); }
    Event<Var> bounce() const {
        return {.when = [](Var, Var z) { return z[0]; },
                .direction = falling,
                .reset =
                    [*this](Var, Var z) {
                        return concatenate({reshape(z[0], {1}), reshape(-e * z[1], {1})}, 0);
                    }};
    }
};

struct Pendulum {
    Var k, c;
    Var operator()(Var, Var z) const {
        return concatenate({reshape(z[1], {1}), reshape(-k * sin(z[0]) - c * z[1], {1})}, 0);
    }
};

void check_derivative(Var y, Vars xs, std::initializer_list<double> expected, double scale) {
    const Vars g = grad(y, xs);
    std::size_t i = 0;
    for (const double d : expected) {
        CAPTURE(i);
        CHECK(std::abs(g[i++].item() - d) < (in_double ? 1e-8 : 2e-2) * scale);
    }
}

// The closed form on the tape, so that its derivatives of every order are at hand.
struct Flight {
    Var g, e, h0, v0;
    Var impact() const { return sqrt(v0 * v0 + 2 * g * h0); }
    Var speed_after(int n) const { return impact() * pow(e, n); }
    Var bounce(int n) const {
        Var t = (v0 + impact()) / g;
        for (int k = 1; k < n; ++k) t = t + 2 * speed_after(k) / g;
        return t;
    }
    Var height(int n, double at) const {  // between the n-th bounce and the next
        const Var t = at - bounce(n);
        return speed_after(n) * t - 0.5 * g * t * t;
    }
};

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("events in Vars: a ball's bounces and their derivatives, by every route") {
        const auto file = test::reference("event_bouncing_ball");
        const auto expected = file["event_times"].numbers();
        for (const Route& route : test::routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Ball ball{tape.variable(9.8), tape.variable(0.9)};
            const Var h0 = tape.variable(10.0), v0 = tape.variable(0.0);
            const Var z0 = concatenate({reshape(h0, {1}), reshape(v0, {1})}, 0);
            const std::size_t bounces = in_double ? 12 : 3;
            const auto s = solve_events(ball, z0, {0, expected[bounces - 1] + 0.1}, {ball.bounce()},
                                        {.rtol = relative, .atol = absolute, .gradient = route});
            REQUIRE(s.events.size() == bounces);
            for (std::size_t i = 0; i < bounces; ++i) {
                CHECK(std::abs(s.events[i].t.item() - expected[i]) < (in_double ? 1e-10 : 1e-4));
                const auto& d = file["d_event_times"][i];
                check_derivative(s.events[i].t, std::array{h0, v0, ball.g, ball.e},
                                 {d["h0"].number(), d["v0"].number(), d["g"].number(), d["e"].number()}, 1);
            }
        }
    }

    TEST_CASE("events in Vars: a pendulum's, which only pass by, and their derivatives, by every route") {
        for (const char* name : {"event_pendulum", "event_pendulum_damped"})
            for (const Route& route : test::routes_of(tsit5)) {
                CAPTURE(std::string(route.name));
                CAPTURE(name);
                const auto file = test::reference(name);
                const auto start = file["z0"].numbers();
                Tape tape;
                const Pendulum pendulum{tape.variable(file["params"]["k"].number()),
                                        tape.variable(file["params"]["c"].number())};
                const Var z0 = tape.variable(Tensor({2}, {static_cast<Real>(start[0]), static_cast<Real>(start[1])}));
                const auto s =
                    solve_events(pendulum, z0, {0, file["t_end"].number()},
                                 {{.when = [](Var, Var z) { return z[0]; }}, {.when = [](Var, Var z) { return z[1]; }}},
                                 {.rtol = relative, .atol = absolute, .gradient = route});
                std::array<std::size_t, 2> count{};
                for (const auto& event : s.events) {
                    const auto& list = file[event.event == 0 ? "zero_crossings_theta" : "zero_crossings_omega"];
                    const auto& e = list[count[event.event]++];
                    CHECK(std::abs(event.t.item() - e["t"].number()) < (in_double ? 1e-9 : 1e-3));
                    const Vars g = grad(event.t, {z0, pendulum.k, pendulum.c});
                    const auto close = [&](Real d, const char* by) {
                        CAPTURE(by);
                        CHECK(std::abs(d - e["d_t"][by].number()) < (in_double ? 1e-8 : 1e-2));
                    };
                    close(g[0].value()[0], "theta0");
                    close(g[0].value()[1], "omega0");
                    close(g[1].item(), "k");
                    close(g[2].item(), "c");
                }
                CHECK(count[0] == file["zero_crossings_theta"].size());
                CHECK(count[1] == file["zero_crossings_omega"].size());
            }
    }

    TEST_CASE("events in Vars: states before, after and far behind several bounces, to second order") {
        for (const Route& route : test::routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            Tape tape;
            const Ball ball{tape.variable(9.8), tape.variable(0.8)};
            const Flight flight{ball.g, ball.e, tape.variable(2.0), tape.variable(0.5)};
            const Var z0 = concatenate({reshape(flight.h0, {1}), reshape(flight.v0, {1})}, 0);
            const auto s = solve_events(ball, z0, {0, 0.1, 1.2, 2.1, 2.2}, {ball.bounce()},
                                        {.rtol = relative, .atol = absolute, .gradient = route});
            REQUIRE(s.events.size() == 2);
            const std::array xs{ball.g, ball.e, flight.h0, flight.v0};
            const auto compare = [&](Var y, Var closed) {
                CHECK(std::abs(y.item() - closed.item()) < (in_double ? 1e-10 : 1e-4));
                const Vars a = grad(y, xs), b = grad(closed, xs);
                for (std::size_t i = 0; i < xs.size(); ++i) {
                    CAPTURE(i);
                    CHECK(std::abs(a[i].item() - b[i].item()) < (in_double ? 1e-8 : 1e-2));
                    const Vars aa = grad(a[i], xs), bb = grad(b[i], xs);
                    for (std::size_t j = 0; j < xs.size(); ++j) {
                        CAPTURE(j);
                        CHECK(std::abs(aa[j].item() - bb[j].item()) < (in_double ? 1e-7 : 0.1));
                    }
                }
            };
            compare(s.events[0].t, flight.bounce(1));
            compare(s.events[1].t, flight.bounce(2));
            compare(s.events[0].before[1], -flight.impact());
            compare(s.events[1].after[1], flight.speed_after(2));
            compare(s.z[2][0], flight.height(1, 1.2));
            compare(s.z[4][0], flight.height(2, 2.2));
        }
    }

    TEST_CASE("events in Vars: g and the reset may depend on the time and on Vars, also backwards; to second order") {
        for (const Route& route : test::routes_of(tsit5))
            for (const double last : {3., -3.}) {
                CAPTURE(std::string(route.name));
                Tape tape;
                const Var rate = tape.variable(0.7), mu = tape.variable(0.2), c = tape.variable(last > 0 ? 0.5 : 2.0),
                          a = tape.variable(1.5);
                const Var z0 = tape.variable(Tensor({1}, {last > 0 ? 2 : 0.5}));
                const auto decay = [&](Var, Var z) { return -rate * z; };
                // z = z0 e^(−rate t) meets c e^(mu t), jumps by a t, and decays on.
                const auto s = solve_events(decay, z0, {0, last},
                                            {{.when = [&](Var t, Var z) { return z - c * exp(mu * t); },
                                              .reset = [&](Var t, Var z) { return z + a * t; }}},
                                            {.rtol = relative, .atol = absolute, .gradient = route});
                REQUIRE(s.events.size() == 1);
                const Var t = reshape(log(z0 / c) / (rate + mu), {});
                const Var end = (c * exp(mu * t) + a * t) * exp(-rate * (last - t));
                const std::array xs{rate, mu, c, a, z0};
                for (const auto& [y, closed] : {std::pair{s.events[0].t, t}, std::pair{s.end()[0], end}}) {
                    CHECK(std::abs(y.item() - closed.item()) < (in_double ? 1e-9 : 1e-4));
                    const Vars g = grad(y, xs), expected = grad(closed, xs);
                    for (std::size_t i = 0; i < xs.size(); ++i) {
                        CHECK(std::abs(sum(g[i]).item() - sum(expected[i]).item()) < (in_double ? 1e-8 : 1e-2));
                        const Vars gg = grad(sum(g[i]), xs), want = grad(sum(expected[i]), xs);
                        for (std::size_t j = 0; j < xs.size(); ++j)
                            CHECK(std::abs(sum(gg[j]).item() - sum(want[j]).item()) < (in_double ? 1e-7 : 0.1));
                    }
                }
            }
    }

    TEST_CASE("events in Vars: none that fires leaves a solve as it is, to the bit") {
        for (const Route& route : all_routes)
            for (const int steps : {0, 30}) {
                Tape tape;
                const Pendulum pendulum{tape.variable(1.0), tape.variable(0.1)};
                const Var z0 = tape.variable(Tensor({2}, {1, 0}));
                const SolveOptions options = test::fitted({.gradient = route, .steps = steps});
                const std::vector<double> times{0, 0, 0.7, 3, 6};
                const auto plain = solve(pendulum, z0, times, options);
                const auto watched =
                    solve_events(pendulum, z0, times, {{.when = [](Var, Var z) { return z[0] - 2; }}}, options);
                CHECK(watched.events.empty());
                CHECK(watched.statistics() == plain.statistics());
                for (Index i = 0; i < 10; ++i) CHECK(watched.z.value()[i] == plain.z.value()[i]);
            }
    }

    TEST_CASE("events in Vars: without a tape they are Tensors; a module's field, a batch, one g for all of its rows") {
        const nn::MLP field({2, 8, 2}, nn::tanh, Rng{3});
        const Tensor z0({3, 2}, {1, 0, 0.5, 0.2, -0.3, 1});
        const Event<Var> level{.when = [](Var, Var z) { return sum(z * z) - 2; },
                               .reset = [](Var, Var z) { return 0.5 * z; }};
        const Event<Var> stop{.when = [](Var t, Var) { return t - 4; }, .terminal = true};
        const auto tensors = solve_events(field, z0, {0, 1, 5, 6}, {level, stop});
        Tape tape;
        const auto vars = solve_events(tape, field, z0, {0, 1, 5, 6}, {level, stop});
        REQUIRE(tensors.events.size() == vars.events.size());
        CHECK(tensors.stopped);
        CHECK(vars.stopped);
        CHECK(std::abs(tensors.events.back().t - 4) < 1e-6);
        const auto each =
            solve_events(field, z0, {0, 1, 5, 6}, {level, stop}, {.atol = {1e-9, 1e-9}, .step_t = {0.5, 7}});
        CHECK(std::abs(each.events.front().t - tensors.events.front().t) < 1e-3);
        CHECK(test::contains(test::error_of([&] {
                                 solve_events(field, z0, {0, 1}, {level}, {.rows = independent});
                             }),
                             "event 0 is not a number for each row"));
        CHECK(tensors.z.shape() == Shape{4, 3, 2});
        for (Index i = 0; i < 24; ++i) CHECK(tensors.z.view()[i] == vars.z.value()[i]);
        CHECK(std::ranges::equal(vars.at(2).value().entries(), vars.events.back().after.value().entries()));
        CHECK_FALSE(grad(sum(vars.end()), field)[0].is_zero());
        const NeuralODE layer(field, {0, 1});
        CHECK(solve_events(layer.field(), z0, {0, 1}, {level}).z.shape() == Shape{2, 3, 2});
    }

    TEST_CASE("events in Vars: equal steps; a field that reads values, by direct; simultaneous ones") {
        Tape tape;
        const Ball ball{tape.variable(9.8), tape.variable(0.9)};
        const Var z0 = tape.variable(Tensor({2}, {10, 0}));
        const auto equal = solve_events(ball, z0, {0, 5}, {ball.bounce()}, {.method = rk4_classic, .steps = 20});
        REQUIRE(equal.events.size() == 2);
        CHECK(equal.events[1].t.item() == doctest::Approx(4).epsilon(in_double ? 1e-12 : 1e-5));
        CHECK(grad(equal.events[1].t, ball.e).item() == doctest::Approx(20. / 7).epsilon(in_double ? 1e-9 : 1e-3));
        const auto branches = [&](Var t, Var z) { return z.value()[1] > 100 ? -z : ball(t, z); };
        const Event<Var> soft{
            .when = [](Var, Var z) { return z[0]; }, .direction = falling, .reset = [](Var, Var z) { return 0.5 * z; }};
        const auto read =
            solve_events(branches, z0, {0, 2}, {ball.bounce(), soft}, {.gradient = direct, .max_step = 0.5});
        REQUIRE(read.events.size() == 2);
        CHECK(read.events[0].t.item() == read.events[1].t.item());
        CHECK(read.events[1].before.value()[1] == read.events[0].after.value()[1]);
        CHECK(read.events[1].after.value()[1] == doctest::Approx(6.3));
        CHECK(grad(read.end()[1], ball.e).item() == doctest::Approx(7).epsilon(in_double ? 1e-8 : 1e-3));
        CHECK(test::contains(test::error_of([&] {
                                 solve_events(branches, z0, {0, 5}, {ball.bounce()});
                             }),
                             "the field reads a value"));
    }

    TEST_CASE("events in Vars: errors, and no Program replays what numbers decided") {
        Tape tape;
        const Ball ball{tape.variable(9.8), tape.variable(0.9)};
        const Var z0 = tape.variable(Tensor({2}, {10, 0}));
        const auto with = [&](Event<Var> event, double last = 5) {
            return test::error_of([&] { solve_events(ball, z0, {0, last}, {event}); });
        };
        CHECK(test::contains(with({.when = [](Var, Var z) { return z; }}), "event 0 is not a single number"));
        CHECK(test::contains(with({.when = [](Var, Var z) { return z[0]; }, .reset = [](Var, Var z) { return z[0]; }}),
                             "the reset of event 0 does not have the state's shape"));
        CHECK(test::contains(with(ball.bounce(), 40), in_double ? "solve_events: events accumulate at t = 27.14"
                                                                : "events accumulate at t = 27."));
        CHECK(test::contains(test::error_of([&] {
                                 solve_events(ball, z0, {0, ball.g}, {ball.bounce()});
                             }),
                             "a Var or a Parameter among the times"));
        Event<Var> twice = ball.bounce();
        twice.terminal = 2;
        const auto stopped = solve_events(ball, z0, {0, 40}, {twice});
        CHECK(stopped.stopped);
        CHECK(stopped.events.size() == 2);
        CHECK(stopped.end()[1].item() == doctest::Approx(14 * 0.81));
        CHECK(grad(stopped.end()[1], ball.e).item() == doctest::Approx(14 * 2 * 0.9));
        CHECK(tape.is_tainted());
        const Var t = solve_events(ball, z0, {0, 5}, {ball.bounce()}).events[0].t;  // all is well after an error
        CHECK(test::contains(test::error_of([&] {
                                 compile(tape, std::array{z0, ball.g, ball.e}, std::array{t});
                             }),
                             "events_gradients_test.cpp"));
    }
}
