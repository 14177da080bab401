// tests/autodiff/units_and_losses.hpp — the part of the list of cases.hpp that nets end with: units, losses, masks
#pragma once
#include "nn/losses.hpp"
#include "nn/recurrent.hpp"
#include "tests/autodiff/operators.hpp"

namespace costate::test {

inline void add_units_and_losses(Cases& cases) {
    const auto add = [&cases](const char* name, std::vector<Shape> shapes, std::function<Var(Vars)> build,
                              unsigned rows) {
        cases.push_back({name, std::move(shapes), std::move(build), around_0, rows});
    };
    for (const Shape& shape : {Shape{5, 3}, Shape{}, Shape{0, 3}, Shape{2, 1, 3, 2}}) {
        const unsigned rows = shape.size() > 1 ? 1 : 0;
        add(
            "gelu", {shape}, [](Vars x) { return gelu(x[0]); }, rows);
        add(
            "gelu_tanh", {shape}, [](Vars x) { return gelu_tanh(x[0]); }, rows);
    }
    add(
        "huber", {{5, 3}, {5, 3}}, [](Vars x) { return nn::huber(x[0], x[1], 0.8); }, 3);
    for (const Shape& shape : {Shape{5, 3}, Shape{5, 1}, Shape{3}}) {
        Tensor mask(shape, 1);
        mask[1] = 0;
        const auto masked = [&](const char* name, auto loss) {
            add(
                name, {{5, 3}, {5, 3}}, [=](Vars x) { return loss(x[0], x[1], mask) * x[0]; }, 0);
        };
        masked("masked mse", [](Var y, Var target, const Tensor& m) { return nn::mse(y, target, m); });
        masked("masked mae", [](Var y, Var target, const Tensor& m) { return nn::mae(y, target, m); });
        masked("masked huber", [](Var y, Var target, const Tensor& m) { return nn::huber(y, target, m, 0.8); });
        masked("masked mean", [](Var y, Var target, const Tensor& m) { return nn::masked_mean(y * target, m); });
    }
    add(
        "masked cross entropy", {{3, 4}},
        [](Vars x) {
            return nn::cross_entropy_with_logits(x[0], {2, 0, 3}, Tensor({3}, {1, 0, 1}));
        },
        0);
    add(
        "masked gaussian likelihood", {{5, 3}, {5, 3}, {5, 3}},
        [](Vars x) {
            return nn::gaussian_log_likelihood(x[0], x[1], x[2], Tensor({3}, {1, 0, 1}));
        },
        7);
    add(
        "gaussian kl", {{5, 3}, {5, 3}}, [](Vars x) { return nn::gaussian_kl(x[0], x[1]); }, 3);
    add(
        "gaussian kl of two", {{5, 3}, {5, 3}, {5, 3}, {5, 3}},
        [](Vars x) { return nn::gaussian_kl(x[0], x[1], x[2], x[3]); }, 15);
    const nn::RNN rnn(3, 2, Rng{0});
    const nn::GRU gru(3, 2, Rng{1});
    add(
        "an RNN cell", {{5, 3}, {5, 2}}, [rnn](Vars x) { return rnn(x[0], x[1]); }, 3);
    add(
        "a GRU cell", {{5, 3}, {5, 2}}, [gru](Vars x) { return gru(x[0], x[1]); }, 3);
    add(
        "a sequence read", {{3, 4, 3}, {4, 2}},
        [gru](Vars x) {
            const Tensor mask({3, 4}, {1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1});
            return nn::states(gru, x[0], {.backwards = true, .h0 = x[1], .mask = numbers(x, mask)});
        },
        0);
}

}  // namespace costate::test
