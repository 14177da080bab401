// tests/core/broadcast_test.cpp — broadcast_to copies, sum_to is its transpose
#include "core/kernels/broadcast.hpp"

#include <doctest/doctest.h>
#include <cmath>
#include <limits>

#include "core/kernels/reduce.hpp"
#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {
double dot(const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (Index i = 0; i < a.size(); ++i) sum += double(a[i]) * double(b[i]);
    return sum;
}
}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("broadcast_to copies every entry to all of its places") {
    Rng rng(11);
    for (int trial = 0; trial < 300; ++trial) {
        const Shape to = random_shape(rng);
        const Tensor x = random_tensor(rng, random_operand(rng, to));
        Tensor y(to);
        broadcast_to(x.view(), y.view());
        bool right = true;
        for_each_place(to, [&](const Place& at, Index i) { right = right && y[i] == x[offset_in(x.shape(), to, at)]; });
        CHECK_MESSAGE(right, to_text(x.shape()) << " to " << to_text(to));
    }
}

TEST_CASE("sum_to is the transpose of broadcast_to: <P a, b> = <a, P' b>") {
    Rng rng(12);
    for (int trial = 0; trial < 300; ++trial) {
        const Shape to = random_shape(rng);
        const Tensor a = random_tensor(rng, random_operand(rng, to)), b = random_tensor(rng, to);
        Tensor Pa(to), Ptb(a.shape(), 7);
        broadcast_to(a.view(), Pa.view());
        sum_to(b.view(), Ptb.view());
        const double rounding = std::numeric_limits<Real>::epsilon() * double(to.size());  // one for each addition
        CHECK(std::fabs(dot(Pa, b) - dot(a, Ptb)) <= rounding * double(to.size()));
    }
}

TEST_CASE("sum_to over the rows gives the bits of sum_ranged") {
    Rng rng(13);
    const Tensor x = random_tensor(rng, {100, 3});
    Tensor y({3}), expected({3});
    sum_to(x.view(), y.view());
    sum_ranged(x.view(), 1, expected.view());
    CHECK(y == expected);
}

TEST_CASE("repeated_axes names the axes that are missing or 1, unless there is nothing to repeat") {
    CHECK(repeated_axes({3}, {4, 3}) == 1);
    CHECK(repeated_axes({4, 1}, {4, 3}) == 2);
    CHECK(repeated_axes({}, {4, 3}) == 3);
    CHECK(repeated_axes({1, 3}, {1, 3}) == 0);
    CHECK(repeated_axes({1}, {0}) == 1);
}

TEST_SUITE_END();
