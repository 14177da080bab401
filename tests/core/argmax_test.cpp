// tests/core/argmax_test.cpp — places of the largest entries, against NumPy 1.24's argmax
#include "core/kernels/argmax.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("core");

TEST_CASE("argmax: along any axis, of equals the first") {
    const Tensor x({2, 3}, {1, 5, 5, 7, 2, 7});
    CHECK(argmax(x) == std::vector<Index>{1, 0});
    CHECK(argmax(x, 0) == std::vector<Index>{1, 0, 1});
    CHECK(argmax(x, -2) == std::vector<Index>{1, 0, 1});
    CHECK(argmax(x.rows(1, 1)) == std::vector<Index>{0});
    const Tensor cube({2, 2, 2}, {1, 2, 3, 4, 8, 7, 6, 5});
    CHECK(argmax(cube, 1) == std::vector<Index>{1, 1, 0, 0});
    CHECK(argmax(Tensor({3}, {-3, -1, -2})) == std::vector<Index>{1});
}

TEST_CASE("argmax: infinities are numbers, and a nan counts as the largest") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    CHECK(argmax(Tensor({4}, {1, infinity, nan, nan})) == std::vector<Index>{2});
    CHECK(argmax(Tensor({3}, {nan, infinity, 1})) == std::vector<Index>{0});
    CHECK(argmax(Tensor({3}, {-infinity, -infinity, 0})) == std::vector<Index>{2});
}

TEST_CASE("argmax: of nothing, and without an axis, is an error that names the line") {
    CHECK(argmax(Tensor(Shape{0, 3})).empty());
    const std::string error = error_of([] { argmax(Tensor(Shape{2, 0})); });
    CHECK(contains(error, "argmax: there is nothing to take the largest of"));
    CHECK(contains(error, "argmax_test.cpp:" + std::to_string(__LINE__ - 2)));
    CHECK(contains(error_of([] { argmax(Tensor::scalar(1)); }), "a scalar has none"));
    CHECK(contains(error_of([] { argmax(Tensor(Shape{2}), 1); }), "argmax: no such axis"));
}

TEST_SUITE_END();
