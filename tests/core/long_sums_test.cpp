// tests/core/long_sums_test.cpp — sums of very many terms keep their digits, whichever axes and orders they run along
#include <doctest/doctest.h>
#include <cmath>
#include <vector>

#include "core/kernels/broadcast.hpp"
#include "core/kernels/reduce.hpp"
#include "core/kernels/sum_rows.hpp"
#include "core/rows.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr double eps = std::numeric_limits<Real>::epsilon();
// What a chain of sum_block terms may lose, half a unit each, and a few joints above it.
constexpr double tolerance = eps * (double(sum_block) / 2 + 32);

bool all_near(const Tensor& y, double right) {
    for (const Real entry : y.entries())
        if (!(std::fabs(double(entry) - right) <= tolerance * right)) return false;
    return true;
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("the mean of ten million tenths is a tenth, along every axis") {
    const Index n = 10'000'000;
    struct {
        Shape shape;
        unsigned axes;
        Shape to;
    } cases[] = {{{n}, 1, {}},
                 {{1, n}, 2, {1}},
                 {{n, 1}, 1, {1}},
                 {{n / 2, 2}, 3, {}},
                 {{1, n / 2, 2}, 2, {1, 2}},
                 {{n / 4, 2, 2}, 5, {2}},
                 {{1, n / 4, 2, 2}, 10, {1, 2}},
                 {{2, n / 8, 2, 2}, 11, {2}},
                 {{n / 50, 50}, 3, {}},
                 {{n / 50, 50}, 1, {50}}};
    for (const auto& c : cases) {
        const Tensor x(c.shape, Real(0.1));
        Tensor y(c.to);
        const double count = double(n) / double(y.size()), right = count * double(Real(0.1));
        sum(x, c.axes, y.view());
        CHECK_MESSAGE(all_near(y, right), to_text(c.shape) << " over " << c.axes);
        if ((c.axes & 1) == 0) continue;
        sum_ranged(x, c.axes, y.view());
        CHECK_MESSAGE(all_near(y, right), "by ranges: " << to_text(c.shape) << " over " << c.axes);
        for (const Into into : {Into::add, Into::extend}) {
            y = Tensor(c.to);
            sum(x, c.axes, y.view(), into);
            CHECK_MESSAGE(all_near(y, right), "into: " << to_text(c.shape) << " over " << c.axes);
        }
    }
}

TEST_CASE("long weighed sums of rows keep their digits, too") {
    const Index n = 200'000;
    for (const Index columns : {1, 3, 37}) {
        const Tensor x({n, columns}, Real(0.1)), w({n}, Real(0.5));
        Tensor y({columns}), total;
        sum_rows(x, y.data(), Into::assign, w.data());
        CHECK(all_near(y, double(n) * double(Real(0.1)) / 2));
        sum(x, 3, total.view(), Into::assign, w.data());
        CHECK(all_near(total, double(n * columns) * double(Real(0.1)) / 2));
    }
}

TEST_CASE("log Σ exp of a million equal numbers is the logarithm of a million more") {
    Tensor y;
    logsumexp(Tensor({1'000'000}, Real(0.1)), 1, y.view());
    CHECK(double(y.item()) == doctest::Approx(double(Real(0.1)) + std::log(1e6)).epsilon(tolerance / 10));
}

TEST_CASE("a long chain of rows is its first half and the others' sum, for every kind of row") {
    Rng rng(71);
    for (const Index rows : {1024, 1025, 2048, 2049, 5000}) {
        for (const Shape& shape : {Shape{rows}, Shape{rows, 3}, Shape{rows, 70}, Shape{rows, 2, 20}}) {
            const Tensor x = random_tensor(rng, shape);
            for (unsigned axes = 1; axes < 1u << shape.rank(); axes += 2) {
                Shape to;
                for (int a = 0; a < shape.rank(); ++a)
                    if ((axes >> a & 1) == 0) to.append(shape[a]);
                Tensor y(to), halves(to), rest(to);
                sum(x, axes, y.view());
                const Index head = rows > sum_block ? pairwise_head(rows) : rows;
                sum(x.rows(0, head), axes, halves.view());
                sum(x.rows(head, rows - head), axes, rest.view());
                for (Index j = 0; rows > head && j < y.size(); ++j) halves[j] += rest[j];
                CHECK_MESSAGE(y == halves, to_text(shape) << " over " << axes);
            }
        }
    }
}

TEST_SUITE_END();
