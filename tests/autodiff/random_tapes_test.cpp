// tests/autodiff/random_tapes_test.cpp — graphs that nobody thought of: 5 to 40 random operators each, fixed seeds
// Every value is kept in (−2, 2) and away from kinks, so that differences tell something: operators that could leave
// that range are followed by one that brings them back.
#include <doctest/doctest.h>

#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// A graph on operands [R,3], [R,1], [3] and [], the first two hold rows. It depends on the seed alone: recorded
// twice, at other points and with another R, it is the same graph.
Var random_graph(Vars x, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<Var> made(x.begin(), x.end());
    const auto any = [&] { return made[static_cast<std::size_t>(rng.below(static_cast<Index>(made.size())))]; };
    const auto wide = [&] {  // any of them, as [R,3]
        return broadcast_to(any(), {x[0].shape()[0], 3});
    };
    const Index operators = 5 + rng.below(36);
    for (Index i = 0; i < operators; ++i) {
        const Var a = any(), b = any();
        switch (rng.below(18)) {
            case 0: made.push_back(tanh(a + b)); break;
            case 1: made.push_back(sin(a - b)); break;
            case 2: made.push_back(tanh(a * b)); break;
            case 3: made.push_back(a / (1.5 + square(b))); break;
            case 4: made.push_back(cos(a)); break;
            case 5: made.push_back(sigmoid(a)); break;
            case 6: made.push_back(log1p(exp(-square(a)))); break;
            case 7: made.push_back(sqrt(1.0 + square(a)) - 1.0); break;
            case 8: made.push_back(pow(1.2 + sin(a), tanh(b))); break;
            case 9: made.push_back(tanh(softplus(a) - silu(b))); break;
            case 10: made.push_back(where(less(x[0], 9), tanh(a), exp(b))); break;  // one branch, as x is below 9
            case 11: made.push_back(mean(a)); break;
            case 12: made.push_back(tanh(logsumexp(wide(), {1}, true))); break;
            case 13: made.push_back(softmax(wide())); break;
            case 14: made.push_back(tanh(matmul(wide(), transpose(wide()), false, false) * 0.1)); break;
            case 15: made.push_back(concatenate({slice(wide(), 1, 1, 2), slice(wide(), 1, 0, 1)}, 1)); break;
            case 16: made.push_back(gather(wide(), x[0].tape().constant(Tensor({3}, {2, 0, 2})), 1)); break;
            default: made.push_back(tanh(sum(wide(), {0}))); break;
        }
        if (made.back().shape().rank() == 2 && made.back().shape()[1] != 3 && made.back().shape()[1] != 1)
            made.back() = mean(made.back(), {1}, true);  // what matmul made
    }
    return tanh(sum_of(std::vector<Var>{wide(), wide(), broadcast_to(made.back(), {x[0].shape()[0], 3})}));
}

// The same without operators that mix rows.
Var random_rows(Vars x, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<Var> made(x.begin(), x.end());
    const auto any = [&] { return made[static_cast<std::size_t>(rng.below(static_cast<Index>(made.size())))]; };
    const auto wide = [&] { return any() * 0.5 + x[0]; };
    const Index operators = 5 + rng.below(36);
    for (Index i = 0; i < operators; ++i) {
        const Var a = any(), b = any();
        switch (rng.below(10)) {
            case 0: made.push_back(tanh(a + b)); break;
            case 1: made.push_back(sin(a) * b); break;
            case 2: made.push_back(a / (1.5 + square(b))); break;
            case 3: made.push_back(tanh(matmul(wide(), broadcast_to(x[2], {3, 3}), false, rng.below(2) == 0))); break;
            case 4: made.push_back(softmax(wide())); break;
            case 5: made.push_back(tanh(sum(wide(), {1}, true))); break;
            case 6: made.push_back(tanh(logsumexp(wide(), {-1}, true))); break;
            case 7: made.push_back(concatenate({slice(wide(), 1, 1, 2), slice(wide(), 1, 0, 1)}, 1)); break;
            case 8:
                made.push_back(
                    reshape(sin(permute(reshape(wide(), {x[0].shape()[0], 3, 1}), {0, 2, 1})), x[0].shape()));
                break;
            default: made.push_back(pow(1.2 + sin(a), tanh(b))); break;
        }
    }
    return wide() * wide() + tanh(made.back());
}

std::vector<Shape> shapes_of(Index rows) { return {{rows, 3}, {rows, 1}, {3}, {}}; }

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("200 random graphs: the gradient is that of central differences") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Rng rng(1000 + seed);
        const auto build = [seed](Vars x) { return sum(random_graph(x, seed)); };
        const Tensors point = draw_point(shapes_of(4), {-1, 1}, rng), direction = random_like(shapes_of(4), rng);
        Recorded r(build, point);
        const Tensors g = r.numbers(grad(r.y, r.x), r.x);
        const auto value = [&build](const Tensors& at) {
            const Recorded moved(build, at);
            return moved.numbers(Vars(&moved.y, 1), Vars(&moved.y, 1));
        };
        const double slope = double(difference_along(value, point, direction)[0][0]);
        // Steep graphs exist: what counts is the error against the gradient's length.
        CHECK(std::abs(slope - dot(g, direction)) <= (is_double ? 1e-7 : 2e-2) * (1 + norm(g)));
    }
}

TEST_CASE("200 random graphs: a replay has the recorded bits, with more tape behind it, too") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Rng rng(2000 + seed);
        const auto build = [seed](Vars x) { return random_graph(x, seed); };
        const Tensors point = draw_point(shapes_of(5), {-1, 1}, rng), other = draw_point(shapes_of(5), {-1, 1}, rng);
        CHECK(replay_differs(build, point, other, 0) == -1);
        CHECK(replay_differs(build, point, other, 3) == -1);  // most mix their rows: all at once
    }
}

TEST_CASE("200 random graphs of rows: a replay in tiles has the recorded bits") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        Rng rng(3000 + seed);
        const auto build = [seed](Vars x) { return random_rows(x, seed); };
        const Index rows = 2 + rng.below(90);
        const Tensors point = draw_point(shapes_of(rows), {-1, 1}, rng),
                      other = draw_point(shapes_of(rows), {-1, 1}, rng);
        bool tileable = false;
        CHECK(replay_differs(build, point, other, 3, &tileable) == -1);
        CHECK(tileable);
    }
}

TEST_SUITE_END();
