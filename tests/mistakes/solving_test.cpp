// tests/mistakes/solving_test.cpp — mistakes with fields, times and options of a solve
#include "tests/mistakes/mistake.hpp"

using namespace costate;
using namespace costate::test;

namespace {
const Tensor z0({1, 2}, {1, 2});
Var decay(Var, Var z) { return -z; }
}  // namespace

TEST_SUITE("mistakes") {
    TEST_CASE("mistakes: fields") {
        Tape tape;
        mistake(
            [&] {
                ode::solve(tape, [](Var, Var z) { return sum(z); }, z0, {0, 1});
            },
            {"the field's result does not have the state's shape", "[]", "[1,2]", "no sum over them"});
        const auto decay = [](Var, Var z) { return -z; };
        const auto total = [](Var, Var z) { return sum(z); };
        mistake(
            [&] {
                ode::solve(tape, {decay, total}, z0, {0, 1});
            },
            {"a part of the field's list does not have the state's shape", "part 1: []", "[1,2]", "a whole dz/dt"});
        mistake(
            [&] {
                ode::solve(tape, [](Var, Var z) { return z + Var(z.tape().constant(Tensor({3}))); }, z0, {0, 1});
            },
            {"add", "[1,2]", "[3]", "while", "recording the field of the solve at"});
        mistake(
            [&] {
                ode::solve(tape, [](Var t, Var z) { return t.item() < .5 ? z : -z; }, z0, {0, 1});
            },
            {"reads", "where(", ".gradient = ode::direct"});
        mistake(
            [&] {
                ode::solve(tape, [](Var, Var z) { return log(-z); }, z0, {0, 1});
            },
            {"the field is not finite at t = 0", "log(0), 1/t at 0",
             "with a tape, solve(tape, ...), tape.set_finite_check(true)"});
        mistake(
            [&] {
                ode::solve(tape, [](Var t, Var z) { return z / t; }, z0, {0, 1});
            },
            {"the field is not finite at t = 0", "log(0), 1/t at 0",
             "with a tape, solve(tape, ...), tape.set_finite_check(true)"});
        mistake(
            [&] {
                ode::solve(tape, [](Var, Var z) { return square(z); }, z0, {0, 10});
            },
            {"the step shrank to nothing at t = 0.5", "blows up"});
        nn::MLP net({3, 8, 3}, nn::tanh, Rng{0});
        mistake(
            [&] {
                ode::solve(tape, net, z0, {0, 1});
            },
            {"x [1,2]", "[8,3]", "x [B,3]", "while     recording the field"});
        nn::MLP wrong({2, 8, 3}, nn::tanh, Rng{0});
        mistake([&] { ode::solve(tape, wrong, z0, {0, 1}); }, {"[1,3]", "[1,2]", "a network is as wide at its end"});
        nn::MLP flat({2, 8, 2}, nn::tanh, Rng{0});
        mistake([&] { ode::solve(tape, flat, z0.reshaped({2}), {0, 1}); }, {"x [2]", "x [B,2]", "reshape(x, {1, 2})"});
    }

    TEST_CASE("mistakes: times") {
        mistake(
            [] {
                ode::solve(decay, z0, {0, 2, 1});
            },
            {"the times do not go in one direction", "times[2] = 1 after 2", "sort them"});
        mistake([] { ode::solve(decay, z0, {}); }, {"solve: no times", "{0, 1}: z0 holds at 0"});
        mistake([] { ode::solve(decay, z0, {0, NAN}); }, {"times[1] = nan", "finite times"});
        const auto s = ode::solve(decay, z0, {0, 1});
        mistake([&] { s.at(2); }, {"at(2) of 2 times", "-1 the last"});
    }

    TEST_CASE("mistakes: options") {
        mistake(
            [] {
                ode::solve(decay, z0, {0, 1}, {.method = "dopri"});
            },
            {"there is no method of that name", "\"dopri\"", "asynchronous_leapfrog or reversible_heun"});
        mistake(
            [] {
                ode::solve(decay, z0, {0, 1}, {.gradient = "adjoint"});
            },
            {"there is no gradient route of that name", "\"adjoint\"", "direct, discrete"});
        mistake(
            [] {
                ode::solve(decay, z0, {0, 1}, {.method = ode::rk4_classic});
            },
            {"steps = 0, method rk4_classic", "no error estimate", ".steps = "});
        mistake([] { ode::solve(decay, z0, {0, 1}, {.rtol = 0, .atol = 0}); }, {"atol = 0", "rtol or atol above 0"});
        mistake([] { ode::solve(decay, z0, {0, 1}, {.steps = -1}); }, {"steps = -1", "a number of equal steps"});
        mistake(
            [] {
                ode::solve(decay, z0, {0, 1}, {.max_step = 0});
            },
            {"max_step = 0", "left out, steps have no limit", "a length above"});
        const auto stiff = [](Var, Var z) { return -1e6 * z; };
        mistake(
            [&] {
                ode::solve(stiff, z0, {0, 100});
            },
            {"too many steps, stopped at t = 0.0", "at most 10000 (max_steps)", "a stiff problem"});
    }

    TEST_CASE("mistakes: what is left of an old pass") {
        Tape tape;
        const auto s = ode::solve(tape, decay, z0, {0, 1});
        tape.rewind();
        mistake([&] { s.end(); }, {"this Var is stale", "rewind()", "in a Tensor"});
        mistake([&] { s.statistics(); }, {"this Solution is stale", "before tape.rewind()"});
    }
}
