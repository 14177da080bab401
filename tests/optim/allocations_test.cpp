// tests/optim/allocations_test.cpp — once warm, training asks for no memory
#include "tests/support/allocations.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::allocations_in;
using test::contains;

TEST_SUITE_BEGIN("optim");

TEST_CASE("allocations are counted: single, array and aligned") {
    static std::unique_ptr<int> one;  // static: what is thrown away at once, a compiler may never ask for
    static std::unique_ptr<int[]> nine;
    CHECK(allocations_in([] { one = std::make_unique<int>(1); }) == 1);
    CHECK(allocations_in([] { nine = std::make_unique<int[]>(9); }) == 1);
    CHECK(allocations_in([] { Tensor(Shape{9}); }) == 1);
    CHECK(allocations_in([] {}) == 0);
}

TEST_CASE("a warm training iteration allocates nothing: batch, recording, gradient, step") {
    const nn::MLP net({2, 8, 2}, nn::tanh, Rng{0});
    optim::Adam adam(net);
    nn::Batches batches(16, 4, Rng{0});
    const std::vector<Index> labels{0, 1, 1, 0};
    Rng rng(1);
    Tensor data(Shape{16, 2}), x;
    rng.fill_normal(data.entries());
    Tape tape;
    const auto iterate = [&] {
        nn::take_rows(data, batches.next(), x);
        tape.rewind();
        const Var input = tape.constant(x);
        const Var y = net(input), loss = nn::mse(y, input) + nn::cross_entropy_with_logits(y, labels);
        adam.minimise(loss);
    };
    iterate();
    iterate();
    CHECK(allocations_in([&] {
              for (int n = 0; n < 10; ++n) iterate();  // two epochs and more
          }) == 0);
}

TEST_CASE("two models under one optimiser: the steps of one optimiser each, and warm ones allocate nothing") {
    Rng rng(0);
    const nn::MLP encoder({2, 8, 3}, nn::tanh, rng), decoder({3, 8, 2}, nn::tanh, rng);
    const nn::MLP first = clone(encoder), second = clone(decoder);
    optim::Adam both({encoder, decoder}, {.lr = 1e-2}), one(first, {.lr = 1e-2}), other(second, {.lr = 1e-2});
    CHECK(both.parameters().size() == 8);
    const Tensor x({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    Tape tape;
    const auto iterate = [&] {
        tape.rewind();
        const Var input = tape.constant(x);
        const Vars gradients = grad(nn::mse(decoder(encoder(input)), input), {encoder, decoder});
        both.step(gradients);
    };
    const auto apart = [&] {
        tape.rewind();
        const Var input = tape.constant(x), loss = nn::mse(second(first(input)), input);
        const Vars gradients = grad(loss, first), others = grad(loss, second);
        one.step(gradients);
        other.step(others);
    };
    for (int n = 0; n < 3; ++n) {
        iterate();
        apart();
    }
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(encoder.parameters()[i].value() == first.parameters()[i].value());
        CHECK(decoder.parameters()[i].value() == second.parameters()[i].value());
    }
    CHECK(allocations_in([&] {
              for (int n = 0; n < 10; ++n) iterate();
          }) == 0);
}

TEST_CASE("a list of parameters may hold parameters, lists and models, in its order") {
    const Parameter p("p", Tensor()), q("q", Tensor());
    const nn::Linear linear(1, 1, Rng{0});
    const std::vector<Parameter> list{p, q};
    const auto names = [](Parameters parameters) {
        std::string text;
        for (const Parameter& parameter : parameters) text += parameter.name() + " ";
        CHECK(parameters.size() == static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')));
        for (std::size_t i = 0; i < parameters.size(); ++i) CHECK(contains(text, parameters[i].name().c_str()));
        return text;
    };
    CHECK(names({p, linear, q}) == "p weight bias q ");
    CHECK(names({list, {linear, p}}) == "p q weight bias p ");
    CHECK(names(linear) == "weight bias ");
    CHECK(names({linear, nn::Linear(1, 1, Rng{1}, {.bias = false})}) == "weight bias weight ");
}

TEST_SUITE_END();
