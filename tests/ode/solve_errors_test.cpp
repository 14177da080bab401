// tests/ode/solve_errors_test.cpp — what a solve refuses, in its own words, and that it survives
#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include "nn/linear.hpp"
#include "ode/models/neural_ode.hpp"
#include "ode/plain.hpp"
#include "tests/ode/solving.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::ode;
using namespace costate::test;

namespace {

template <class Action>
std::string text_of(Action action) {  // all but the line of this file
    const std::string text = error_of(action);
    return text.substr(0, text.find("\n  where"));
}

}  // namespace

TEST_SUITE("ode") {
    TEST_CASE_FIXTURE(Room, "solve: a field that is no function is an error that says what differs") {
        int calls = 0;
        const auto field = [&](Var, Var z) { return ++calls == 1 ? tanh(z) : sin(z); };
        const std::string text = error_of([&] { solve(tape, field, start(), unit, {.steps = 4}); });
        CHECK(contains(text, "solve: the field is not the same function at two times"));
        CHECK(contains(text, "tanh"));
        CHECK(contains(text, "sin"));
        CHECK(contains(text, "recorded at t = 0 and t = 0.25"));
        CHECK(contains(text, "  expected  the same operations whenever the field is called"));
        CHECK(contains(text, "  try       branch with where(...), on Vars"));
        CHECK(contains(text, "solve_errors_test.cpp"));
    }

    TEST_CASE_FIXTURE(Room, "solve: errors of options") {
        const auto with = [&](const SolveOptions& options) {
            return text_of([&] { solve(tape, law(), start(), unit, options); });
        };
        const auto senseless = [](const std::string& got, const std::string& expected) {
            return "solve: an option makes no sense\n  got       " + got + ", method tsit5\n  expected  " + expected +
                   "\n  try       set it by its name: SolveOptions{." + got.substr(0, got.find(' ')) + " = ...}";
        };
        CHECK(with({.rtol = -1}) == senseless("rtol = -1", "0 or more, as in 1e-6"));
        CHECK(with({.rtol = std::nan("")}) == senseless("rtol = nan", "0 or more, as in 1e-6"));
        CHECK(with({.atol = -2}) == senseless("atol = -2", "0 or more, as in 1e-9"));
        CHECK(with({.atol = HUGE_VAL}) == senseless("atol = inf", "0 or more, as in 1e-9"));
        CHECK(with({.rtol = 0, .atol = 0}) == senseless("atol = 0", "rtol or atol above 0"));
        CHECK(with({.steps = -3}) == senseless("steps = -3", "a number of equal steps, or 0: the error chooses them"));
        CHECK(with({.first_step = -1}) == senseless("first_step = -1", "a length above 0, or 0: automatic"));
        CHECK(with({.max_step = 0}) ==
              senseless("max_step = 0", "a length above 16 eps |t|; left out, steps have no limit"));
        CHECK(with({.max_steps = 0}) == senseless("max_steps = 0", "1 or more"));
        CHECK(with({.control = {.safety = std::nan("")}}) ==
              senseless("control.safety = nan", "above 0 and at most 1"));
        CHECK(with({.control = {.shrink = 2}}) == senseless("control.shrink = 2", "between 0 and 1"));
        CHECK(with({.control = {.grow = .1}}) == senseless("control.grow = 0.1", "1 or more"));
        CHECK(contains(with({.control = {.beta = 1}}), "control.beta = 1"));
        CHECK(contains(with({.method = rk4_classic}), "steps = 0, method rk4_classic"));
        CHECK(contains(with({.method = rk4_classic}), "this method has no error estimate to choose its steps by"));
        CHECK(contains(with({.method = rk4_classic}), "or .method = ode::doubled<ode::rk4_classic>"));
        CHECK(with({.method = doubled<rk4_classic>}) == "");
        CHECK(with({.rtol = 0, .atol = 1e-3}) == "");
        CHECK(with({.rtol = 1e-3, .atol = 0}) == "");
    }

    TEST_CASE_FIXTURE(Room,
                      "solve: a value made by hand whose functions are missing is an error, with and without a tape") {
        const auto both = [&](const SolveOptions& options, const std::string& got) {
            const auto on_numbers = [](double, std::span<const double> y, std::span<double> dy) { dy[0] = -y[0]; };
            for (const std::string& text : {text_of([&] { solve(tape, law(), start(), unit, options); }), text_of([&] {
                                                solve(on_numbers, std::vector<double>{1}, unit, options);
                                            })}) {
                CHECK(contains(text, "solve: a function is missing from an option that was made by hand"));
                CHECK(contains(text, "  got       " + got + " = nullptr, method "));
                CHECK(contains(text, "  expected  "));
                CHECK(contains(text, "  try       "));
            }
        };
        Method pair = reversible_heun, chooser = tsit5;
        pair.pull_pair = nullptr;
        chooser.choice = nullptr;
        RowClocks half = independent;
        half.sweep = nullptr;
        both({.method = pair}, ".method.pull_pair");
        both({.method = chooser}, ".method.choice");
        both({.rows = {.own = true}}, ".rows.solve");
        both({.rows = half}, ".rows.sweep or .backsolve");
        CHECK(text_of([&] { solve(tape, law(), start(), unit, {.method = chooser, .steps = 3}); }) == "");
    }

    TEST_CASE_FIXTURE(Room, "solve: errors of times") {
        const auto at = [&](const std::vector<double>& times) {
            return text_of([&] { solve(tape, law(), start(), times); });
        };
        const std::string rest =
            "\n  expected  finite times that rise, or fall, from the first to the last"
            "\n  try       sort them; solve twice to go both ways from one point";
        const std::string what = "solve: the times do not go in one direction\n  got       ";
        CHECK(at({}) ==
              "solve: no times\n  got       an empty list\n  expected  the first time, at which z0 holds, "
              "and those to observe\n  try       {0, 1}: z0 holds at 0, and the solve ends at 1");
        CHECK(at({0, 1, 0.5, 2}) == what + "times[2] = 0.5 after 1" + rest);
        CHECK(at({1, 0, 0.5, -1}) == what + "times[2] = 0.5 after 0" + rest);
        CHECK(at({0, 1, 0}) == what + "times[1] = 1 after 0" + rest);
        CHECK(at({0, std::nan(""), 1}) == what + "times[1] = nan after 0" + rest);
        CHECK(at({0, HUGE_VAL}) == what + "times[1] = inf after 0" + rest);
        CHECK(at({0}) == "");  // z0 itself
        CHECK(text_of([&] {
                  solve(tape, law(), start(), tape.variable(waves({2, 2, 2}, 1)));
              }) ==
              "solve: the times are not a list\n  got       a Var of shape [2,2,2]\n"
              "  expected  a Var of rank 1, or of rank 2: a list for each row; with at least two times");
        CHECK(contains(text_of([&] { solve(tape, law(), start(), tape.variable(Tensor({1}, {0}))); }),
                       "solve: the times are not a list"));
    }

    TEST_CASE_FIXTURE(Room, "solve: errors of fields and states") {
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            const SolveOptions options = fitted({.gradient = route});
            CHECK(text_of([&] {
                      solve(
                          tape, [](Var, Var z) { return sum(z); }, start(), unit, options);
                  }) ==
                  "solve: the field's result does not have the state's shape\n  got       []\n  expected  [3,2]\n"
                  "  try       dz/dt has one entry for each entry of z: no sum over them; a network is as wide at its "
                  "end");
            CHECK(contains(text_of([&] {
                               solve(
                                   tape, [](Var, Var) { return Var{}; }, start(), unit, options);
                           }),
                           "the field's result does not have the state's shape\n  got       Var{}"));
            z0[2] = std::numeric_limits<Real>::quiet_NaN();
            CHECK(text_of([&] { solve(tape, law(), start(), unit, options); }) ==
                  "solve: z0 is not finite\n  got       nan at entry 2\n  expected  finite numbers");
            z0[2] = 1;
        }
        Tape other;
        const Var foreign = other.variable(Tensor({2}));
        CHECK(contains(text_of([&] {
                           solve(
                               tape, [&](Var, Var z) { return z * foreign; }, start(), unit);
                       }),
                       "tape: a Var of another tape"));
        const Solution solved = solve(law(), start(), unit);
        tape.rewind();
        CHECK(text_of([&] { solved.statistics(); }) ==
              "statistics: this Solution is stale\n  got       a solve that its tape has forgotten, by rewind() or "
              "otherwise\n  expected  one of the tape's present pass\n"
              "  try       read statistics() before tape.rewind()");
        CHECK(contains(text_of([] { Solution<Var>().statistics(); }), "got       a Solution of no solve yet"));
        tape.set_evaluating(false);
        const Solution noted = solve(law(), tape.variable(View{nullptr, {3, 2}}), unit);
        CHECK(text_of([&] { noted.statistics(); }) ==
              "statistics: this tape notes operations without computing them\n  got       a solve that was not run\n"
              "  expected  a tape that evaluates");
    }

    TEST_CASE_FIXTURE(Room, "solve: an error within a field names its line, and that of every solve around it") {
        const auto line = [](int n) { return std::string("solve_errors_test.cpp:") + std::to_string(n); };
        const nn::Linear three(3, 3, Rng{0});
        const int adds = __LINE__ + 1;
        const auto field = [](Var, Var z) { return z + Tensor({3}); };
        const int calls = __LINE__ + 1;
        const auto layers = [&](Var, Var z) { return three(z); };
        for (const Route& route : all_routes) {
            CAPTURE(std::string(route.name));
            const SolveOptions options = fitted({.gradient = route});
            const std::string doing = route == direct ? "calling" : "recording";
            const int at = __LINE__ + 1;
            const std::string text = error_of([&] { solve(field, start(), {0, 1}, options); });
            CHECK(contains(text, line(adds) + "\n  while     " + doing + " the field of the solve at "));
            CHECK(text.ends_with(line(at)));
            const int of_layer = __LINE__ + 1;
            const std::string layer = error_of([&] { NeuralODE(layers, {0, 1}, options)(start()); });
            CHECK(contains(layer, "linear: the layer does not take this input"));
            CHECK(contains(layer, line(calls) + "\n  while     " + doing + " the field of the solve at "));
            CHECK(layer.ends_with(line(of_layer)));
            const int inner = __LINE__ + 1;
            const auto nested = [&](Var, Var z) { return solve(field, z, {0, 1}, options).end(); };
            const int outer = __LINE__ + 1;
            const std::string both = error_of([&] { solve(nested, start(), {0, 1}, options); });
            const std::size_t first = both.find(line(adds)), second = both.find(line(inner)),
                              third = both.find(line(outer));
            CHECK(first < second);
            CHECK(second < third);
            CHECK(third < both.size());
            const Var ends = tape.variable(Tensor({2}, {0, 1}));
            CHECK(contains(error_of([&] { solve(field, start(), ends, options); }), "the field of the solve at "));
        }
        const std::string wrong = error_of([&] { solve([](Var, Var z) { return sum(z); }, start(), {0, 1}); });
        CHECK_FALSE(contains(wrong, "while"));  // what the field returned: its solve is named already
    }

    TEST_CASE_FIXTURE(Room, "solve: a solve that cannot go on says where and why") {
        const auto squared = [](Var, Var z) { return square(z); };
        const std::string blow_up = error_of([&] { solve(tape, squared, tape.variable(Tensor({1}, {1})), {0, 2}); });
        CHECK(contains(blow_up, "solve: the step shrank to nothing at t = 1"));
        CHECK(contains(blow_up, "steps accepted"));
        CHECK(contains(blow_up, "  likely    the solution blows up here, or the field has a jump or is not finite"));
        CHECK(contains(blow_up, "  try       plot z near t; loosen rtol; a stiff problem wants an implicit method"));

        const std::string many = text_of([&] {
            solve(tape, law(), start(), {0, 100}, {.first_step = 1e-3, .max_steps = 3});
        });
        CHECK(contains(many, "solve: too many steps, stopped at t = "));
        CHECK(contains(many, "3 steps accepted, 0 rejected; the next step would be "));
        CHECK(contains(many, " within at most 3 (max_steps)"));
        CHECK(contains(many, "  try       raise max_steps, loosen rtol and atol, or look at the solution near t"));

        const auto nowhere = [](Var, Var z) { return log(z - 100.0); };
        const std::string start_nan = text_of([&] { solve(tape, nowhere, start(), unit); });
        CHECK(start_nan ==
              "solve: the field is not finite at t = 0\n"
              "  got       an infinity or nan in dz/dt; 0 steps accepted, 0 rejected\n"
              "  expected  a finite rate at the start\n"
              "  likely    z0 or the first time lies where the field is not defined: log(0), 1/t at 0\n"
              "  try       look at z0 and the parameters; with a tape, solve(tape, ...), tape.set_finite_check(true) "
              "names the "
              "operation");

        const auto ends = [](Var t, Var z) { return z * sqrt(0.5 - t); };
        const std::string midway = error_of([&] { solve(tape, ends, start(), unit); });
        CHECK(contains(midway, "solve: the step shrank to nothing at t = 0."));
        CHECK(contains(midway, "is not finite"));
    }

    TEST_CASE_FIXTURE(Room, "solve: after an error, and after an exception of the field, everything works as before") {
        struct Stop : std::runtime_error {
            Stop() : runtime_error("stop") {}
        };
        const SolveOptions options{.method = dopri5, .rtol = 1e-4, .atol = 1e-4};
        SolveOptions by_calls = options;
        by_calls.gradient = direct;
        const auto gradient_on = [&](Tape& on) {
            const Var at = on.variable(z0), z = solve(on, law(), at, unit, options).z;
            return Tensor(on.view(grad(weighted(z), at)));
        };
        Tape fresh;
        const Tensor wanted = gradient_on(fresh);
        const auto at_once = [](Var, Var) -> Var { throw Stop(); };
        int calls = 0;
        const auto when_compared = [&](Var, Var z) -> Var { return ++calls == 2 ? throw Stop() : tanh(z); };
        const auto midway = [](Var t, Var z) -> Var { return t.item() > Real(0.5) ? throw Stop() : tanh(z); };
        for (const bool same_pass : {true, false}) {
            CAPTURE(same_pass);
            const auto works = [&] {
                if (!same_pass) tape.rewind();
                return gradient_on(tape) == wanted;
            };
            CHECK_THROWS_AS(solve(tape, at_once, start(), unit, options), Stop);
            CHECK(works());
            calls = 0;
            CHECK_THROWS_AS(solve(tape, when_compared, start(), unit, options), Stop);
            CHECK(works());
            CHECK_THROWS_AS(solve(tape, midway, start(), unit, by_calls), Stop);
            CHECK(works());
            CHECK(contains(error_of([&] { solve(tape, midway, start(), unit, options); }), "cannot be replayed"));
            CHECK(works());
            CHECK(error_of([&] {
                      solve(
                          tape, [](Var, Var z) { return square(z); }, tape.variable(Tensor({1}, {1})), {0, 2}, options);
                  }) != "");
            CHECK(works());
            CHECK(error_of([&] {
                      solve(
                          tape, [](Var, Var z) { return sum(z); }, start(), unit, options);
                  }) != "");
            CHECK(works());
            CHECK_THROWS_AS(solve(
                                tape, [&](Var, Var z) -> Var { return solve(z.tape(), at_once, z, unit, options).z; },
                                start(), unit, options),
                            Stop);
            CHECK(works());
        }
    }
}
