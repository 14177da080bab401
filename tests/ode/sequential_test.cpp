// tests/ode/sequential_test.cpp — a NeuralODE among other layers of a Sequential
#include <doctest/doctest.h>

#include "nn/linear.hpp"
#include "nn/mlp.hpp"
#include "nn/sequential.hpp"
#include "ode/models/neural_ode.hpp"
#include "tests/ode/solving.hpp"

using namespace costate;
using namespace costate::test;

TEST_SUITE_BEGIN("ode");

TEST_CASE("sequential: a NeuralODE is a layer like any other, with its parameters, its clone, its gradient") {
    const nn::Linear in(2, 3, Rng{2}), out(3, 1, Rng{3});
    const nn::MLP field({3, 4, 3}, nn::tanh, Rng{1});
    const ode::NeuralODE flow(field, {0, 1}, {.method = ode::rk4_classic, .steps = 3});
    const nn::Sequential model{in, nn::tanh, flow, out};
    REQUIRE(model.parameters().size() == 8);
    CHECK(model.names()[2] == "layer2.field.layer0.weight");
    CHECK(model.parameters()[2] == field.parameters()[0]);

    const Tensor x = waves({5, 2}, 1);
    Tape tape;
    const Var v = tape.constant(x), y = model(v), by_hand = out(flow(nn::tanh(in(v))));
    CHECK(Tensor(tape.view(y)) == Tensor(tape.view(by_hand)));
    CHECK(model(x) == Tensor(tape.view(y)));
    const Vars g = grad(sum(y), model), expected = grad(sum(by_hand), model);
    for (std::size_t i = 0; i < g.size(); ++i) CHECK(Tensor(tape.view(g[i])) == Tensor(tape.view(expected[i])));

    const nn::Sequential other = clone(model);
    other.parameters()[2].edit()[0] += 1;
    CHECK_FALSE(other(x) == model(x));
    CHECK(model(x) == Tensor(tape.view(y)));
}

TEST_SUITE_END();
