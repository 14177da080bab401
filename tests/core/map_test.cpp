// tests/core/map_test.cpp — map equals the loop over all places, whatever the shapes
#include "core/kernels/map.hpp"

#include <doctest/doctest.h>

#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {
struct Twice {
    Real operator()(Real x) const { return 2 * x; }
};
struct Minus {
    Real operator()(Real a, Real b) const { return a - b; }
};
struct Choose {
    Real operator()(Real condition, Real a, Real b) const { return condition > 0 ? a : b; }
};

// y = a - b by the library, compared with one place after the other.
bool minus_is_right(const Tensor& a, const Tensor& b, const Shape& to) {
    Tensor y(to);
    map(Minus(), y.view(), a.view(), b.view());
    bool right = true;
    for_each_place(to, [&](const Place& at, Index i) {
        right = right && y[i] == a[offset_in(a.shape(), to, at)] - b[offset_in(b.shape(), to, at)];
    });
    return right;
}
}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("map of one operand visits every entry once") {
    Rng rng(1);
    for (Index n : {0, 1, 7, 8, 9, 100}) {
        const Tensor x = random_tensor(rng, {n});
        Tensor y({n + 1}, 5);
        map(Twice(), {y.data(), {n}}, x.view());
        for (Index i = 0; i < n; ++i) CHECK(y[i] == 2 * x[i]);
        CHECK(y[n] == 5);
    }
}

TEST_CASE("map of two operands broadcasts as NumPy does, for every pair of shapes") {
    Rng rng(2);
    for (int trial = 0; trial < 300; ++trial) {
        const Shape to = random_shape(rng);
        const Tensor a = random_tensor(rng, random_operand(rng, to)), b = random_tensor(rng, random_operand(rng, to));
        CHECK_MESSAGE(minus_is_right(a, b, to), to_text(a.shape()) << " - " << to_text(b.shape()));
    }
}

TEST_CASE("map of two operands: a number, a bias for each column, a factor for each row, long lines") {
    Rng rng(3);
    const Shape to{9, 37};
    const Tensor x = random_tensor(rng, to);
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1}, Shape{37}, Shape{1, 37}, Shape{9, 1}, Shape{9, 37}}) {
        const Tensor other = random_tensor(rng, shape);
        CHECK_MESSAGE(minus_is_right(x, other, to), to_text(shape));
        CHECK_MESSAGE(minus_is_right(other, x, to), to_text(shape));
        CHECK_MESSAGE(minus_is_right(other, other, to), to_text(shape));
    }
}

TEST_CASE("map of three operands broadcasts each of them") {
    Rng rng(4);
    for (int trial = 0; trial < 300; ++trial) {
        const Shape to = random_shape(rng);
        const Tensor c = random_tensor(rng, random_operand(rng, to)), a = random_tensor(rng, random_operand(rng, to)),
                     b = random_tensor(rng, random_operand(rng, to));
        Tensor y(to);
        map(Choose(), y.view(), c.view(), a.view(), b.view());
        bool right = true;
        for_each_place(to, [&](const Place& at, Index i) {
            const Tensor& chosen = c[offset_in(c.shape(), to, at)] > 0 ? a : b;
            right = right && y[i] == chosen[offset_in(chosen.shape(), to, at)];
        });
        CHECK(right);
    }
}

TEST_CASE("the result may be an operand of the same shape") {
    Rng rng(5);
    const Tensor x = random_tensor(rng, {5, 33}), bias = random_tensor(rng, {33});
    Tensor expected(x.shape()), y = x;
    map(Minus(), expected.view(), bias.view(), x.view());
    map(Minus(), y.view(), bias.view(), y.view());
    CHECK(y == expected);
    y = x;
    map(Minus(), y.view(), y.view(), y.view());
    CHECK(y == Tensor(x.shape()));
    y = x;
    map(Twice(), y.view(), y.view());
    for (Index i = 0; i < x.size(); ++i) CHECK(y[i] == 2 * x[i]);
}

TEST_SUITE_END();
