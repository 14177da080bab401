// tests/core/reduce_test.cpp — reductions against the loop over all places, and the laws of their bits
#include "core/kernels/reduce.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/rows.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {
constexpr Real infinity = std::numeric_limits<Real>::infinity(), not_a_number = std::numeric_limits<Real>::quiet_NaN();
constexpr double eps = std::numeric_limits<Real>::epsilon();

Shape reduced(Shape shape, unsigned axes) {  // the axes in the set stay as 1
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (axes >> axis & 1) shape.set(axis, 1);
    }
    return shape;
}

// Every entry of x goes into its entry of the result, in double and in storage order.
template <class Join>
std::vector<double> by_hand(const Tensor& x, unsigned axes, double start, Join join) {
    const Shape to = reduced(x.shape(), axes);
    std::vector<double> y(static_cast<std::size_t>(to.size()), start);
    for_each_place(x.shape(), [&](const Place& at, Index i) {
        double& entry = y[static_cast<std::size_t>(offset_in(to, x.shape(), at))];
        entry = join(entry, double(x[i]));
    });
    return y;
}

Tensor sum_of(View x, unsigned axes) {
    Tensor y(reduced(x.shape, axes), 7);
    sum(x, axes, y.view());
    return y;
}

template <class Body>
void for_random_reductions(std::uint64_t seed, Body body) {
    Rng rng(seed);
    for (int trial = 0; trial < 300; ++trial) {
        const Shape shape = random_shape(rng);
        body(random_tensor(rng, shape), static_cast<unsigned>(rng.below(Index(1) << shape.rank())));
    }
}
}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("sum over any axes of any shape is the sum by hand") {
    for_random_reductions(31, [](const Tensor& x, unsigned axes) {
        const Tensor y = sum_of(x, axes);
        const auto expected = by_hand(x, axes, 0, [](double a, double b) { return a + b; });
        const double n = y.size() == 0 ? 0 : double(x.size()) / double(y.size());
        bool right = true;
        for (Index i = 0; i < y.size(); ++i) {  // n additions of numbers below n
            right = right && std::fabs(double(y[i]) - expected[static_cast<std::size_t>(i)]) <= eps * n * n;
        }
        CHECK_MESSAGE(right, to_text(x.shape()) << " over " << axes);
    });
}

TEST_CASE("max_over any axes of any shape is the maximum by hand") {
    for_random_reductions(32, [](const Tensor& x, unsigned axes) {
        Tensor y(reduced(x.shape(), axes), 7);
        max_over(x.view(), axes, y.view());
        const auto expected = by_hand(x, axes, -double(infinity), [](double a, double b) { return a > b ? a : b; });
        bool right = true;
        for (Index i = 0; i < y.size(); ++i) right = right && double(y[i]) == expected[static_cast<std::size_t>(i)];
        CHECK_MESSAGE(right, to_text(x.shape()) << " over " << axes);
    });
}

TEST_CASE("logsumexp over any axes of any shape is the logarithm of the sum by hand") {
    for_random_reductions(33, [](const Tensor& x, unsigned axes) {
        Tensor y(reduced(x.shape(), axes), 7);
        logsumexp(x.view(), axes, y.view());
        const auto sums = by_hand(x, axes, 0, [](double a, double b) { return a + std::exp(b); });
        const double n = y.size() == 0 ? 0 : double(x.size()) / double(y.size());
        bool right = true;
        for (Index i = 0; i < y.size(); ++i) {  // relative error of the sum: n additions, then exp and log
            const double expected = std::log(sums[static_cast<std::size_t>(i)]);
            right = right && (double(y[i]) == expected || std::fabs(double(y[i]) - expected) <= eps * (n + 16));
        }
        CHECK_MESSAGE(right, to_text(x.shape()) << " over " << axes);
    });
}

TEST_CASE("with axis 0 kept, a row alone gives the bits of that row among others") {
    for_random_reductions(34, [](const Tensor& x, unsigned axes) {
        axes &= ~1u;
        if (x.rank() == 0) return;
        const Tensor y = sum_of(x, axes);
        for (Index i = 0; i < x.shape().rows(); ++i) CHECK(sum_of(x.rows(i, 1), axes) == Tensor(y.rows(i, 1)));
    });
}

TEST_CASE("with axis 0 among the axes, the rows' own sums are added in order") {
    for_random_reductions(35, [](const Tensor& x, unsigned axes) {
        axes |= 1u;
        if (x.rank() == 0) return;
        Tensor expected(reduced(x.shape(), axes));
        for (Index i = 0; i < x.shape().rows(); ++i) {
            const Tensor r = sum_of(x.rows(i, 1), axes & ~1u);
            for (Index j = 0; j < r.size(); ++j) expected[j] += r[j];
        }
        CHECK(sum_of(x, axes) == expected);
    });
}

TEST_CASE("a line is added in sixteen lanes, the end of it in the upper ones") {
    Rng rng(36);
    for (Index n : {1, 2, 15, 16, 17, 31, 32, 33, 40, 100}) {
        const Tensor x = random_tensor(rng, {1, n});
        Real lane[16] = {};
        const Index whole = n / 16 * 16;
        for (Index i = 0; i < n; ++i) lane[n < 16 ? 0 : i < whole ? i % 16 : 16 - n + i] += x[i];
        for (int half = 8; half > 0; half /= 2) {
            for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
        }
        CHECK(sum_of(x, 2).item() == lane[0]);
    }
}

TEST_CASE("extend over one block of rows after the other is one call over all rows") {
    Rng rng(37);
    const Tensor weights = random_tensor(rng, {50});
    for (const Shape& shape : {Shape{50}, Shape{50, 3}, Shape{50, 70}, Shape{50, 4, 5}, Shape{50, 3, 2, 20}}) {
        const Tensor x = random_tensor(rng, shape);
        for (unsigned axes = 1; axes < 1u << shape.rank(); axes += 2) {
            for (const Real* w : {static_cast<const Real*>(nullptr), weights.data()}) {
                Tensor whole(reduced(shape, axes)), blocks(whole.shape());
                sum(x.view(), axes, whole.view(), Into::assign, w);
                for (Index first = 0; first < 50; first += 10) {
                    sum(x.rows(first, 10), axes, blocks.view(), Into::extend, w != nullptr ? w + first : nullptr);
                }
                CHECK_MESSAGE(whole == blocks, to_text(shape) << " over " << axes);
            }
        }
    }
}

TEST_CASE("row weights multiply a row's own sum before it is added") {
    Rng rng(38);
    const Tensor x = random_tensor(rng, {7, 3, 5}), w = random_tensor(rng, {7});
    for (unsigned axes : {1u, 3u, 5u, 7u}) {
        Tensor y(reduced(x.shape(), axes)), expected(y.shape());
        sum(x.view(), axes, y.view(), Into::assign, w.data());
        for (Index i = 0; i < 7; ++i) {
            const Tensor r = sum_of(x.rows(i, 1), axes & ~1u);
            for (Index j = 0; j < r.size(); ++j) {
                const Real product = w[i] * r[j];
                expected[j] += product;
            }
        }
        CHECK(y == expected);
    }
}

TEST_CASE("add is y plus the chain of its own; extend with axis 0 kept is the same") {
    Rng rng(39);
    const Tensor x = random_tensor(rng, {6, 4, 30}), start = random_tensor(rng, {6, 4, 30});
    for (unsigned axes = 0; axes < 8; ++axes) {
        for (Into into : {Into::add, Into::extend}) {
            if (into == Into::extend && (axes & 1)) continue;
            const Tensor chain = sum_of(x, axes);
            Tensor y(chain.shape()), expected(chain.shape());
            for (Index i = 0; i < y.size(); ++i) {
                y[i] = start[i];
                expected[i] = start[i] + chain[i];
            }
            sum(x.view(), axes, y.view(), into);
            CHECK(y == expected);
        }
    }
}

TEST_CASE("sum_ranged: a chain for each range of the rows, then the ranges in order") {
    Rng rng(40);
    for (Index rows : {0, 1, 32, 33, 100, 256, 300}) {
        for (const Shape& shape : {Shape{rows}, Shape{rows, 3}, Shape{rows, 70}, Shape{rows, 2, 20}}) {
            const Tensor x = random_tensor(rng, shape);
            for (unsigned axes = 1; axes < 1u << shape.rank(); axes += 2) {
                Tensor y(reduced(shape, axes), 7), expected(y.shape());
                sum_ranged(x.view(), axes, y.view());
                for (Index first = 0; first < rows; first += range_length(rows)) {
                    sum(x.rows(first, std::min(range_length(rows), rows - first)), axes, expected.view(), Into::add);
                }
                CHECK_MESSAGE(y == expected, to_text(shape) << " over " << axes);
            }
        }
    }
}

TEST_CASE("sum_ranged with axis 0 kept is sum") {
    Rng rng(41);
    const Tensor x = random_tensor(rng, {300, 5});
    Tensor y({300, 1});
    sum_ranged(x.view(), 2, y.view());
    CHECK(y == sum_of(x, 2));
}

TEST_CASE("max_over: a nan at any place is the maximum; of nothing it is -inf") {
    for (const Shape& shape : {Shape{5, 1}, Shape{1, 5}, Shape{1, 37}, Shape{37, 1}, Shape{6, 6}}) {
        for (Index place = 0; place < shape.size(); ++place) {
            Tensor x(shape, 1), y;
            x[place] = not_a_number;
            max_over(x.view(), 3, y.view());
            CHECK(std::isnan(y.item()));
        }
    }
    Tensor y({3});
    max_over(Tensor({0, 3}).view(), 1, y.view());
    for (Index i = 0; i < 3; ++i) CHECK(y[i] == -infinity);
}

TEST_CASE("logsumexp: large and small numbers, infinities, nan, nothing") {
    const auto of = [](std::initializer_list<double> values) {
        const Tensor x({static_cast<Index>(values.size())}, values);
        Tensor y;
        logsumexp(x.view(), 1, y.view());
        return double(y.item());
    };
    const double inf = double(infinity);
    CHECK(of({1e4, 1e4}) == doctest::Approx(1e4 + std::log(2.0)).epsilon(4 * eps));
    CHECK(of({-1e4, -1e4}) == doctest::Approx(-1e4 + std::log(2.0)).epsilon(4 * eps));
    CHECK(of({3}) == 3);
    CHECK(of({-inf, 3}) == 3);
    CHECK(of({-inf, -inf}) == -inf);
    CHECK(of({inf, 3}) == inf);
    CHECK(of({inf, inf}) == inf);
    CHECK(of({-inf, inf}) == inf);
    CHECK(std::isnan(of({1, double(not_a_number), inf})));
    CHECK(of({}) == -inf);
}

TEST_SUITE_END();
