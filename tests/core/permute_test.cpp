// tests/core/permute_test.cpp — every entry goes to its place, for every order of up to six axes
#include "core/kernels/permute.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/support/shapes.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// y by the definition, one entry after the other.
Tensor by_places(const Tensor& x, const std::vector<std::int8_t>& axes) {
    Shape to;
    for (const std::int8_t a : axes) to.append(x.shape()[a]);
    Tensor y(to);
    for_each_place(to, [&](const Place& at, Index i) {
        Index from = 0;
        for (int a = 0; a < x.rank(); ++a) {
            const auto k = std::find(axes.begin(), axes.end(), a) - axes.begin();
            from = from * x.shape()[a] + at[static_cast<std::size_t>(k)];
        }
        y[i] = x[from];
    });
    return y;
}

void check_all_orders(const Shape& shape) {
    Tensor x(shape);
    std::iota(x.data(), x.data() + x.size(), Real(1));
    std::vector<std::int8_t> axes(static_cast<std::size_t>(shape.rank()));
    std::iota(axes.begin(), axes.end(), std::int8_t(0));
    do {
        const Tensor right = by_places(x, axes);
        Tensor y(right.shape(), -1);
        permute(x, axes, y.view());
        CHECK_MESSAGE(y == right, to_text(shape));
    } while (std::next_permutation(axes.begin(), axes.end()));
}

}  // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("permute: all orders of axes of all kinds of shapes") {
    for (const Shape& shape : {Shape{}, Shape{5}, Shape{1}, Shape{0}, Shape{3, 4}, Shape{1, 4}, Shape{40, 33},
                               Shape{2, 3, 4}, Shape{17, 2, 16}, Shape{1, 3, 1}, Shape{2, 0, 3}, Shape{3, 2, 1, 4},
                               Shape{2, 3, 2, 2, 3}, Shape{2, 1, 3, 2, 1, 2}, Shape{2, 3, 2, 1, 2, 3}})
        check_all_orders(shape);
}

TEST_CASE("permute: random shapes") {
    Rng rng(91);
    for (int trial = 0; trial < 60; ++trial) {
        Shape shape;
        for (Index rank = rng.below(5); rank > 0; --rank) shape.append(rng.below(9));
        check_all_orders(shape);
    }
}

TEST_SUITE_END();
