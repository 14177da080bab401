// tests/ode/limits_test.cpp — where a solve has to stop: what is not finite, too long, too short, or too coarse a clock
#include <doctest/doctest.h>

#include <climits>
#include <functional>

#include "nn/mlp.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

Var squared(Var, Var z) { return z * z; }

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("no solve is fine with a number that is not finite: equal steps") {
        for (const Method& method : all_methods)
            for (const Route& route : routes_of(method))
                for (const Index rows : {1, 300}) {
                    if (method.implicit() && route == direct && rows > 1) continue;  // its Jacobian is of all rows
                    if (method.is_linear()) continue;                                // it may step over a pole
                    CAPTURE(std::string(route.name));
                    CAPTURE(rows);
                    Tape t;
                    const std::string text = error_of([&] {
                        solve(t, squared, t.variable(Tensor({rows, 1}, 1)), Two{0, 2},
                              {.method = method, .gradient = route, .steps = 100});
                    });
                    CHECK((contains(text, "solve: the state is no longer finite after t = 1") ||
                           (method.implicit() && contains(text, "does not converge at t = "))));
                }
        const Law plain = [](double, In y, Out dy) { dy[0] = y[0] * y[0]; };
        CHECK(contains(error_of([&] {
                           solve(plain, std::array{1.}, {0, 2}, {.method = rk4_classic, .steps = 100});
                       }),
                       "no longer finite after t = 1"));
    }

    TEST_CASE("no solve is fine with a number that is not finite: between the ends of a step") {
        // y(1) = −.1 and y(.5) would need f(1, y(1)), which is no number
        const Law plain = [](double t, In y, Out dy) { dy[0] = y[0] < 0 ? NAN : -3 * t * t; };
        const std::array times{0., .5, 1.};
        const SolveOptions options{.method = rk4_classic, .steps = 1};
        CHECK(
            contains(error_of([&] { solve(plain, std::array{.9}, times, options); }), "no longer finite after t = 0"));
        std::array<double, 1> y{.9};
        std::array<double, 3> saved{};
        std::vector<double> work(std::size_t(work_size(rk4_classic, 1)));
        CHECK(solve_to(plain, std::span(y), work, times, options, saved).status == Status::not_finite);
        const auto field = [](Var t, Var z) { return where(less(z, 0.0), 0.0 * log(z), -3.0 * t * t + 0.0 * z); };
        for (const Route& route : routes_of(tsit5)) {
            Tape t;
            CHECK(contains(error_of([&] {
                               solve(t, field, t.variable(Tensor({1}, {.9})), std::array{0., .5, 1.},
                                     {.method = rk4_classic, .gradient = route, .steps = 1});
                           }),
                           "no longer finite after t = 0"));
        }
    }

    TEST_CASE("a blow-up names its time, as numbers and as Vars") {
        for (const Route& route : routes_of(tsit5)) {
            Tape t;
            const Var one = t.variable(Tensor({1}, {1})), times = t.variable(Tensor({2}, {0, 200}));
            const std::string by_numbers = error_of([&] { solve(t, squared, one, Two{0, 200}, {.gradient = route}); });
            const std::string by_vars = error_of([&] { solve(t, squared, one, times, {.gradient = route}); });
            CHECK(contains(by_numbers, "the step shrank to nothing at t = 1\n"));
            CHECK(contains(by_vars, "the step shrank to nothing at t = 1\n"));
        }
    }

    TEST_CASE("first_step is a length, whatever the times are") {
        for (const bool vars : {false, true}) {
            Tape t;
            const Var z0 = t.variable(Tensor({1}, {1})), times = t.variable(Tensor({2}, {0, 200}));
            const SolveOptions options{.first_step = .25, .max_steps = 1};
            const auto field = [](Var, Var z) { return 0.01 * z; };
            const std::string text = error_of([&] {
                vars ? solve(t, field, z0, times, options) : solve(t, field, z0, Two{0, 200}, options);
            });
            CHECK(contains(text, "too many steps, stopped at t = 0.25"));
        }
    }

    TEST_CASE("an error names the line of the solve that failed, not of one with the same plan") {
        Tape t;
        solve(t, squared, t.variable(Tensor({1}, {.1})), Two{0, 2});
        t.rewind();
        const int line = __LINE__ + 1;
        const auto fails = [&] { solve(t, squared, t.variable(Tensor({1}, {3})), Two{0, 2}); };
        CHECK(contains(error_of(fails), "limits_test.cpp:" + std::to_string(line)));
    }

    TEST_CASE("a rate that is not finite at the start is said at once") {
        for (const Route& route : all_routes)
            for (const double first_step : {0., .1}) {
                Tape t;
                int calls = 0;
                const auto field = [&](Var s, Var z) { return ++calls, z / s; };
                const std::string text = error_of([&] {
                    solve(t, field, t.variable(Tensor({1}, {1})), Two{0, 1},
                          fitted({.gradient = route, .first_step = first_step}));
                });
                CHECK(contains(text, "solve: the field is not finite at t = 0"));
                CHECK(contains(text, "0 steps accepted, 0 rejected"));
                CHECK(calls == 1);
            }
    }

    TEST_CASE(
        "a contracting field runs away backwards, by an implicit method, too: the error names routes that keep z") {
        for (const Method& m : {tsit5, kvaerno5})
            for (const RowClocks rows : {joint, independent}) {
                Tape t;
                const Var z0 = t.variable(Tensor({1, 1}, {0.5}));
                const auto contracting = [](Var s, Var z) { return 1000 * (cos(s) - z); };
                const SolveOptions options{.method = m, .gradient = backsolve, .rows = rows};
                const Var z = solve(t, contracting, z0, {0, 1}, options).z;
                const std::string said = error_of([&] { grad(sum(z), z0); });
                CHECK(contains(said, "backsolve: "));
                CHECK(contains(said, rows == joint ? "ode::interpolating" : "ode::discrete"));
            }
    }

    TEST_CASE("max_steps counts the whole backward solve") {
        std::vector<double> times;
        for (int i = 0; i <= 40; ++i) times.push_back(.1 * i);
        Tape t;
        const Var z0 = t.variable(Tensor({1}, {1}));
        const auto slow = [](Var, Var z) { return -0.01 * z; };
        for (const Route& route : {backsolve, interpolating}) {
            const Var z = solve(t, slow, z0, times, {.gradient = route, .max_steps = 10}).z;
            CHECK(contains(error_of([&] { grad(sum(z), z0); }), text(route.name, ": too many steps")));
        }
        for (int again = 0; again < 3; ++again) {  // and may be any int
            const Var y = solve(t, slow, z0, times, {.gradient = backsolve, .max_steps = INT_MAX}).z;
            CHECK(num(grad(end(y), z0)) == doctest::Approx(std::exp(-.04)).epsilon(1e-4));
        }
    }

    TEST_CASE("a field is asked for no time beyond the last") {
        for (const Two& span : {Two{-.1, .2}, Two{.2, -.1}, Two{0, .3}, Two{1, 1.1}, Two{-.7, .1}}) {
            const double low = std::min(span[0], span[1]), high = std::max(span[0], span[1]);
            double least = 1e9, most = -1e9;
            const auto see = [&](double t) { least = std::min(least, t), most = std::max(most, t); };
            for (const Method& method : {dopri5, tsit5}) {
                Tape t;
                const auto field = [&](Var s, Var z) { return see(double(s.item())), .001 * z; };
                solve(t, field, t.variable(Tensor({1}, {1})), span, {.method = method, .gradient = direct});
                const Law plain = [&](double s, In y, Out dy) { see(s), dy[0] = .001 * y[0]; };
                solve(plain, std::array{1.}, span, {.method = method});
                if (!is_double) continue;
                // sqrt is no number beyond the ends, so a stage there would end the solve
                const double a = span[0], b = span[1];
                Tape own;
                const auto bounded = [=](Var s, Var z) {
                    return .001 * z + 0.0 * (b > a ? sqrt(b - s) + sqrt(s - a) : sqrt(s - b) + sqrt(a - s));
                };
                CHECK(error_of([&] {
                          solve(own, bounded, own.variable(Tensor({1}, {1})), span, {.method = method});
                      }) == "");
            }
            CHECK(least >= std::min(low, double(static_cast<Real>(low))));
            CHECK(most <= std::max(high, double(static_cast<Real>(high))));
        }
    }

    TEST_CASE("a pole at the last time ends with an error, before 10,000 evaluations") {
        for (const Route& route : routes_of(tsit5)) {
            Tape t;
            long calls = 0;
            const auto field = [&](Var s, Var z) { return ++calls, -z / s; };
            CHECK(error_of([&] {
                      solve(t, field, t.variable(Tensor({1}, {1})), Two{1, 0},
                            {.gradient = route, .max_steps = 1'000'000});
                  }) != "");
            CHECK(calls < 10'000);
        }
        std::array<double, 1> y{1};
        std::vector<double> work(std::size_t(work_size(tsit5, 1)));
        const Law plain = [](double t, In z, Out dz) { dz[0] = -z[0] / t; };
        const Outcome end = solve_to(plain, std::span(y), work, {1, 0}, {.max_steps = 1'000'000});
        CHECK(end.status == Status::step_underflow);
        CHECK(end.statistics.evaluations < 10'000);
    }

    TEST_CASE("a first step too short to move t is raised") {
        for (const Route& route : routes_of(tsit5)) {
            Tape t;
            const Var z0 = t.variable(Tensor({1}, {1}));
            const Var y = end(
                solve(t, [](Var, Var z) { return -z; }, z0, Two{1, 2}, {.gradient = route, .first_step = 1e-300}).z);
            CHECK(num(y) == doctest::Approx(std::exp(-1.)).epsilon(1e-4));
        }
    }

    TEST_CASE("plain: times and steps whose products leave double are refused") {
        const Law still = [](double, In, Out dy) { dy[0] = 0; };
        for (const auto& [times, steps] : {std::pair{Two{0, 1e307}, 100}, {Two{-1e308, 1e308}, 0}})
            CHECK(contains(error_of([&, &t = times, &n = steps] {
                               solve(still, std::array{1.}, t, {.method = n > 0 ? rk4_classic : tsit5, .steps = n});
                           }),
                           "within the range of double"));
    }

    TEST_CASE("statistics are there for every route, as long as the tape is in the pass of the solve") {
        for (const Route& route : all_routes)
            for (const int steps : {0, 5}) {
                Tape t;
                const Var z0 = t.variable(Tensor({1, 2}, Real(.3))), same = t.variable(Tensor({2}, {1, 1}));
                const nn::MLP field({2, 4, 2}, nn::tanh, Rng{0});
                const SolveOptions options = fitted({.method = dopri5, .gradient = route, .steps = steps});
                const NeuralODE layer(field, {0, 1}, options);
                const Solution s = layer.solve(z0);
                CHECK(s.statistics().accepted > 0);
                CHECK(s.statistics().evaluations > 5);
                CHECK(s.status == Status::ok);
                CHECK(solve(t, field, z0, same, options).statistics().accepted == 0);
                CHECK(s.statistics().backward_evaluations == 0);
                grad(sum(s.end()), z0);  // counts, where there is a backward solve
                CHECK((s.statistics().backward_evaluations > 5) == (route != direct));
                const Statistics kept = s.statistics();
                t.rewind();
                layer.solve(t.variable(Tensor({1, 2}, Real(.4))));
                CHECK(contains(error_of([&] { s.statistics(); }), "statistics: this Solution is stale"));
                CHECK(contains(error_of([&] { s.end(); }), "stale"));
                CHECK(kept.accepted > 0);
            }
    }

    TEST_CASE("a clock too coarse for the field that reads it is refused") {
        const double t0 = is_double ? 1e15 : 1e7;
        const auto reads = [=](Var t, Var z) { return cos(t - t0) + 0.0 * z; };
        const auto autonomous = [](Var, Var z) { return -z; };
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            Tape t;
            const Var z0 = t.variable(Tensor({1}, {1}));
            const SolveOptions options{.gradient = route, .steps = 50};
            CHECK(contains(error_of([&] {
                               solve(t, reads, z0, Two{t0, t0 + 5}, options);
                           }),
                           "the field cannot tell the times of its stages apart"));
            CHECK(num(end(solve(t, autonomous, z0, Two{t0, t0 + 5}, options).z)) ==
                  doctest::Approx(std::exp(-5.)).epsilon(1e-3));
            CHECK(error_of([&] { solve(t, reads, z0, Two{t0, 3 * t0}, options); }) == "");
        }
        const Law shifted = [](double t, In, Out dy) { dy[0] = std::cos(t - 1e7); };
        const auto y = solve(shifted, std::array{0.}, {1e7, 1e7 + 5});  // without a tape time is a double
        CHECK(y.end()[0] == doctest::Approx(std::sin(5.)).epsilon(1e-5));
    }
}
