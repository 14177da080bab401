// tests/autodiff/blocks_test.cpp — operations run block by block, by kernels: where rows lie otherwise than they look
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "autodiff/operators.hpp"
#include "tests/autodiff/forward_replay.hpp"  // brings: check_forward
#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

void check_replay(const std::function<Var(Vars)>& build, const std::vector<Shape>& shapes) {
    Rng rng(5);
    Tensors point, other;
    for (const Shape& s : shapes) {
        point.push_back(random_like(s, rng));
        other.push_back(random_like(s, rng));
    }
    CHECK(replay_differs(build, point, other, 1) == -1);
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("blocks: what all rows share may be as large as what they have, and is not overwritten block by block") {
    for (const Index rows : {64, 65, 129}) {
        CAPTURE(rows);
        const Tensor v(Shape{rows}, 0.5);
        check_forward({rows, 1}, [&](Var t, Var z) {
            const Var y = z * (t * v), c = column(y, 0);
            return c * c;
        });
    }
}

TEST_CASE("blocks: rows of another width may round to the same memory") {
    const Tensor C({7, 7}, 0.25), D({7, 8}, 0.5);
    check_forward({7, 7}, [&](Var, Var z) {
        const Var h = matmul(z, C);  // 49 numbers, as many lines as 56
        Var wide = matmul(z, D);
        const Var early = sin(h);
        for (int i = 0; i < 150; ++i) wide = sin(wide);  // so many that the run is done a few rows at a time
        return early + slice(wide, 1, 0, 7);
    });
}

TEST_CASE("blocks: parts without columns, and rows without any") {
    check_replay([](Vars x) { return sum(concatenate({x[0] * 2, slice(x[0], 1, 0, 0)}, 1)); }, {{40, 2}});
    check_replay([](Vars x) { return sum(concatenate({slice(x[0], 1, 0, 0), x[0] * 2}, 1)); }, {{40, 2}});
    check_replay([](Vars x) { return sum(cos(sin(x[0]))); }, {{40, 0}});
}

TEST_CASE("blocks: a product of two transposes is one chain, recorded or replayed") {
    check_replay([](Vars x) { return sum(square(matmul(x[0], x[1], true, true))); }, {{40, 40}, {40, 40}});
}

TEST_CASE("blocks: the sum of no rows is 0 and not −0") {
    Tape tape;
    const Var x = tape.variable(Tensor({3, 2}, 1.0));
    const Var outputs[] = {sum(x)}, rows[] = {x};
    const Program program = compile(tape, {}, outputs, rows);
    Workspace w;
    Tensor none(Shape{0, 2}), total;
    const View in[] = {none};
    const MutableView out[] = {total.view()};
    run(program, w, in, out);
    CHECK(same_bits(total, Tensor::scalar(0)));
}

TEST_CASE("blocks: parts that are side by side in any order make the bits of the whole; others are added") {
    Rng rng(1);
    Tape tape;
    const Var x = tape.variable(random_like(Shape{5, 3}, rng));
    const Var left = slice(x, 1, 0, 2), right = slice(x, 1, 2, 1), all = sum(square(left)) + sum(square(right));
    CHECK(same_bits(Tensor(grad(all, x).value()), Tensor((2 * x).value())));
    const Var twice = sum(square(left)) + sum(square(slice(x, 1, 1, 2)));
    const Var both = tape.constant(Tensor({3}, {2, 4, 2}));
    CHECK(same_bits(Tensor(grad(twice, x).value()), Tensor((both * x).value())));
}

TEST_SUITE_END();
