// tests/ode/landings_test.cpp — times that are landed on, where the field may jump, and equal steps between them
#include "ode/landings.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <set>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"
#include "tests/support/plain_law.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

constexpr double pulse_on = 0.4, pulse_off = 0.401;

// 1000 for a millisecond, as numbers and as Vars: y(1) = 1
void pulse(double t, In, Out dy) { dy[0] = t >= pulse_on && t < pulse_off ? 1000 : 0; }
Var pulse_of_vars(Var t, Var z) {
    return where(less(t, pulse_on), 0.0 * z, where(less(t, pulse_off), 1000.0 + 0.0 * z, 0.0 * z));
}

struct Stepped {
    std::vector<double> ends;
    Statistics statistics;
    double y;
};
Stepped stepped(const Law& f, double y0, const Times& times, SolveOptions options) {
    Stepped s{{times.front()}, {}, 0};
    options.on_step = [&](const StepReport& r) {
        if (r.accepted) s.ends.push_back(r.t + r.h);
    };
    const auto solved = solve(f, std::array{y0}, times, options);
    s.statistics = solved.statistics();
    s.y = solved.end()[0];
    return s;
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("time sets: in any order they are a set, and what comes next is told in either direction") {
        const TimeSet times{3, 1, 2};
        CHECK(times == TimeSet{1, 2, 3});
        CHECK(times != TimeSet{1, 2});
        CHECK(times.after(0, 10) == 1);
        CHECK(times.after(1, 10) == 2);
        CHECK(times.after(3, 10) == 10);
        CHECK(times.after(1, 1.5) == 1.5);
        CHECK(times.after(4, -10) == 3);
        CHECK(times.after(2, -10) == 1);
        CHECK(times.after(1, -10) == -10);
        CHECK(times.after(2, 2) == 2);
        CHECK(times.holds(2, 0, 9));
        CHECK_FALSE(times.holds(2.5, 0, 9));
        CHECK(TimeSet(at_ends).holds(9, 0, 9));
        CHECK_FALSE(TimeSet(at_ends).holds(2, 0, 9));
        CHECK(TimeSet(at_ends) != TimeSet{});
        CHECK(TimeSet(at_ends) == TimeSet(at_ends));
        const TimeSet many(std::vector<double>{9, 8, 7, 6, 5});
        CHECK(many.numbers().front() == 5);
        CHECK(many.after(6, 10) == 7);
    }

    TEST_CASE("beside: the next double, or the next float, on the way") {
        CHECK(beside(1, 2, false) == std::nextafter(1., 2.));
        CHECK(beside(1, 0, false) == std::nextafter(1., 0.));
        CHECK(beside(1, 2, true) == double(std::nextafter(1.F, 2.F)));
        const double third = 1. / 3;  // whose float, where the field jumps, is a little more
        CHECK(beside(third, 1, true) == double(std::nextafter(1.F / 3, 1.F)));
        CHECK(beside(third, 0, true) == double(std::nextafter(1.F / 3, 0.F)));
    }

    TEST_CASE("jump_t: a pulse of 1 ms is seen, exact to rounding, without a rejection; else it is not seen at all") {
        const SolveOptions blind{.method = dopri5, .rtol = 1e-6, .atol = 1e-6};
        SolveOptions sees = blind;
        sees.jump_t = {pulse_off, pulse_on};
        CHECK(stepped(pulse, 0, {0, 1}, blind).y == 0);
        for (const Method& method : {dopri5, tsit5, bosh3, adaptive_heun}) {
            sees.method = method;
            for (const bool back : {false, true}) {
                const Stepped s = stepped(pulse, 0, back ? Times{1, 0} : Times{0, 1}, sees);
                CHECK(std::abs(s.y) == Approx(1).epsilon(1e-14));
                CHECK(s.statistics.rejected == 0);
                const std::set<double> ends(s.ends.begin(), s.ends.end());
                CHECK(ends.count(pulse_on) == 1);
                CHECK(ends.count(pulse_off) == 1);
            }
        }
    }

    TEST_CASE(
        "jump_t: by every route, in tiles too, joint steps and equal ones, with gradients of the discrete solution") {
        const Quiet quiet;
        for (const Route& route : all_routes)
            for (const Index rows : {Index(1), Index(300)})
                for (const int steps : {0, 7}) {
                    if (route == direct && rows > 1) continue;
                    CAPTURE(std::string(route.name));
                    CAPTURE(rows);
                    CAPTURE(steps);
                    Tape t;
                    const Var z0 = t.variable(Tensor({rows, 1}, 0)), a = t.variable(Tensor::scalar(1));
                    const Solution s = solve(
                        t, [&](Var at, Var z) { return z.tape().bring(a) * pulse_of_vars(at, z) + 0.0 * z; }, z0,
                        {0, 1}, fitted({.gradient = route, .steps = steps, .jump_t = {pulse_on, pulse_off}}));
                    CHECK(num(s.end(), rows - 1) == Approx(1).epsilon(either(1e-13, 1e-3)));
                    CHECK(s.statistics().rejected == 0);
                    const Vars bars = grad(sum(s.end()), {z0, a});
                    CHECK(num(bars[0], rows - 1) == Approx(1).epsilon(either(1e-12, 1e-4)));
                    CHECK(num(bars[1]) == Approx(double(rows)).epsilon(either(1e-12, 1e-3)));
                }
    }

    TEST_CASE("jump_t: f is asked for neither side's value on the other one") {
        const double tau = 0.5;
        for (const Method& method : all_methods)
            for (const int steps : {0, 5}) {
                if ((steps == 0 && !method.adaptive()) || method.looks_ahead()) continue;
                double last = -1;  // the times before tau all come before those after it, and it is not among them
                bool mixed = false, at_it = false;
                const Law f = [&](double t, In y, Out dy) {
                    mixed = mixed || (last > tau && t < tau);
                    at_it = at_it || t == tau;
                    last = t;
                    dy[0] = t < tau ? -y[0] : 1 - y[0];
                };
                const std::array times{0., 0.3, 0.5, 0.7, 1.};
                const auto s = solve(f, std::array{1.}, times,
                                     {.method = method, .rtol = 1e-4, .atol = 1e-6, .steps = steps, .jump_t = {tau}});
                CAPTURE(std::string(method.name));
                CHECK_FALSE(mixed);
                CHECK_FALSE(at_it);
                if (method.order > 3 && steps == 0)
                    CHECK(s.end()[0] == Approx(1 + (std::exp(-.5) - 1) * std::exp(-.5)).epsilon(1e-4));
            }
    }

    TEST_CASE("jump_t: an error of at most ten tolerances, and no rejection beyond the jump") {
        const Law f = [](double t, In y, Out dy) { dy[0] = t < 0.5 ? std::cos(t) - y[0] : 50 - 20 * y[0]; };
        const double half = (std::cos(.5) + std::sin(.5) - std::exp(-.5)) / 2;
        for (const double tolerance : {1e-4, 1e-6, 1e-8})
            for (const Method& method : {dopri5, tsit5}) {
                long rejected_beyond = 0;
                const auto watch = [&](const StepReport& s) { rejected_beyond += !s.accepted && s.t >= 0.5; };
                const auto s =
                    solve(f, std::array{0.}, {0, 1},
                          {.method = method, .rtol = tolerance, .atol = tolerance, .jump_t = {0.5}, .on_step = watch});
                CHECK(std::abs(s.end()[0] - (2.5 + (half - 2.5) * std::exp(-10.))) < 10 * tolerance);
                CHECK(rejected_beyond == 0);
            }
    }

    TEST_CASE("jump_t: a gradient by the time of a jump is that of two solves that meet there") {
        const Quiet quiet;
        // 2 as far as T, 5 from there on: y(1) = 2 T + 5 (1 − T), dy/dT = f(T⁻) − f(T⁺) = −3
        for (const Route& route : all_routes)
            for (const int steps : {0, 3}) {
                CAPTURE(std::string(route.name));
                Tape t;
                const Var T = t.variable(Tensor::scalar(Real(.3))), z0 = t.variable(Tensor({1}, 0));
                const auto field = [&](Var s, Var z) {
                    return where(less(s, z.tape().bring(T)), 2.0 + 0.0 * z, 5.0 + 0.0 * z);
                };
                for (const TimeSet& jump : {TimeSet{double(Real(.3))}, TimeSet(at_ends)}) {
                    const SolveOptions options = fitted({.gradient = route, .steps = steps, .jump_t = jump});
                    const Var half = solve(t, field, z0, {0, T}, options).end();
                    const Var y = solve(t, field, half, {T, 1}, options).end();
                    CHECK(num(y) == Approx(.6 + 3.5).epsilon(either(1e-13, 1e-5)));
                    CHECK(num(grad(y, T)) == Approx(-3).epsilon(either(1e-13, 1e-5)));
                    const Var back = solve(t, field, y, {1, T}, options).end();
                    CHECK(num(grad(solve(t, field, back, {T, 0}, options).end(), T)) == Approx(0).epsilon(1e-5));
                }
            }
    }

    TEST_CASE("jump_t: the time of a jump is learned from what comes of it") {
        // y' = [t ≥ T] − y, y(0) = 0:  y(1) = 1 − exp(T − 1)
        const auto field = [](const Parameter& T) {
            return [T](Var t, Var z) { return where(less(t, z.tape().use(T)), 0.0, 1.0) - z; };
        };
        const double wanted = 0.37;
        for (const Route& route : routes_of(tsit5)) {
            CAPTURE(std::string(route.name));
            Parameter T("T", Tensor::scalar(Real(.6)));
            const SolveOptions options{
                .rtol = either(1e-10, 1e-5), .atol = either(1e-10, 1e-6), .gradient = route, .jump_t = at_ends};
            Tape t;
            for (int i = 0; i < 8; ++i) {  // Newton's steps
                t.rewind();
                const Var before = solve(t, field(T), t.variable(Tensor({1}, 0)), {0, T}, options).end();
                const Var y = solve(t, field(T), before, {T, 1}, options).end();
                const double slope = num(grad(sum(y), T)), value = num(y);
                T.edit()[0] -= Real((value - (1 - std::exp(wanted - 1))) / slope);
            }
            CHECK(double(T.value()[0]) == Approx(wanted).epsilon(either(1e-9, 1e-4)));
        }
    }

    TEST_CASE("step_t: a step ends there, what is known of f lives on, and times outside of the solve do nothing") {
        const Stepped free = stepped(decay, 1, {0, 1}, {.method = dopri5});
        const Stepped outside = stepped(decay, 1, {0, 1}, {.method = dopri5, .step_t = {-1, 0, 1, 2}});
        CHECK(outside.y == free.y);
        CHECK(outside.ends == free.ends);
        const Stepped landing = stepped(decay, 1, {0, 1}, {.method = dopri5, .step_t = {0.123, 0.5}});
        const std::set<double> ends(landing.ends.begin(), landing.ends.end());
        CHECK(ends.count(0.123) == 1);
        CHECK(ends.count(0.5) == 1);
        const Statistics& s = landing.statistics;
        CHECK(s.evaluations == 2 + 6 * (s.accepted + s.rejected));
        const Stepped equal = stepped(decay, 1, {0, 1}, {.method = rk4_classic, .steps = 10, .step_t = {0.3, 0.55}});
        CHECK(equal.statistics.accepted == 11);  // 0.3 is a step's end but for rounding: none is a crumb
        CHECK(equal.y == Approx(std::exp(-1.)).epsilon(1e-6));
    }

    TEST_CASE(
        "step: equal steps of at most that length from one time to the next, as if each stretch were solved alone") {
        const Law f = [](double t, In y, Out dy) { dy[0] = std::cos(3 * t) - y[0]; };
        for (const Method& method : {rk4_classic, dopri5, euler}) {
            const auto whole = solve(f, std::array{1.}, {0, 0.3, 1, 1.1}, {.method = method, .step = 0.1});
            CHECK(whole.statistics().accepted == 3 + 7 + 1);
            CHECK(whole.statistics().largest_step == Approx(0.1));
            CHECK(whole.statistics().rejected == 0);
            std::array y{1.};
            for (const auto& [t0, t1, n] : {std::tuple{0., .3, 3}, {.3, 1., 7}, {1., 1.1, 1}})
                y = solve(f, y, {t0, t1}, {.method = method, .steps = n}).end();
            CHECK(whole.end()[0] == y[0]);
        }
        CHECK(solve(f, std::array{1.}, {0, 1}, {.method = rk4_classic, .step = 0.3}).statistics().accepted == 4);
        CHECK(solve(f, std::array{1.}, {1, 0}, {.method = rk4_classic, .step = 7}).statistics().accepted == 1);
        CHECK(solve(f, std::array{1.}, {0, 1}, {.method = rk4_classic, .step = .5, .step_t = {.7}})
                  .statistics()
                  .accepted == 3);
    }

    TEST_CASE("step: numbers and every route take the same steps, and all gradients agree") {
        const std::vector<double> times{0, .3, 1, 1.1};
        const auto field = [](Tape&) -> Field { return [](Var t, Var z) { return cos(3.0 * t) - z * z; }; };
        const auto by = [&](const Route& route) {
            Tape t;
            return solve_and_differentiate(t, field, {}, waves({2}, .5), times,
                                           {.method = rk4_classic, .gradient = route, .step = .01}, true);
        };
        const Gradients exact = by(discrete);
        CHECK(exact.statistics.accepted == either(110, 112));  // .3f is more than 30 steps of .01
        CHECK(distance(by(direct), exact) < either(1e-12, 1e-4));
        CHECK(distance(by(backsolve), exact) < either(1e-7, 1e-3));
        const Tensor z0 = waves({2}, .5);
        const auto numbers = [](double t, std::span<const Real> y, std::span<Real> dy) {
            for (std::size_t i = 0; i < 2; ++i) dy[i] = std::cos(Real(3) * Real(t)) - y[i] * y[i];
        };
        const auto s = solve(numbers, std::array{z0[0], z0[1]}, times, {.method = rk4_classic, .step = .01});
        for (std::size_t i = 0; i < times.size(); ++i)
            CHECK(double(s.z[i][1]) == Approx(double(exact.z[Index(2 * i + 1)])).epsilon(either(1e-14, 1e-5)));
    }

    TEST_CASE("landings and equal steps allocate nothing in the caller's memory") {
        std::array y{0.};
        std::array<double, most_stages + 2> work;
        const SolveOptions jumps{.jump_t = {pulse_on, pulse_off}}, equal{.step = .1};
        CHECK(test::allocations_in([&] { solve_to(pulse, std::span(y), work, {0, 1}, jumps); }) == 0);
        CHECK(test::allocations_in([&] { solve_to(pulse, std::span(y), work, {0, .5, 1}, equal); }) == 0);
        const SolveOptions many{.step_t = {.1, .2, .3, .4, .5, .6}, .jump_t = {.1, .15, .2, .25, pulse_on, pulse_off}};
        CHECK(test::allocations_in([&] { solve_to(pulse, std::span(y), work, {0, 1}, many); }) == 0);
    }

    TEST_CASE("jumps: a field that is not finite behind one is an error that says where, and the last good state") {
        const SolveOptions options{.jump_t = {.5}};
        const auto ends = [](double t, In, Out dy) { dy[0] = t > .5 ? NAN : 2; };
        const auto ends_in_vars = [](Var t, Var z) { return 0.0 * z + sqrt(where(less(t, .5), 4.0, -1.0)); };
        for (const std::string& error : {error_of([&] {
                                             solve(ends, std::array{0.}, {0, 1}, options);
                                         }),
                                         error_of([&] {
                                             solve(ends_in_vars, Tensor({1}, {0}), {0, 1}, options);
                                         })}) {
            CHECK(contains(error, "not finite right behind its jump at t = 0.5"));
            CHECK(contains(error, "z = {1} at t = 0.5"));
        }
    }
}
