// tests/autodiff/operand_test.cpp — what may stand in an expression, and which line an error of one names
#include <doctest/doctest.h>

#include <numeric>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "nn/losses.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/names_its_line.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Room {
    Tape tape;
    Tensor A{{2, 3}, {1, 2, 3, 4, 5, 6}}, row{{3}, {10, 20, 30}};
    Parameter g{"g", Tensor::scalar(2)}, W{"W", Tensor({2, 3}, {1, 0, 1, 0, 1, 0})};
    Var x = tape.variable(A);

    bool are(Var y, const Tensor& numbers) const { return Tensor(tape.view(y)) == numbers; }
};

template <class A, class B>
concept Ordered = requires(A a, B b) {
    a < b;
}
|| requires(A a, B b) { a == b; }
|| requires(A a, B b) { a >= b; };

static_assert(!Ordered<Var, Var> && !Ordered<Var, double> && !Ordered<int, Var> && !Ordered<Parameter, double>);
static_assert(!std::is_constructible_v<bool, Var>);

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "operand: numbers of any type stand beside a Var on either side") {
    const Tensor doubled({2, 3}, {2, 4, 6, 8, 10, 12});
    CHECK(are(x * 2, doubled));
    CHECK(are(2.0f * x, doubled));
    CHECK(are(x * Index(2), doubled));
    CHECK(are(x * std::size_t(2), doubled));
    CHECK(are(1 - x, Tensor({2, 3}, {0, -1, -2, -3, -4, -5})));
    CHECK(are(60 / x, Tensor({2, 3}, {60, 30, 20, 15, 12, 10})));
    CHECK(are(min(x, 3), Tensor({2, 3}, {1, 2, 3, 3, 3, 3})));
    CHECK(are(max(3.5, x), Tensor({2, 3}, {3.5, 3.5, 3.5, 4, 5, 6})));
    CHECK(are(pow(x, 2), Tensor({2, 3}, {1, 4, 9, 16, 25, 36})));
    CHECK(are(pow(2, x), Tensor({2, 3}, {2, 4, 8, 16, 32, 64})));
    CHECK(are(where(less(x, 4), 0, x), Tensor({2, 3}, {0, 0, 0, 4, 5, 6})));
    CHECK(are(where(greater_equal(4, x), 1, 0), Tensor({2, 3}, {1, 1, 1, 1, 0, 0})));
    CHECK(are(equal(x, 5), Tensor({2, 3}, {0, 0, 0, 0, 1, 0})));
}

TEST_CASE_FIXTURE(Room, "operand: tensors and views, of which the first can be a temporary") {
    const Tensor moved({2, 3}, {11, 22, 33, 14, 25, 36});
    CHECK(are(x + row, moved));
    CHECK(are(row.view() + x, moved));
    CHECK(are(x + row.view(), moved));
    CHECK(are(x + Tensor({3}, {10, 20, 30}), moved));
    CHECK(are(max(x, row), Tensor({2, 3}, {10, 20, 30, 10, 20, 30})));
    CHECK(are(pow(x, Tensor({3}, {0, 1, 2})), Tensor({2, 3}, {1, 2, 9, 1, 5, 36})));
    CHECK(are(where(Tensor({2, 1}, {1, 0}), x, row), Tensor({2, 3}, {1, 2, 3, 10, 20, 30})));
    CHECK(are(matmul(x, Tensor({3, 1}, {1, 1, 1})), Tensor({2, 1}, {6, 15})));
    CHECK(are(matmul(Tensor({1, 2}, {1, 1}), x), Tensor({1, 3}, {5, 7, 9})));
    CHECK(nn::mse(x, A).item() == 0);
    CHECK(nn::mse(A, x).item() == 0);
    CHECK(are(concatenate({x, Tensor({2, 1}, {7, 8})}, 1), Tensor({2, 4}, {1, 2, 3, 7, 4, 5, 6, 8})));
}

TEST_CASE_FIXTURE(Room, "operand: a parameter is its leaf on the tape of the Var beside it, with a gradient") {
    const Var y = sum(g * x * W);
    CHECK(y.item() == 2 * (1 + 3 + 5));
    CHECK(grad(y, g).item() == 9);
    CHECK(are(grad(y, W), Tensor({2, 3}, {2, 4, 6, 8, 10, 12})));
    CHECK(tape.parameters().size() == 2);
    CHECK(are(matmul(x, W, false, true), Tensor({2, 2}, {4, 2, 10, 5})));
    CHECK(are(max(x, g), Tensor({2, 3}, {2, 2, 3, 4, 5, 6})));
    CHECK(are(pow(x, g), Tensor({2, 3}, {1, 4, 9, 16, 25, 36})));
    CHECK(are(where(W, x, g), Tensor({2, 3}, {1, 2, 3, 2, 5, 2})));
    CHECK(nn::mse(W, x * 0).item() == Real(0.5));
}

TEST_CASE_FIXTURE(Room, "operand: on a child tape a parameter, and a Var of the tape around it, are lifted") {
    Tape child(&tape);
    const Var z = child.variable(A);
    for (const Var& y : {z * g, g * z, x * (z / z) * g}) {
        CHECK(&y.tape() == &child);
        CHECK(Tensor(child.view(y)) == Tensor({2, 3}, {2, 4, 6, 8, 10, 12}));
    }
    CHECK(tape.parameters().size() == 1);
    CHECK(child.parameters().empty());
    CHECK(&where(less(x, 3), g, z).tape() == &child);
    CHECK(&concatenate({x, z, W}, 0).tape() == &child);
}

TEST_CASE_FIXTURE(Room, "operand: without a Var there is no tape to record on, and the error says what makes one") {
    const std::string error = error_of([&] { g * 2.0; });
    CHECK(
        contains(error,
                 "operator*: no operand lies on a tape\n"
                 "  got       parameter \"g\" [], the number 2\n"
                 "  expected  at least one Var: its tape records the operation\n"
                 "  try       a Parameter k beside a Var z is used by itself, as in -(k * z); alone: z.tape().use(k)\n"
                 "  where     " __FILE__));
    NAMES_ITS_LINE(g * W);
    NAMES_ITS_LINE(A + row);
    NAMES_ITS_LINE(-g);
    NAMES_ITS_LINE(exp(W));
    NAMES_ITS_LINE(sum(W));
    NAMES_ITS_LINE(sum(W, 0));
    NAMES_ITS_LINE(mean(A));
    NAMES_ITS_LINE(max(g, 1));
    NAMES_ITS_LINE(max(W, {0}));
    NAMES_ITS_LINE(softmax(A));
    NAMES_ITS_LINE(matmul(A, W));
    NAMES_ITS_LINE(where(less(g, 1), g, 2));
    NAMES_ITS_LINE(concatenate({g, W}, 0));
    NAMES_ITS_LINE(reshape(W, {6}));
    NAMES_ITS_LINE(transpose(W));
    NAMES_ITS_LINE(slice(W, 0, 0, 1));
    NAMES_ITS_LINE(column(W, 0));
    NAMES_ITS_LINE(gather(W, {0, 2, 1}, 1));
    NAMES_ITS_LINE(nn::mse(W, A));
    NAMES_ITS_LINE(nn::cross_entropy_with_logits(W, {0, 1}));
    CHECK(contains(error_of([] { concatenate({}, 0); }),
                   "concatenate: no operand lies on a tape\n  got       no operands"));
}

TEST_CASE_FIXTURE(Room, "operand: an error of an operator names the line of the expression") {
    Tape other;
    const Var foreign = other.variable(A), two = tape.constant(Tensor({2}));
    NAMES_ITS_LINE(x + two);
    NAMES_ITS_LINE(1 - x * two);
    NAMES_ITS_LINE(x / Tensor({2}));
    NAMES_ITS_LINE(min(x, two));
    NAMES_ITS_LINE(pow(x, two));
    NAMES_ITS_LINE(where(x, two, 0));
    NAMES_ITS_LINE(x + foreign);
    NAMES_ITS_LINE(foreign * x);
    NAMES_ITS_LINE(x / Var{});
    NAMES_ITS_LINE(tanh(Var{}));
    NAMES_ITS_LINE(silu(Var{}));
    NAMES_ITS_LINE(gelu(Var{}));
    NAMES_ITS_LINE(gelu_tanh(Var{}));
    NAMES_ITS_LINE(matmul(x, x));
    NAMES_ITS_LINE(matmul(transpose(x), transpose(two)));
    NAMES_ITS_LINE(sum(x, 2));
    NAMES_ITS_LINE(mean(x, {0, 0}));
    NAMES_ITS_LINE(softmax(x, 2));
    NAMES_ITS_LINE(reshape(x, {4}));
    NAMES_ITS_LINE(reshape(x, {-1, 4}));
    NAMES_ITS_LINE(permute(x, {0, 0}));
    NAMES_ITS_LINE(concatenate({x, two}, 0));
    NAMES_ITS_LINE(concatenate({x, x, foreign}, 0));
    NAMES_ITS_LINE(x[2]);
    NAMES_ITS_LINE(column(x, 3));
    NAMES_ITS_LINE(gather(x, {0, 3}, 1));
    Var y = x;
    NAMES_ITS_LINE(y += two);
    NAMES_ITS_LINE(y /= two);
    tape.rewind();
    NAMES_ITS_LINE(x + 1);
    NAMES_ITS_LINE(2 * x);
    NAMES_ITS_LINE(x * x);
    NAMES_ITS_LINE(exp(x));
    NAMES_ITS_LINE(sum(x));
    NAMES_ITS_LINE(mean(x, 0));
    NAMES_ITS_LINE(x[0]);
    NAMES_ITS_LINE(concatenate({x, x}, 0));
    NAMES_ITS_LINE(nn::mse(x, A));
}

TEST_CASE_FIXTURE(Room, "operand: += -= *= /= change what a Var means, and a sum may start from nothing") {
    Var y = x, total;
    y += 1;
    y *= g;
    y -= row;
    y /= Tensor({2, 1}, {2, 4});
    CHECK(are(y, Tensor({2, 3}, {-3, -7, -11, 0, -2, -4})));
    for (const double factor : {1.0, 2.0, 3.0}) total += factor * x;
    CHECK(are(total, Tensor({2, 3}, {6, 12, 18, 24, 30, 36})));
    (total -= x) -= x;
    CHECK(are(grad(sum(total), x), Tensor({2, 3}, 4)));
}

TEST_CASE_FIXTURE(Room, "x[i] is an entry of the first axis, column(x, j) one of the last that keeps its axis") {
    CHECK(are(x[0], Tensor({3}, {1, 2, 3})));
    CHECK(are(x[-1], Tensor({3}, {4, 5, 6})));
    CHECK(are(x[1][2], Tensor({}, {6})));
    CHECK(are(column(x, 0), Tensor({2, 1}, {1, 4})));
    CHECK(are(column(x, -1), Tensor({2, 1}, {3, 6})));
    CHECK(are(column(x[0], 1), Tensor({1}, {2})));
    CHECK(are(grad(sum(x[1] * column(x, 1)[0]), x), Tensor({2, 3}, {0, 15, 0, 2, 2, 2})));
    CHECK(contains(error_of([&] { x[2]; }),
                   "[]: there is no such entry\n  got       2 of axis 0 of [2,3]\n"
                   "  expected  0 to 1, or from the end, -1 to -2"));
    CHECK(contains(error_of([&] { x[0][0][0]; }), "a scalar has none"));
    CHECK(contains(error_of([&] { column(x, -4); }), "column: there is no such entry"));
    CHECK(Var{}[0].is_zero());
    CHECK(column(Var{}, 0).is_zero());
}

TEST_CASE_FIXTURE(Room, "one axis as a number, or a list of any kind") {
    CHECK(are(sum(x, 0), Tensor({3}, {5, 7, 9})));
    CHECK(are(sum(x, -1, true), Tensor({2, 1}, {6, 15})));
    CHECK(are(mean(x, 1), Tensor({2}, {2, 5})));
    CHECK(are(max(x, {0}), Tensor({3}, {4, 5, 6})));
    CHECK(logsumexp(x, 1).shape() == Shape{2});
    const std::vector<int> both{0, 1};
    CHECK(are(sum(x, both), Tensor({}, {21})));
    CHECK(are(max(x, both), Tensor({}, {6})));
    CHECK(are(permute(x, std::vector<int>{1, 0}), Tensor({3, 2}, {1, 4, 2, 5, 3, 6})));
}

TEST_CASE_FIXTURE(Room, "reshape: -1 stands for as many as are left") {
    CHECK(reshape(x, {-1, 2}).shape() == Shape{3, 2});
    CHECK(reshape(x, {1, -1}).shape() == Shape{1, 6});
    CHECK(reshape(x, {-1}).shape() == Shape{6});
    CHECK(reshape(x, {2, 3, -1}).shape() == Shape{2, 3, 1});
    CHECK(reshape(tape.constant(Tensor({0, 3})), {-1, 3}).shape() == Shape{0, 3});
    CHECK(reshape(x[0][0], {}).shape() == Shape{});
    CHECK(reshape(Var{}, {-1, 2}).is_zero());
    CHECK(contains(error_of([&] { reshape(x, {-1, 4}); }), "reshape: no extent fits in place of -1"));
    CHECK(contains(error_of([&] { reshape(x, {-1, 0}); }), "reshape: no extent fits in place of -1"));
    CHECK(error_of([&] { reshape(x, {-1, -1}); }) != "");
}

TEST_CASE_FIXTURE(Room, "indices are whole numbers, in a list of any kind") {
    const std::vector<int> ints{2, 0};
    const std::vector<Index> longs{2, 0};
    const Tensor picked({2, 2}, {3, 1, 6, 4});
    CHECK(are(gather(x, {2, 0}, 1), picked));
    CHECK(are(gather(x, ints, 1), picked));
    CHECK(are(gather(x, longs, -1), picked));
    CHECK(are(gather(x, std::span(longs), 1), picked));
    CHECK(are(gather(x, {0, 1, 1}, 0), Tensor({3, 3}, {1, 2, 3, 4, 5, 6, 4, 5, 6})));
    CHECK(are(scatter_add(x, {4, 1, 4}, 1, 5), Tensor({2, 5}, {0, 2, 0, 0, 4, 0, 5, 0, 0, 10})));
    CHECK(contains(error_of([&] { gather(x, {-4}, 1); }), "gather: an index is not a place on the axis"));
    if constexpr (sizeof(Real) == 4)
        CHECK(contains(error_of([&] { gather(x, {(1 << 24) + 1}, 1); }), "an index is too large for a Real"));
}

TEST_SUITE_END();
