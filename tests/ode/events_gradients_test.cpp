// tests/ode/events_gradients_test.cpp — events of a solve in Vars: their times and states, and what these depend on
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"
#include "ode/events.hpp"
#include "ode/neural_ode.hpp"
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

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("events in Vars: a ball's bounces and their derivatives, by every route") {
        const auto file = test::reference("event_bouncing_ball");
        const auto expected = file["event_times"].numbers();
        for (const Route& route : all_routes) {
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
            for (const Route& route : all_routes) {
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
}
