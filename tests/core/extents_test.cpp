// tests/core/extents_test.cpp — an extent or a count that cannot be is an error that says so, wherever it comes in
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "autodiff/operators.hpp"
#include "core/files/tensor_file.hpp"
#include "core/tensor.hpp"
#include "nn/batches.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr Index two_31 = Index(1) << 31, largest = std::numeric_limits<Index>::max();
constexpr Index wrong_extents[] = {-1,         -3,         -two_31, -largest - 1,   two_31,     two_31 + 2,
                                   2 * two_31, 4 * two_31, largest, largest - 1000, largest / 8};

// An error of all four parts, at the line of the call.
bool is_told(const std::string& error) {
    const bool told =
        contains(error, "\n  got       ") && contains(error, "\n  expected  ") && contains(error, "extents_test.cpp:");
    if (!told) MESSAGE(error);
    return told;
}
template <class Action>
bool is_refused(Action action) {
    return is_told(error_of(action));
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("shapes: an extent below 0 or from 2^31 on is an error, however it comes in") {
    for (const Index n : wrong_extents) {
        CAPTURE(n);
        Shape shape{2, 3};
        CHECK(is_refused([&] { Shape{n}; }));
        CHECK(is_refused([&] { Shape{4, n, 2}; }));
        CHECK(is_refused([&] { Shape::of_rank(2, n); }));
        CHECK(is_refused([&] { shape.append(n); }));
        CHECK(is_refused([&] { shape.set(1, n); }));
        CHECK(is_refused([&] { (void)shape.with(0, n); }));
        CHECK(shape == Shape{2, 3});
        CHECK(is_refused([&] { Tensor({n}); }));
        CHECK(is_refused([&] { Tensor({n, 0}); }));
        CHECK(is_refused([&] { Tensor({3, n}, {1, 2, 3}); }));
    }
    CHECK(Shape{two_31 - 1}.size() == two_31 - 1);
}

TEST_CASE("shapes: an axis is counted from the end when negative, and one that is not there is an error") {
    Shape shape{2, 3, 4};
    for (int axis = 0; axis < 3; ++axis) CHECK(shape[axis - 3] == shape[axis]);
    CHECK(shape[-1] == 4);
    const Shape number;
    for (const int axis : {-5, -4, 3, 4, 6, 1000, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        CAPTURE(axis);
        CHECK(is_refused([&] { (void)shape[axis]; }));
        CHECK(is_refused([&] { shape.set(axis, 1); }));
        CHECK(is_refused([&] { (void)shape.with(axis, 1); }));
        CHECK(is_refused([&] { (void)number[axis]; }));
    }
    CHECK(is_refused([&] { (void)number[0]; }));
    shape.set(-1, 5);
    CHECK(shape == Shape{2, 3, 5});
    CHECK(shape.with(-3, 7) == Shape{7, 3, 5});
}

TEST_CASE("sizes: the extent of one axis, of a Tensor, a View and a Var") {
    Tape tape;
    Tensor tensor({2, 3});
    const Var x = tape.variable(tensor);
    const View view = tensor.view();
    const MutableView mutable_view = tensor.view();
    for (const int axis : {0, 1, -1, -2}) {
        const Index extent = tensor.shape()[axis];
        CHECK(tensor.size(axis) == extent);
        CHECK(view.size(axis) == extent);
        CHECK(mutable_view.size(axis) == extent);
        CHECK(x.size(axis) == extent);
    }
    CHECK(x.size(0) == 2);
    CHECK(tensor.size(0) == 2);
    CHECK(x.size() == 6);
    CHECK(is_refused([&] { (void)x.size(2); }));
    CHECK(is_refused([&] { (void)tensor.size(2); }));
    CHECK(is_refused([&] { (void)view.size(-3); }));
    CHECK(is_refused([&] { (void)mutable_view.size(2); }));
    CHECK(contains(error_of([] { (void)Var().size(0); }), "a zero Var"));
}

TEST_CASE("shapes: a product of extents that overflows is an error, a zero among them or not") {
    const Index k = 65536;
    CHECK(is_refused([&] { Tensor(Shape{k, k, k, k}); }));
    CHECK(is_refused([&] { Shape{0, k, k, k, k}; }));
    CHECK(is_refused([&] { Shape{k, k, 0, k, k}; }));
    CHECK(is_refused([&] { Shape{two_31 - 1, two_31 - 1}; }));
    CHECK(is_refused([&] { Shape::of_rank(6, 2000); }));
    CHECK(Shape{k, k, k, 4095}.size() == k * k * k * 4095);
    CHECK(Shape{0, k, k, k, 4095}.row_size() == k * k * k * 4095);
    Shape shape{1, k, k, k};
    CHECK(is_refused([&] { shape.set(0, k); }));
    CHECK(is_refused([&] { broadcast_shapes("add", {k, 1, k, 1}, {1, k, 1, k}); }));
    CHECK(broadcast_shapes("add", {k, 1, 1, 1}, {1, k, 1, k}) == Shape{k, k, 1, k});
}

TEST_CASE("memory that cannot be had is an error, and what was there is as good as new") {
    for (const Index n : {Index(1) << 44, Index(1) << 59}) {
        const Index side = Index(1) << 29;
        CHECK(is_refused([&] { Tensor({n / side, side}); }));
        CHECK(is_refused([&] { Tensor({n / side, side}, {1, 2}); }));
        Storage storage;
        storage.resize(3);
        CHECK(is_refused([&] { storage.resize(n); }));
        CHECK(is_refused([&] { storage.resize(largest); }));
        storage.resize(5);
        storage.data()[4] = 7;
        CHECK(storage.size() == 5);
    }
    Tensor x({2}, {1, 2});
    CHECK(contains(error_of([&] { x = Tensor({1 << 20, 1 << 24}); }), "there is not enough memory"));
    CHECK(x == Tensor({2}, {1, 2}));
    Tape tape;
    const Var a = tape.variable(Tensor({1 << 20, 1}));
    CHECK(contains(error_of([&] { a + tape.constant(Tensor({1, 1 << 24})); }), "there is not enough memory"));
}

TEST_CASE("tensors: rows and shapes out of range, near the ends of Index as well") {
    const Tensor x({3, 2});
    for (const Index n : wrong_extents) {
        CHECK(is_refused([&] { x.rows(1, n); }));
        CHECK(is_refused([&] { x.rows(n, 1); }));
        CHECK(is_refused([&] { x.rows(n, n); }));
        CHECK(is_refused([&] { x(n, 0); }));
    }
    CHECK(is_refused([&] { (void)x.reshaped({4, 2}); }));
    CHECK(Tensor({0}).size() == 0);
    CHECK(Tensor({0}).shape() == Shape{0});
}

TEST_CASE("operators: counts and extents out of range, near the ends of Index as well") {
    Tape tape;
    const Var x = tape.variable(Tensor({3, 2})), index = tape.constant(Tensor({3}, {0, 1, 2}));
    for (const Index n : wrong_extents) {
        CAPTURE(n);
        CHECK(is_refused([&] { slice(x, 0, n, 1); }));
        CHECK(is_refused([&] { slice(x, 0, 1, n); }));
        CHECK(is_refused([&] { slice(x, 0, n, n); }));
        CHECK(is_refused([&] { pad(x, 0, n, 0); }));
        CHECK(is_refused([&] { pad(x, 1, 0, n); }));
        CHECK(is_refused([&] { pad(x, 0, n, n); }));
        CHECK(is_refused([&] { scatter_add(x, index, 0, n); }));
        CHECK(is_refused([&] { nn::one_hot(index, n); }));
        CHECK(is_refused([&] { reshape(x, Shape{n, 2}); }));
        CHECK((n == -1 || is_refused([&] { reshape(x, {n, 2}); })));  // -1: as many as are left
        CHECK(is_refused([&] { broadcast_to(x, {n, 3, 2}); }));
        CHECK(is_refused([&] { filled(tape, {n}, 1); }));
    }
    CHECK(is_refused([&] { pad(x, 0, two_31 - 2, 0); }));
    CHECK(is_refused([&] { pad(x, 0, two_31 - 1, two_31 - 1); }));
    CHECK(slice(x, 0, 3, 0).shape() == Shape{0, 2});
}

TEST_CASE("operators: shapes on the way to a result do not count") {
    const Index large = Index(1) << 30;
    Tape tape;
    tape.set_evaluating(false);
    const Var row = tape.variable(View{nullptr, {1, large, large / 2}});
    CHECK(permute(row, {1, 0, 2}).shape() == Shape{large, 1, large / 2});
    const Var A = tape.variable(View{nullptr, {large, 2}}), B = tape.variable(View{nullptr, {large, 3}});
    CHECK(matmul(A, B, true, false).shape() == Shape{2, 3});
    CHECK(contains(error_of([&] { matmul(A, A, false, true); }), "more entries than can be counted"));
}

TEST_CASE("models and batches: widths and counts out of range") {
    for (const Index n : wrong_extents) {
        CAPTURE(n);
        Rng rng(0);
        Tensor batch;
        CHECK(is_refused([&] { nn::Linear(n, 2, rng); }));
        CHECK(is_refused([&] { nn::Linear(2, n, rng); }));
        for (const bool time : {false, true}) {
            CHECK(is_refused([&] { nn::MLP({n, 2}, nn::tanh, rng, {.time = time}); }));
            CHECK(is_refused([&] { nn::MLP({2, n, 2}, nn::tanh, rng, {.time = time}); }));
        }
        CHECK(is_refused([&] { nn::Batches(n, 2, rng); }));
        if (n < 0) CHECK(is_refused([&] { nn::Batches(5, n, rng); }));
        CHECK(is_refused([&] { nn::take_rows(Tensor({3, 1}), std::vector<Index>{n}, batch); }));
    }
    nn::Batches all(5, largest, Rng{1});
    CHECK(all.per_epoch() == 1);
    CHECK(all.next().size() == 5);
    CHECK(all.next().size() == 5);
    CHECK(all.epoch() == 1);
}

TEST_SUITE_END();
