// tests/ode/own_events_test.cpp — events of rows with clocks of their own
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "ode/events.hpp"
#include "tests/ode/own_rows.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

// Balls [B,2] of heights and speeds, each with a gravity and a restitution of its own: [B,1].
struct Balls {
    Tensor g, e;
    Parameter drag{"drag", Tensor({1}, {0.0})};

    Balls of(Index row) const {
        Balls one = *this;
        one.g = row_of(g, row);
        one.e = row_of(e, row);
        return one;
    }
};

struct Bounced {
    Tensor z, by_z0, by_g, by_e, by_drag;
    std::vector<double> t;  // of the events
    std::vector<Index> row;
    std::vector<Tensor> before, after;
    std::vector<RowReport> rows;
};

Bounced bounced(const Balls& balls, const Tensor& z0, const Times& times, SolveOptions options, int terminal = 0) {
    const Quiet quiet;  // a parabola limits no step
    Tape tape;
    const Var start = tape.variable(z0), g = tape.variable(balls.g), e = tape.variable(balls.e);
    const auto fall = [&](Var, Var z) {
        return concatenate({column(z, 1), 0.0 * column(z, 0) - g - z.tape().use(balls.drag) * column(z, 1)}, 1);
    };
    const Event<Var> bounce{.when = [](Var, Var z) { return column(z, 0); },
                            .direction = falling,
                            .terminal = terminal,
                            .reset =
                                [&](Var, Var z) {
                                    return concatenate({column(z, 0), -e * column(z, 1)}, 1);
                                }};
    const auto s = solve_events(fall, start, times, {bounce}, options);
    Var loss = sum(s.z * cos(s.z));
    Bounced all;
    for (const auto& found : s.events) {
        loss = loss + found.t + sum(sin(found.after));
        all.t.push_back(found.t.item());
        all.row.push_back(found.row);
        all.before.push_back(Tensor(tape.view(found.before)));
        all.after.push_back(Tensor(tape.view(found.after)));
    }
    const Vars bars = grad(loss, Vars(std::array{start, g, e, tape.use(balls.drag)}));
    all.z = Tensor(tape.view(s.z));
    all.by_z0 = Tensor(tape.view(bars[0]));
    all.by_g = Tensor(tape.view(bars[1]));
    all.by_e = Tensor(tape.view(bars[2]));
    all.by_drag = Tensor(tape.view(bars[3]));
    all.rows.assign(s.rows().begin(), s.rows().end());
    return all;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("own events: each row is that row alone, to the bit, and so are its gradients") {
        const Balls balls{Tensor({4, 1}, {9.8, 1.6, 3.7, 24.8}), Tensor({4, 1}, {0.9, 0.8, 0.8, 0.9})};
        const Tensor z0({4, 2}, {10, 0, 2, 1, 5, -3, 8, 6});
        const std::vector<double> times{0, 0.7, 1.5, 4, 9};
        for (const Route& route : {discrete, backsolve}) {
            CAPTURE(std::string(route.name));
            const SolveOptions options{.rtol = 1e-6, .gradient = route, .rows = independent};
            const Bounced all = bounced(balls, z0, times, options);
            std::size_t next = 0;
            for (Index row = 0; row < 4; ++row) {
                CAPTURE(row);
                const Bounced one = bounced(balls.of(row), row_of(z0, row), times, options);
                CHECK(same_bits(observed(all.z, row), one.z));
                CHECK(same_bits(row_of(all.by_z0, row), one.by_z0));
                CHECK(same_bits(row_of(all.by_g, row), one.by_g));
                CHECK(same_bits(row_of(all.by_e, row), one.by_e));
                CHECK(all.rows[row] == one.rows[0]);
                for (std::size_t i = 0; i < one.t.size(); ++i, ++next) {
                    REQUIRE(next < all.t.size());
                    CHECK(all.row[next] == row);
                    CHECK(all.t[next] == one.t[i]);
                    CHECK(same_bits(all.before[next], one.before[i]));
                    CHECK(same_bits(all.after[next], one.after[i]));
                }
            }
            CHECK(next == all.t.size());
            CHECK(next >= 12);
        }
    }

    TEST_CASE(
        "own events: bounces are those of the closed form, and so are their derivatives; the shared parameter's sums") {
        const Balls balls{Tensor({2, 1}, {9.8, 3.7}), Tensor({2, 1}, {0.9, 0.8})};
        const Tensor z0({2, 2}, {10, 0, 2, 1});
        const SolveOptions options{.rtol = either(1e-10, 1e-5), .atol = either(1e-12, 1e-6), .rows = independent};
        const std::vector<double> times{0, 4.5};
        const Bounced all = bounced(balls, z0, times, options);
        double by_drag = 0;
        std::size_t next = 0;
        for (Index row = 0; row < 2; ++row) {
            const double g = double(balls.g[row]), e = double(balls.e[row]), v = double(z0[2 * row + 1]);
            const double impact = std::sqrt(v * v + 2 * g * double(z0[2 * row]));
            double t = (v + impact) / g, speed = e * impact;
            for (; t < 4.5; t += 2 * speed / g, speed *= e) {
                REQUIRE(next < all.t.size());
                CHECK(all.t[next] == doctest::Approx(t).epsilon(either(1e-10, 1e-4)));
                CHECK(double(all.after[next++][1]) == doctest::Approx(speed).epsilon(either(1e-9, 1e-4)));
            }
            by_drag += double(bounced(balls.of(row), row_of(z0, row), times, options).by_drag[0]);
        }
        CHECK(next == all.t.size());
        CHECK(double(all.by_drag[0]) == doctest::Approx(by_drag).epsilon(either(1e-13, 1e-5)));
    }

    TEST_CASE("own events: those that pass by, in times of each row's own, forwards and backwards; to second order") {
        Tape tape;
        const Tensor k({3, 1}, {1, 2, 0.5}), from({3, 1}, {0.5, 1, 8});
        const Var z0 = tape.variable(from), rate = tape.variable(k);
        const auto growth = [&](Var, Var z) { return rate * z; };
        const Event<Var> doubled{.when = [](Var, Var z) { return z - 2.0; }},
            early{.when = [](Var t, Var) { return t - 0.01; }};
        const std::vector<std::vector<double>> times{{0, 1, 2}, {0, 0.2, 1}, {0, -1, -5}};
        const auto s = solve_events(tape, growth, z0, times, {early, doubled},
                                    {.rtol = either(1e-11, 1e-5), .atol = either(1e-12, 1e-6), .rows = independent});
        REQUIRE(s.events.size() == 5);  // two in each row, but that which goes backwards never meets t = 0.01
        const double close = either(1e-8, 1e-3);
        for (const auto& found : s.events) {
            if (found.event == 0) continue;
            const Index i = found.row;
            const double k_i = double(k[i]), z_i = double(from[i]), t = std::log(2 / z_i) / k_i;
            CHECK(found.t.item() == doctest::Approx(t).epsilon(close));
            CHECK(found.before.item() == doctest::Approx(2).epsilon(close));
            const Vars first = grad(found.t, {z0, rate});
            CHECK(double(tape.view(first[0])[i]) == doctest::Approx(-1 / (k_i * z_i)).epsilon(close));
            CHECK(double(tape.view(first[1])[i]) == doctest::Approx(-t / k_i).epsilon(close));
            const Var second = grad(sum(first[0]), z0);
            CHECK(double(tape.view(second)[i]) == doctest::Approx(1 / (k_i * z_i * z_i)).epsilon(either(1e-6, 1e-2)));
        }
        const Solution<Var> without = solve(
            tape, growth, z0, times, {.rtol = either(1e-11, 1e-5), .atol = either(1e-12, 1e-6), .rows = independent});
        CHECK(same_bits(Tensor(tape.view(s.z)), Tensor(tape.view(without.z))));
    }

    TEST_CASE("own events: a row ends at its own terminal event, fails or comes to rest, and the others go on") {
        const Balls balls{Tensor({4, 1}, {9.8, 1.6, 3.7, 9.8}), Tensor({4, 1}, {0.9, 0.8, 0.5, 0.1})};
        const Tensor z0({4, 2}, {10, 0, 2, 1, 500, 0, 1, 0});
        const SolveOptions options{.rtol = 1e-6, .rows = independent};
        const Bounced two = bounced(balls, z0, {0, 1, 6}, options, 2);  // ends at the second bounce
        CHECK(two.rows[0].stopped);
        CHECK(two.rows[0].t == two.t[1]);
        CHECK_FALSE(two.rows[2].stopped);
        CHECK(two.rows[2].t == 6);
        for (Index i = 0; i < 2; ++i) CHECK(two.z[(2 * 4 + 0) * 2 + i] == two.after[1][i]);
        const Bounced all = bounced(balls, z0, {0, 1, 6}, options);
        CHECK(all.rows[3].status == Status::accumulating);
        CHECK(std::isnan(double(all.z[(2 * 4 + 3) * 2])));
        CHECK(all.rows[0].status == Status::ok);
        const Bounced one = bounced(balls.of(0), row_of(z0, 0), {0, 1, 6}, options);
        CHECK(same_bits(observed(all.z, 0), one.z));
        CHECK(std::isfinite(double(one.by_drag[0])));

        const auto squares = [](Var, Var z) { return square(z); };  // from 1 on it ends at t = 1
        const Event<Var> reset{.when = [](Var, Var z) { return z - 0.25; },
                               .reset = [](Var, Var z) { return 0.0 * z + 2.0; }};
        const Event<Var> lost{.when = [](Var, Var z) { return z - 0.5; },
                              .reset = [](Var, Var z) { return sqrt(z - 1.0); }};
        const auto s = solve_events(squares, Tensor({4, 1}, {1, 0.2, -1, 0.4}), {0, 0.25, 3}, {reset, lost}, options);
        CHECK(s.rows()[0].status != Status::ok);
        CHECK(s.rows()[0].t == doctest::Approx(1).epsilon(1e-2));
        CHECK(double(s.z[4]) == doctest::Approx(1 / 0.75).epsilon(1e-4));
        REQUIRE(s.events.size() >= 1);
        CHECK(s.events[0].row == 1);
        CHECK(s.events[0].t == doctest::Approx(1).epsilon(1e-4));
        CHECK(s.rows()[1].t == doctest::Approx(1.5).epsilon(1e-2));
        CHECK(s.rows()[2].status == Status::ok);
        CHECK(double(s.z[10]) == doctest::Approx(-0.25).epsilon(1e-4));
        CHECK(s.rows()[3].status == Status::not_finite);
        CHECK(s.rows()[3].t == doctest::Approx(0.5).epsilon(1e-4));
        CHECK(s.status == s.rows()[0].status);
    }

    TEST_CASE("own events: a row whose event is not a number fails there, and the others go on") {
        const auto falls = [](Var, Var z) { return 0.0 * z - 1.0; };
        const Event<Var> passes{.when = [](Var, Var z) { return sqrt(z) - 1.5; }};
        const SolveOptions options{.rtol = 1e-6, .max_step = 0.25, .rows = independent};
        const Tensor z0({4, 1}, {4, 1, 9, -1});
        const auto s = solve_events(falls, z0, {0, 0.5, 2}, {passes}, options);
        REQUIRE(s.events.size() == 1);
        CHECK(s.events[0].row == 0);
        CHECK(s.events[0].t == doctest::Approx(1.75).epsilon(1e-5));
        for (const int good : {0, 2}) {
            CHECK(s.rows()[good].status == Status::ok);
            CHECK(double(s.z[8 + good]) == doctest::Approx(double(z0[good]) - 2).epsilon(1e-5));
        }
        CHECK(s.rows()[1].status == Status::not_finite);
        CHECK(s.rows()[1].t >= 1);
        CHECK(s.rows()[1].t <= 1.25);
        CHECK(double(s.z[4 + 1]) == doctest::Approx(0.5).epsilon(1e-5));  // seen before that
        CHECK(std::isnan(double(s.z[8 + 1])));
        CHECK(s.rows()[3].status == Status::not_finite);
        CHECK(s.rows()[3].t == 0);
        const Event<Var> before{.when = [](Var, Var z) { return z - 0.1; },
                                .reset = [](Var, Var z) { return z + 4.0; }};
        const auto saved = solve_events(falls, Tensor({1, 1}, {0.9}), {0, 0.5, 2}, {before, passes}, options);
        CHECK(saved.rows()[0].status == Status::ok);  // at the end of the step in which it is reset its root is none
        CHECK(double(saved.z[2]) == doctest::Approx(2.9).epsilon(1e-5));
        const auto alone = solve_events(falls, Tensor({1, 1}, {4}), {0, 0.5, 2}, {passes}, options);
        CHECK(alone.events[0].t == s.events[0].t);
    }

    TEST_CASE(
        "own events: a row whose event has no number or no slope at its root fails there, if it is differentiated") {
        const auto falls = [](Var, Var z) { return 0.0 * z - 1.0; };
        const auto zero_by_zero = [](Var, Var z) { return square(z - 1.0) / (z - 1.0); };
        const auto no_slope = [](Var, Var z) { return (z - 1.0) * (1.0 + sqrt(square(z - 1.0))); };
        int lost = 0;
        for (const auto& when : {Event<Var>{.when = zero_by_zero}, Event<Var>{.when = no_slope}})
            for (const bool terminal : {false, true})
                for (const double root : {0.25, 0.5}) {
                    CAPTURE(terminal);
                    CAPTURE(root);
                    Event<Var> event = when;
                    event.terminal = terminal;
                    Tape tape, small;
                    const Var z0 = tape.variable(Tensor({2, 1}, {1 + root, 5}));
                    const Var one = small.variable(Tensor({1, 1}, {5}));
                    const SolveOptions options{.step = 0.3, .rows = independent};
                    const auto s = solve_events(tape, falls, z0, {0, 0.2, 1, 2}, {event}, options);
                    const auto alone = solve_events(small, falls, one, {0, 0.2, 1, 2}, {event}, options);
                    CHECK(s.rows()[1].status == Status::ok);
                    CHECK(std::isfinite(num(s.z, 7)));
                    CHECK(num(s.z, 7) == num(alone.z, 3));
                    if (s.rows()[0].status != Status::ok) {
                        ++lost;
                        CHECK(s.rows()[0].status == Status::not_finite);
                        CHECK(s.rows()[0].t == doctest::Approx(root).epsilon(either(1e-6, 1e-3)));
                        CHECK(num(s.z, 2) == doctest::Approx(0.8 + root));
                        CHECK(std::isnan(num(s.z, 4)));
                        CHECK(std::isnan(num(s.z, 6)));
                    }
                    for (const auto& found : s.events) {
                        CHECK(std::isfinite(num(found.t)));
                        CHECK(std::isfinite(num(grad(found.t, z0), found.row)));
                    }
                    CHECK(s.events.size() == (s.rows()[0].status == Status::ok ? 1 : 0) + alone.events.size());
                }
        if (is_double) CHECK(lost >= 4);  // where rounding lands on the root itself
    }

    TEST_CASE("own events: what cannot be meant") {
        const auto decay = [](Var, Var z) { return -z; };
        const Tensor z0 = waves({3, 2}, 1);
        const auto error = [&](const Event<Var>& event, SolveOptions options) {
            options.rows = independent;
            return error_of([&] { solve_events(decay, z0, {0, 1}, {event}, options); });
        };
        const Event<Var> first{.when = [](Var, Var z) { return column(z, 0); }};
        CHECK(contains(error(first, {.steps = 10}), ".step = h"));
        CHECK(contains(error(first, {.gradient = direct}), ".gradient = ode::discrete"));
        const std::string single = error({.when = [](Var, Var z) { return z[0][0]; }}, {});
        CHECK(contains(single, "solve_events: event 0 is not a number for each row"));
        CHECK(contains(single, "column(z, 0)"));
        CHECK(
            contains(error({.when = [](Var, Var z) { return column(z, 0) - mean(z); }}, {}), "event 0 mixes the rows"));
        CHECK(contains(error({.when = [](Var, Var z) { return column(z, 0) * (z[0][0].item() > 0 ? 1.0 : 2.0); }}, {}),
                       "event 0 reads a value"));
        CHECK(solve_events(decay, Tensor({0, 2}), {0, 1}, {first}, {.rows = independent}).z.shape() == Shape{2, 0, 2});
    }
}
