// tests/optim/allocations_test.cpp — once warm, training asks for no memory
#include "tests/support/allocations.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "optim/adam.hpp"
#include "optim/clip.hpp"
#include "optim/rmsprop.hpp"
#include "optim/sgd.hpp"

using namespace costate;
using test::allocations_in;

TEST_SUITE_BEGIN("optim");

TEST_CASE("allocations are counted: single, array and aligned") {
    static std::unique_ptr<int> one;  // static: what is thrown away at once, a compiler may never ask for
    static std::unique_ptr<int[]> nine;
    CHECK(allocations_in([] { one = std::make_unique<int>(1); }) == 1);
    CHECK(allocations_in([] { nine = std::make_unique<int[]>(9); }) == 1);
    CHECK(allocations_in([] { Tensor(Shape{9}); }) == 1);
    CHECK(allocations_in([] {}) == 0);
}

TEST_CASE("a warm step allocates nothing, zero Vars and clipping included") {
    const nn::MLP net({2, 8, 2}, nn::tanh, Rng{0});
    optim::Adam adam(net.parameters());
    optim::SGD sgd(net.parameters(), {.momentum = 0.9});
    optim::RMSprop rmsprop(net.parameters(), {.momentum = 0.9, .centered = true});
    Tape tape;
    const Var loss = nn::mse(net(tape.constant(Tensor(Shape{4, 2}, 1))), tape.constant(Tensor(Shape{4, 2})));
    const Vars gradients = grad(loss, net.parameters());
    Var some_zero[4];
    for (std::size_t i = 0; i < 3; ++i) some_zero[i] = gradients[i];
    const auto step = [&] {
        adam.step(gradients);
        sgd.step(Vars(some_zero));
        adam.step(optim::clip_by_global_norm(gradients, 1e-3).gradients);
        rmsprop.step(optim::clip_by_value(gradients, 1e-3));
    };
    step();
    CHECK(allocations_in(step) == 0);
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

TEST_SUITE_END();
