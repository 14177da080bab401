// tests/autodiff/compositions.hpp — the rest of the list of cases.hpp: what moves entries, and what users build
#pragma once
#include "nn/losses.hpp"
#include "tests/autodiff/operators.hpp"

namespace costate::test {

inline void add_shaping(Cases& cases) {
    const auto add = [&cases](const char* name, Shape shape, std::function<Var(Vars)> build, unsigned rows = 0,
                              bool mixes_rows = false) {
        cases.push_back({name, {shape}, [build](Vars x) { return build(x) * 1.5; }, around_0, rows, mixes_rows});
    };
    add(
        "reshape within rows", {5, 6},
        [](Vars x) {
            return reshape(x[0], batch_of(x, {2, 3}));
        },
        1);
    add(
        "reshape to a list", {5, 3}, [](Vars x) { return reshape(x[0], {x[0].size()}); }, 1, true);
    add(
        "reshape to what is left", {5, 6},
        [](Vars x) {
            return reshape(x[0], {-1, 3, 2});
        },
        1);
    add(
        "reshape to a list of all that is there", {5, 3}, [](Vars x) { return reshape(x[0], {-1}); }, 1, true);
    add("reshape of a scalar", {}, [](Vars x) { return reshape(x[0], {1, 1}); });
    add("reshape of nothing", {0, 3}, [](Vars x) { return reshape(x[0], {3, 0}); });
    add(
        "transpose", {5, 3}, [](Vars x) { return transpose(x[0]); }, 1, true);
    add(
        "transpose of a stack", {4, 2, 3}, [](Vars x) { return transpose(x[0]); }, 1);
    add(
        "permute within rows", {4, 2, 3},
        [](Vars x) {
            return permute(x[0], {0, 2, 1});
        },
        1);
    add(
        "permute all axes", {4, 2, 3},
        [](Vars x) {
            return permute(x[0], {2, 0, 1});
        },
        1, true);
    add("permute rank 4", {2, 1, 3, 2}, [](Vars x) { return permute(x[0], {3, -3, 0, 2}); });
    add("broadcast_to along rows", {3}, [](Vars x) { return broadcast_to(x[0], {4, 3}); });
    add(
        "broadcast_to within rows", {5, 1}, [](Vars x) { return broadcast_to(x[0], batch_of(x, {3})); }, 1);
    add("broadcast_to of a scalar", {}, [](Vars x) { return broadcast_to(x[0], {2, 2}); });
    add("broadcast_to nothing", {1, 3}, [](Vars x) { return broadcast_to(x[0], {0, 3}); });
    add(
        "sum_to over rows", {5, 3}, [](Vars x) { return sum_to(x[0], {3}); }, 1);
    add(
        "sum_to over rows, kept", {5, 3},
        [](Vars x) {
            return sum_to(x[0], {1, 3});
        },
        1);
    add(
        "sum_to within rows", {5, 3}, [](Vars x) { return sum_to(x[0], batch_of(x, {1})); }, 1);
    add(
        "sum_to a scalar", {5, 3}, [](Vars x) { return sum_to(x[0], {}); }, 1);
    add(
        "slice within rows", {5, 4}, [](Vars x) { return slice(x[0], -1, 1, 2); }, 1);
    add(
        "slice of rows", {5, 3}, [](Vars x) { return slice(x[0], 0, 1, 2); }, 1, true);
    add("slice of nothing", {4, 3}, [](Vars x) { return slice(x[0], 1, 2, 0); });
    add(
        "slice of rank 4", {2, 3, 2, 2}, [](Vars x) { return slice(x[0], 1, 0, 2); }, 1);
    add(
        "pad within rows", {5, 2}, [](Vars x) { return pad(x[0], 1, 2, 1); }, 1);
    add(
        "pad of rows", {5, 2}, [](Vars x) { return pad(x[0], 0, 1, 0); }, 1, true);
    add("pad of nothing", {3, 0}, [](Vars x) { return pad(x[0], 1, 1, 1); });
    const Tensor chosen({4}, {2, 0, 2, 1}), rows({3}, {2, 0, 2}), places({3}, {1, 4, 1});
    add(
        "gather within rows", {5, 3}, [=](Vars x) { return gather(x[0], numbers(x, chosen), 1); }, 1);
    add(
        "gather of rows", {5, 3}, [=](Vars x) { return gather(x[0], numbers(x, rows), 0); }, 1, true);
    add(
        "gather by integers", {5, 3},
        [](Vars x) {
            return gather(x[0], {-1, 0, 2, 1, -3}, 1);
        },
        1);
    add(
        "gather of rows by integers", {5, 3},
        [](Vars x) {
            return gather(x[0], std::vector<int>{2, 0, -1}, 0);
        },
        1, true);
    add(
        "scatter_add by integers", {5, 3},
        [](Vars x) {
            return scatter_add(x[0], {-4, 4, 1}, 1, 5);
        },
        1);
    add(
        "gather in the middle", {2, 3, 2}, [=](Vars x) { return gather(x[0], numbers(x, chosen), -2); }, 1);
    add(
        "scatter_add within rows", {5, 3}, [=](Vars x) { return scatter_add(x[0], numbers(x, places), 1, 5); }, 1);
    add("scatter_add of rows", {3, 2}, [=](Vars x) { return scatter_add(x[0], numbers(x, places), 0, 6); });
    for (const int axis : {0, 1, -1}) {
        const std::string of = " along axis " + std::to_string(axis) + " of [5,2,3]";
        cases.push_back(
            {"flip" + of, {{5, 2, 3}}, [axis](Vars x) { return flip(x[0], axis) * 1.5; }, around_0, 1, axis == 0});
        cases.push_back(
            {"cumsum" + of, {{5, 2, 3}}, [axis](Vars x) { return cumsum(x[0], axis) * 1.5; }, around_0, 1, axis == 0});
        cases.push_back({"stack" + of,
                         {{5, 2, 3}, {5, 2, 3}},
                         [axis](Vars x) { return stack(x, axis) * 1.5; },
                         around_0,
                         3,
                         axis == 0});
    }
    add("flip of nothing", {3, 0}, [](Vars x) { return flip(x[0], 1); });
    add("cumsum of nothing", {3, 0}, [](Vars x) { return cumsum(x[0], 1); });
    add("stack of numbers", {}, [](Vars x) { return stack({x[0], 2, square(x[0])}); });
    add(
        "split into equal parts", {5, 4},
        [](Vars x) {
            const Vars parts = split(x[0], 2, 1);
            return parts[0] * parts[1];
        },
        1);
    add(
        "split by counts", {5, 4},
        [](Vars x) {
            const Vars parts = split(x[0], {1, 0, 3}, -1);
            return parts[0] * parts[2];
        },
        1);
    cases.push_back({"concatenate within rows",
                     {{5, 2}, {5, 1}, {5, 3}},
                     [](Vars x) { return concatenate(x, 1); },
                     around_0,
                     5,
                     false,
                     2});
    cases.push_back({"concatenate rows", {{2, 3}, {1, 3}, {0, 3}}, [](Vars x) { return concatenate(x, 0); }});
    cases.push_back({"concatenate one Var twice",
                     {{5, 2}, {5, 1}},
                     [](Vars x) {
                         return concatenate({x[0], x[1], square(x[0])}, -1);
                     },
                     around_0,
                     3});
}

inline void add_compositions(Cases& cases) {
    const auto add = [&cases](const char* name, std::vector<Shape> shapes, std::function<Var(Vars)> build,
                              unsigned rows, bool mixes_rows = false, Interval from = around_0) {
        cases.push_back({name, std::move(shapes), std::move(build), from, rows, mixes_rows});
    };
    add(
        "softmax", {{5, 3}}, [](Vars x) { return softmax(x[0]); }, 1);
    add(
        "softmax over rows", {{5, 3}}, [](Vars x) { return softmax(x[0], 0); }, 1, true);
    add(
        "log_softmax", {{5, 3}}, [](Vars x) { return log_softmax(x[0]); }, 1);
    add(
        "norm of all", {{5, 3}}, [](Vars x) { return norm(x[0]); }, 1);
    add(
        "norm of each row", {{5, 3}}, [](Vars x) { return norm(x[0], 1, true); }, 1);
    add(
        "norm over the rows", {{5, 3}}, [](Vars x) { return norm(x[0], {0}); }, 1);
    add(
        "dot of rows", {{5, 3}, {5, 3}}, [](Vars x) { return dot(x[0], x[1]); }, 3);
    add(
        "dot with one vector", {{5, 3}, {3}}, [](Vars x) { return dot(x[0], x[1]); }, 1);
    add(
        "a layer", {{5, 3}, {4, 3}, {4}}, [](Vars x) { return tanh(matmul(x[0], x[1], false, true) + x[2]); }, 1);
    add(
        "two layers", {{5, 2}, {3, 2}, {3}, {2, 3}},
        [](Vars x) { return matmul(softplus(matmul(x[0], x[1], false, true) + x[2]), x[3], false, true); }, 1);
    add(
        "a layer, its rows folded into a loss", {{5, 3}, {4, 3}},
        [](Vars x) { return mean(square(sigmoid(matmul(x[0], x[1], false, true)))); }, 1);
    add(
        "normalised within rows", {{5, 3}},
        [](Vars x) {
            const Var centred = x[0] - mean(x[0], {1}, true);
            return centred / sqrt(mean(square(centred), {1}, true) + 0.1);
        },
        1);
    add(
        "normalised over rows", {{5, 3}},
        [](Vars x) {
            const Var centred = x[0] - mean(x[0], {0}, true);
            return centred / sqrt(mean(square(centred), {0}, true) + 0.1);
        },
        1, true);
    add(
        "many readers", {{5, 3}}, [](Vars x) { return x[0] * x[0] + sin(x[0]) * x[0] - x[0] / 3.0 + x[0]; }, 1);
    add(
        "the same operand twice", {{5, 3}}, [](Vars x) { return x[0] * x[0] / (x[0] + x[0] * x[0]); }, 1, false,
        positive);
    add(
        "a parameter alone", {{5, 3}, {3}}, [](Vars x) { return x[0] * exp(x[1]) + sum(square(x[1])); }, 1);
    add(
        "a rate that ignores the state", {{5, 3}, {}}, [](Vars x) { return broadcast_to(x[1] * x[1], x[0].shape()); },
        0);
    add(
        "a tangent inside", {{5, 3}}, [](Vars x) { return jvp(sin(x[0]) * x[0], x[0], cos(x[0])); }, 1);
    add(
        "a gradient inside", {{5, 3}, {3}}, [](Vars x) { return vjp(tanh(x[0] * x[1]), x[0], x[0]); }, 1);
    add(
        "a divergence inside", {{5, 3}, {3, 3}},
        [](Vars x) { return divergence(tanh(matmul(x[0], x[1])) * x[0], x[0]) * x[0]; }, 1);
    cases.push_back({"a divergence by a probe inside",
                     {{5, 3}, {3, 3}, {5, 3}},
                     [](Vars x) { return divergence(tanh(matmul(x[0], x[1])), x[0], x[2]); },
                     around_0,
                     1,
                     false,
                     4});
    add(
        "an entry and a column", {{5, 3, 2}}, [](Vars x) { return x[0][1] * column(x[0], -1)[0] + x[0][-1][0]; }, 0);
    add(
        "a column of rows", {{5, 3}}, [](Vars x) { return column(x[0], 1) * x[0]; }, 1);
    add(
        "changed in place", {{5, 3}, {3}},
        [](Vars x) {
            Var y = x[0];
            y *= x[1];
            y += 0.5;
            y -= x[0];
            y /= 2;
            return y;
        },
        1);
    add(
        "numbers in a choice", {{5, 3}},
        [](Vars x) { return max(x[0], 0.1) + min(1, x[0]) * where(less(x[0], 0.3), x[0], 2) + pow(2, x[0]); }, 1);
    add(
        "a gradient of a sum inside", {{5, 3}}, [](Vars x) { return x[0] * grad(sum(exp(sin(x[0]))), x[0]); }, 1);
    add(
        "cross entropy", {{3, 4}},
        [](Vars x) {
            return nn::cross_entropy_with_logits(x[0], x[0].tape().constant(Tensor({3}, {2, 0, 3})));
        },
        0);
    add(
        "a norm", {{5, 3}}, [](Vars x) { return sqrt(sum(square(x[0]), {1}) + 0.2); }, 1);
    add(
        "a matrix field", {{4, 2, 2}, {4, 2, 1}}, [](Vars x) { return matmul(tanh(x[0]), x[1]) + x[1]; }, 3);
}

}  // namespace costate::test
