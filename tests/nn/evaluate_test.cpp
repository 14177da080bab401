// tests/nn/evaluate_test.cpp — a model called with a Tensor gives a Tensor, with the same bits as on a tape
#include "nn/evaluate.hpp"

#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "nn/linear.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Law : nn::Module {  // a module of a user's
    Parameter g = add("g", 2.0);
    Var operator()(Var x) const { return g * x; }
    Var operator()(Var t, Var z) const { return g * z + t; }
};

std::string line(int n) { return "tests/nn/evaluate_test.cpp:" + std::to_string(n); }

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("evaluate: the library's modules are called with a Tensor as with a Var") {
    const Tensor x({3, 2}, {1, 2, 3, 4, 5, 6});
    const nn::Linear linear(2, 2, Rng{0});
    const nn::MLP mlp({2, 5, 2}, nn::tanh, Rng{1}), timed({2, 5, 2}, nn::tanh, Rng{1}, {.time = true});
    const nn::Sequential sequence{linear, nn::tanh, [](Var v) { return v * 2; }};
    Tape tape;
    const Var v = tape.constant(x), t = tape.constant(0.5);
    const auto on_tape = [&](Var y) { return Tensor(tape.view(y)); };
    CHECK(linear(x) == on_tape(linear(v)));
    CHECK(mlp(x) == on_tape(mlp(v)));
    CHECK(sequence(x) == on_tape(sequence(v)));
    CHECK(linear(0.5, x) == on_tape(linear(t, v)));
    CHECK(timed(0.5, x) == on_tape(timed(t, v)));
    CHECK(sequence(0.5, x) == on_tape(sequence(t, v)));
}

TEST_CASE("a library module takes rows of a Tensor as it takes a Tensor") {
    Rng rng(3);
    const Tensor x({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    const nn::MLP mlp({2, 5, 2}, nn::tanh, rng);
    const nn::Linear linear(2, 2, rng);
    const nn::Sequential sequence{linear, mlp};
    const View rows = x.rows(1, 2);
    CHECK(mlp(rows) == mlp(Tensor(rows)));
    CHECK(linear(rows) == linear(Tensor(rows)));
    CHECK(sequence(rows) == sequence(Tensor(rows)));
    CHECK(mlp(0.5, rows) == mlp(0.5, Tensor(rows)));
}

TEST_CASE("evaluate: any function of Vars, and any field") {
    const Tensor x({2}, {1, 2});
    CHECK(nn::evaluate([](Var v) { return v * v; }, x) == Tensor({2}, {1, 4}));
    CHECK(nn::evaluate([](Var t, Var z) { return t * z; }, 3.0, x) == Tensor({2}, {3, 6}));
    CHECK(nn::evaluate(Law(), x) == Tensor({2}, {2, 4}));
    CHECK(nn::evaluate(Law(), 1, x) == Tensor({2}, {3, 5}));
}

TEST_CASE("evaluate: errors name the line of the call, or the user's own and the call beside it") {
    const Tensor wrong({3, 4});
    const nn::MLP mlp({2, 5, 2}, nn::tanh, Rng{1});
    CHECK(contains(error_of([&] { mlp(wrong); }), "where     " + line(__LINE__)));
    CHECK(contains(error_of([&] { mlp(0.0, wrong); }), "where     " + line(__LINE__)));
    CHECK(contains(error_of([&] { nn::evaluate(mlp, wrong); }), "where     " + line(__LINE__)));
    const auto f = [](Var v) { return v + Tensor({3}); };
    const std::string error = error_of([&] { nn::evaluate(f, wrong); });
    CHECK(contains(error, "where     " + line(__LINE__ - 2)));
    CHECK(contains(error, "while     evaluating a function of a Tensor at " + line(__LINE__ - 2)));
    Tape tape;
    const Var other = tape.constant(wrong);
    const auto foreign = [&](Var) { return other; };
    const auto absent = [](Var) { return Var{}; };
    const std::string of_foreign = error_of([&] { nn::evaluate(foreign, wrong); });
    CHECK(contains(of_foreign, "a Var of another tape"));
    CHECK(contains(of_foreign, "where     " + line(__LINE__ - 2)));
    const std::string of_absent = error_of([&] { nn::evaluate(absent, wrong); });
    CHECK(contains(of_absent, "a zero Var"));
    CHECK(contains(of_absent, "where     " + line(__LINE__ - 2)));
    const auto still = [](Var, Var) { return Var{}; };
    CHECK(contains(error_of([&] { nn::evaluate(still, 0.0, wrong); }), "where     " + line(__LINE__)));
}

TEST_SUITE_END();
