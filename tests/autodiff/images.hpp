// tests/autodiff/images.hpp — the part of the list of cases.hpp about images: convolutions, norms, pooling
#pragma once
#include "autodiff/operators.hpp"
#include "nn/group_norm.hpp"
#include "nn/pooling.hpp"
#include "tests/autodiff/operators.hpp"

namespace costate::test {

inline void add_images(Cases& cases) {
    const auto add = [&cases](std::string name, std::vector<Shape> shapes, std::function<Var(Vars)> build,
                              unsigned rows, unsigned aligned = 0) {
        cases.push_back({std::move(name), std::move(shapes), std::move(build), around_0, rows, false, aligned});
    };
    struct Kernel {
        Shape x, w;
        ConvOptions options;
    };
    const Kernel kernels[] = {
        {{3, 4, 3, 2}, {3, 3, 2, 3}, {.padding = 1}},
        {{3, 2, 5, 1}, {2, 2, 1, 2}, {}},
        {{2, 5, 4, 2}, {3, 3, 2, 1}, {.stride = 2, .padding = 1}},
        {{2, 4, 4, 1}, {4, 4, 1, 2}, {.stride = 2, .padding = 1}},
        {{2, 3, 4, 1}, {1, 1, 1, 9}, {.stride = 3}},
        {{2, 1, 1, 3}, {3, 3, 3, 2}, {.stride = 2, .padding = 2}},
        {{0, 3, 3, 2}, {3, 3, 2, 2}, {}},
    };
    for (const Kernel& k : kernels) {
        const auto build = [options = k.options](Vars x) { return conv2d(x[0], x[1], options); };
        const std::string name = "conv2d " + to_text(k.x) + " " + to_text(k.w);
        add(name, {k.x, k.w}, build, k.x[0] > 0 ? 1 : 0);
        if (k.x[0] > 0)
            add(
                name + ", tanh of it", {k.x, k.w}, [=](Vars x) { return tanh(build(x)) * 1.5; }, 1);
    }
    add(
        "conv2d, its gradients inside", {{3, 3, 3, 2}, {3, 3, 2, 2}},
        [](Vars x) { return vjp(tanh(conv2d(x[0], x[1], {.padding = 1})), x[0], square(x[0])); }, 1);
    add(
        "conv2d of images that stay, times rows", {{3, 3, 3, 1}, {2, 2, 1, 2}, {3, 2, 2, 2}},
        [](Vars x) { return conv2d(x[0], x[1]) * x[2]; }, 4, 1);
    add(
        "conv2d of one shared image", {{1, 3, 3, 1}, {2, 2, 1, 2}, {3, 2, 2, 2}},
        [](Vars x) { return conv2d(x[0], x[1]) + x[2]; }, 4);
    for (const Index groups : {1, 2, 4})
        add(
            "group_norm in " + std::to_string(groups), {{3, 2, 2, 4}, {4}, {4}},
            [groups](Vars x) { return nn::group_norm(x[0], x[1], x[2], groups, {.epsilon = 0.1}); }, 1);
    add(
        "mean_pool", {{3, 4, 2, 3}}, [](Vars x) { return nn::mean_pool(square(x[0]), 2); }, 1);
    add(
        "max_pool", {{3, 4, 2, 3}}, [](Vars x) { return nn::max_pool(x[0], 2) * 1.5; }, 1);
    add(
        "global_mean_pool", {{3, 4, 2, 3}}, [](Vars x) { return nn::global_mean_pool(square(x[0])); }, 1);
}

}  // namespace costate::test
