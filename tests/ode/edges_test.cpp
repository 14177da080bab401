// tests/ode/edges_test.cpp — where trusted codes hang, go astray or say "ok" of a nan: one list, by numbers and by Vars
// What each must do is what is right, or an error that names the last good time and state; how the trusted ones fare is in
// their papers' and programs' own words: dopri5.f spins where t0 == t1, boost's odeint returns nan as a success, SciPy 1.10
// hangs on a nan at the start.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "ode/plain.hpp"
#include "ode/solve.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/laws.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;
using doctest::Approx;

namespace {

using Input = std::span<const Real>;
using Output = std::span<Real>;
using Law = std::function<void(double, Input, Output)>;
using LawInVars = std::function<Var(Var, Var)>;

constexpr double inf = std::numeric_limits<double>::infinity(), no_number = std::numeric_limits<double>::quiet_NaN();

struct Edge {
    const char* name;
    Law plain;
    LawInVars vars;
    double z0;
    Two times;
    SolveOptions options;
    const char* error;  // or null: z, to within `most`
    double z;           // at the end, or at the last good time `t`
    double t, most;
};

Var decay_of_vars(Var, Var z) { return -z; }

// Numbers and Vars say the same law.
std::vector<Edge> edges() {
    const double e = std::exp(-1.), close = either(1e-5, 1e-4), half = std::exp(-.5);
    const Law late = [](double t, Input z, Output dz) { dz[0] = t > .5 ? Real(NAN) : -z[0]; };
    const LawInVars late_of_vars = [](Var t, Var z) { return -z + 0.0 * sqrt(.5 - t); };
    const Law pole = [](double, Input z, Output dz) { dz[0] = z[0] * z[0]; };
    const LawInVars pole_of_vars = [](Var, Var z) { return z * z; };
    const Law root = [](double, Input z, Output dz) { dz[0] = -std::sqrt(z[0]); };
    const LawInVars root_of_vars = [](Var, Var z) { return -sqrt(z); };
    const Law never = [](double, Input, Output dz) { dz[0] = Real(NAN); };
    const LawInVars never_of_vars = [](Var, Var z) { return z * Real(NAN); };
    const Law jumps = [](double t, Input, Output dz) { dz[0] = t < .5 ? 0 : 1; };
    const LawInVars jumps_of_vars = [](Var t, Var z) { return where(less(t, .5), 0.0 * z, 1.0 + 0.0 * z); };
    const Law stiff = [](double, Input z, Output dz) { dz[0] = Real(-1e6) * (z[0] - 1); };
    const LawInVars stiff_of_vars = [](Var, Var z) { return -1e6 * (z - 1.0); };
    const Law edge = [](double t, Input z, Output dz) { dz[0] = Real(std::sqrt((1 - t) * t)) + 0 * z[0]; };
    const LawInVars edge_of_vars = [](Var t, Var z) { return sqrt((1.0 - t) * t) + 0.0 * z; };
    const double jump_error = 80 * either(1e-8, 1e-5);  // dopri5 sees a jump between two stages by 1/80 of it
    const SolveOptions tight{.method = dopri5, .rtol = either(1e-8, 1e-5), .atol = either(1e-8, 1e-5)};
    SolveOptions declared = tight;
    declared.jump_t = {.5};
    return {
        {"no time to pass", decay, decay_of_vars, .1, {3, 3}, {}, nullptr, double(Real(.1)), 3, 0},
        {"a first step of nothing", decay, decay_of_vars, 1, {0, 1}, {.first_step = 1e-300}, nullptr, e, 1, close},
        {"a tiny first step", decay, decay_of_vars, 1, {0, 1}, {.first_step = 1e-14}, nullptr, e, 1, close},
        {"a first step too short for t", decay, decay_of_vars, 1, {1, 2}, {.first_step = 1e-17}, nullptr, e, 2, close},
        {"a first step beyond the end", decay, decay_of_vars, 1, {0, 1}, {.first_step = 1e6}, nullptr, e, 1, close},
        {"a first step backwards", decay, decay_of_vars, 1, {0, 1}, {.first_step = -1}, "first_step = -1", 1, 0, 0},
        {"a first step that is none",
         decay,
         decay_of_vars,
         1,
         {0, 1},
         {.first_step = no_number},
         "first_step",
         1,
         0,
         0},
        {"backwards in time", decay, decay_of_vars, 1, {1, 0}, {}, nullptr, std::exp(1.), 0, close},
        {"tolerances below rounding",
         decay,
         decay_of_vars,
         1,
         {0, 1},
         {.rtol = 1e-18, .atol = 1e-18, .max_steps = 100'000},
         nullptr,
         e,
         1,
         either(1e-14, 1e-4)},
        {"no relative tolerance", decay, decay_of_vars, 1, {0, 1}, {.rtol = 0, .atol = 1e-6}, nullptr, e, 1, 1e-4},
        {"no absolute tolerance, at 0", decay, decay_of_vars, 0, {0, 1}, {.atol = 0}, nullptr, 0, 1, 0},
        {"no tolerance", decay, decay_of_vars, 1, {0, 1}, {.rtol = 0, .atol = 0}, "rtol or atol above 0", 1, 0, 0},
        {"a tolerance that is none", decay, decay_of_vars, 1, {0, 1}, {.rtol = no_number}, "rtol = nan", 1, 0, 0},
        {"a start at infinity", decay, decay_of_vars, inf, {0, 1}, {}, "finite", inf, 0, 0},
        {"a start that is no number", decay, decay_of_vars, no_number, {0, 1}, {}, "finite", inf, 0, 0},
        {"a time that is no number", decay, decay_of_vars, 1, {0, no_number}, {}, "finite times", 1, 0, 0},
        {"f is no number at the start", never, never_of_vars, 1, {0, 1}, {}, "at t = 0", 1, 0, 0},
        {"f is no number from 0.5 on", late, late_of_vars, 1, {0, 1}, {}, "shrank to nothing at t = ", half, .5, 1e-4},
        {"a pole", pole, pole_of_vars, 1, {0, 2}, {}, "shrank to nothing at t = ", 0, 1, 1e-4},
        {"f leaves its domain", root, root_of_vars, 1, {0, 3}, {.atol = 1e-6}, "at t = ", 0, 2, 2e-2},
        {"f is there in [t0, t1] only", edge, edge_of_vars, 0, {0, 1}, {}, nullptr, std::acos(-1.) / 8, 1, 1e-5},
        {"a jump", jumps, jumps_of_vars, 0, {0, 1}, tight, nullptr, .5, 1, jump_error},
        {"a jump that is told", jumps, jumps_of_vars, 0, {0, 1}, declared, nullptr, .5, 1, either(1e-14, 1e-6)},
        {"a stiff one",
         stiff,
         stiff_of_vars,
         0,
         {0, 1},
         {.rtol = 1e-4, .atol = 1e-4, .max_steps = 1500},
         "too many steps, stopped at t = ",
         1,
         2e-3,
         1e-2},
        {"steps too long for it",
         pole,
         pole_of_vars,
         1,
         {0, 4},
         {.method = rk4_classic, .steps = 40},
         "no longer finite after t = ",
         0,
         1,
         1},
    };
}

double time_in(const std::string& text) {  // of an error
    const std::size_t at = text.find(" t = ");
    return at == std::string::npos ? no_number : std::strtod(text.c_str() + at + 5, nullptr);
}

void check_by_numbers(const Edge& edge) {
    long calls = 0;
    const double low = std::min(edge.times[0], edge.times[1]), high = std::max(edge.times[0], edge.times[1]);
    bool outside = false;
    const Law counted = [&](double t, Input z, Output dz) {
        ++calls;
        outside = outside || t < low || t > high;
        edge.plain(t, z, dz);
    };
    std::array<Real, 1> z{Real(edge.z0)};
    std::array<Real, most_stages + 2> work{};
    const Outcome outcome = solve_to(counted, std::span(z), work, Times(edge.times), edge.options);
    CHECK_FALSE(outside);
    CHECK((outcome.status == Status::ok) == !edge.error);
    if (outcome.status == Status::ok) {
        CHECK(std::abs(double(z[0]) - edge.z) <= edge.most);
        CHECK(outcome.t == edge.times[1]);
    } else {
        CHECK(contains(error_of([&] { solve(counted, std::array{Real(edge.z0)}, Times(edge.times), edge.options); }),
                       edge.error));
        CHECK(std::abs(outcome.t - edge.t) <= edge.most);
        if (std::isfinite(edge.z0)) CHECK(std::isfinite(z[0]));
        if (edge.z != 0 && std::isfinite(edge.z)) CHECK(double(z[0]) == Approx(edge.z).epsilon(1e-3));
    }
    if (outcome.status != Status::too_many_steps && outcome.status != Status::ok) CHECK(calls < 2 * 10'000);
    if (outcome.status == Status::bad_start) CHECK(calls <= 2 * 3);
}

void check_by_vars(const Edge& edge, const Route& route) {
    CAPTURE(std::string(route.name));
    Tape t;
    SolveOptions options = edge.options;
    options.gradient = route;
    long attempts = 0;
    options.on_step = [&](const StepReport&) { ++attempts; };
    const auto solved = [&] {
        t.rewind();
        return num(solve(t, edge.vars, t.variable(Tensor({1, 1}, {Real(edge.z0)})), Times(edge.times), options).end());
    };
    double end = no_number;
    const std::string text = error_of([&] { end = solved(); });
    CHECK(text.empty() == !edge.error);
    if (!edge.error) {
        CHECK(std::abs(end - edge.z) <= edge.most);
    } else {
        CHECK(contains(text, edge.error));
        if (edge.most > 0) {
            CHECK(std::abs(time_in(text) - edge.t) <= edge.most);
            CHECK(contains(text, "; z = {"));
            CHECK_FALSE(contains(text, "z = {nan"));
            CHECK_FALSE(contains(text, "z = {inf"));
        }
        if (!contains(text, "too many")) CHECK(attempts * options.method.stages < 10'000);
    }
    t.rewind();  // and the tape is as good as new
    const Var z0 = t.variable(Tensor({1}, {1}));
    const Var z = solve(t, decay_of_vars, z0, {0, 1}, {.gradient = route}).end();
    CHECK(num(z) == Approx(std::exp(-1.)).epsilon(1e-4));
    CHECK(num(grad(z, z0)) == Approx(std::exp(-1.)).epsilon(1e-4));
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE("edges: by numbers") {
        for (const Edge& edge : edges()) {
            CAPTURE(std::string(edge.name));
            check_by_numbers(edge);
        }
    }

    TEST_CASE("edges: by Vars, on a tape that is used again") {
        const Quiet quiet;
        for (const Edge& edge : edges())
            for (const Route& route : routes_of(tsit5)) {
                CAPTURE(std::string(edge.name));
                check_by_vars(edge, route);
            }
    }

    TEST_CASE("edges: a state of nothing, and one of a million numbers") {
        const Law still = [](double, Input z, Output dz) {
            for (std::size_t i = 0; i < z.size(); ++i) dz[i] = -z[i];
        };
        CHECK(solve(still, std::vector<Real>{}, {0, 1}).end().empty());
        CHECK(solve([](Var, Var z) { return -z; }, Tensor({0, 3}), {0, 1}).end().size() == 0);
        const SolveOptions few{.method = rk4_classic, .steps = 2};
        const auto many = solve(still, std::vector<Real>(1'000'000, 1), {0, .1}, few).end();
        CHECK(double(many.back()) == Approx(std::exp(-.1)).epsilon(1e-6));
        const Tensor z = solve([](Var, Var y) { return -y; }, Tensor({1'000'000, 1}, 1), {0, .1}, few).end();
        CHECK(double(z[999'999]) == Approx(std::exp(-.1)).epsilon(1e-6));
    }

    TEST_CASE("edges: there and back again") {
        const Law swing = [](double t, Input z, Output dz) { dz[0] = Real(std::cos(t)) * z[0]; };
        for (const double tolerance : {1e-4, 1e-7}) {
            const SolveOptions options{.method = dopri5, .rtol = tolerance, .atol = tolerance};
            const auto there = solve(swing, std::array{Real(1)}, {0, 3}, options).end();
            const auto back = solve(swing, there, {3, 0}, options).end();
            CHECK(std::abs(double(back[0]) - 1) < 10 * std::max(tolerance, either(0, 1e-5)) * std::exp(1.));
        }
    }

    TEST_CASE("edges: a field that throws leaves solver and tape usable") {
        for (const Route& route : all_routes) {
            Tape t;
            const auto throws = [&](Var, Var z) -> Var {
                if (t.values().size() > 0) throw 42;
                return z;
            };
            const Var z0 = t.variable(Tensor({1}, {1}));
            CHECK_THROWS_AS(solve(t, throws, z0, {0, 1}, fitted({.gradient = route})), int);
            const Var z = solve(t, decay_of_vars, z0, {0, 1}, fitted({.gradient = route})).end();
            CHECK(num(grad(z, z0)) == Approx(std::exp(-1.)).epsilon(1e-4));
        }
    }
}
