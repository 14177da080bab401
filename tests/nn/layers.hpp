// tests/nn/layers.hpp — the one list of layers that every law runs over (laws_test.cpp)
// A layer added is a row; one that is not here turns the suite red. The activations in it are smooth, for differences are
// taken of it.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "nn/concat_squash.hpp"
#include "nn/conv.hpp"
#include "nn/group_norm.hpp"
#include "nn/mlp.hpp"
#include "nn/recurrent.hpp"
#include "nn/resnet.hpp"
#include "nn/sequential.hpp"

namespace costate::test {

// A layer of any make: how it is called with an x, and cloned.
struct AnyLayer {
    nn::Module module;
    std::function<Var(Var x)> call;
    std::function<AnyLayer()> clone;
};
struct LayerCase {
    std::string kind, options;  // the class, and what is special about it
    Shape x;
    std::function<AnyLayer(Rng&)> make;
};

template <class Layer, class Call>
AnyLayer any_layer(const Layer& layer, Call call) {
    return {layer, [=](Var x) { return call(layer, x); }, [=] { return any_layer(nn::clone(layer), call); }};
}
template <class Make, class Call>
LayerCase layer_case(std::string kind, std::string options, Shape x, Make make, Call call) {
    return {std::move(kind), std::move(options), x, [=](Rng& rng) { return any_layer(make(rng), call); }};
}

inline std::vector<LayerCase> all_layers() {
    using namespace nn;
    const auto of_x = [](const auto& layer, Var x) { return layer(x); };
    const auto at_a_time = [](const auto& layer, Var x) { return layer(x.tape().constant(0.4), x); };
    const auto one_step = [](const auto& cell, Var x) {
        return cell(x, x.tape().constant(Tensor(Shape{3, 4}, Real(0.3))));
    };
    const Shape rows{3, 2}, images{2, 4, 4, 2};
    return {
        layer_case(
            "Linear", "", rows, [](Rng& rng) { return Linear(2, 3, rng); }, of_x),
        layer_case(
            "Linear", "no bias", rows, [](Rng& rng) { return Linear(2, 3, rng, {.bias = false}); }, of_x),
        layer_case(
            "MLP", "", rows,
            [](Rng& rng) {
                return MLP({2, 5, 3}, nn::tanh, rng);
            },
            of_x),
        layer_case(
            "MLP", "time", rows,
            [](Rng& r) {
                return MLP({2, 5, 2}, nn::tanh, r, {.time = true});
            },
            at_a_time),
        layer_case(
            "ConcatSquash", "", rows, [](Rng& rng) { return ConcatSquash(2, 3, rng); }, at_a_time),
        layer_case(
            "Conv2d", "", images, [](Rng& r) { return Conv2d(2, 3, 3, r, {.stride = 2, .padding = 1}); }, of_x),
        layer_case(
            "Conv2d", "time", images, [](Rng& r) { return Conv2d(2, 3, 3, r, {.time = true}); }, at_a_time),
        layer_case(
            "GroupNorm", "", images, [](Rng&) { return GroupNorm(2, 1); }, of_x),
        layer_case(
            "RNN", "", rows, [](Rng& rng) { return RNN(2, 4, rng); }, one_step),
        layer_case(
            "GRU", "", rows, [](Rng& rng) { return GRU(2, 4, rng); }, one_step),
        layer_case(
            "Sequential", "", rows,
            [](Rng& rng) {
                return Sequential{Linear(2, 3, rng), nn::tanh, Linear(3, 2, rng)};
            },
            of_x),
        layer_case(
            "Sequential", "time", rows,
            [](Rng& rng) {
                return Sequential{ConcatSquash(2, 3, rng), nn::tanh, Linear(3, 2, rng)};
            },
            at_a_time),
        layer_case(
            "ResNet", "", rows,
            [](Rng& rng) { return ResNet(2, [&] {
                               return MLP({2, 3, 2}, nn::tanh, rng, {.time = true});
                           }); }, of_x),
    };
}

}  // namespace costate::test
