// tests/core/tensor_test.cpp — ways into a tensor, and to its entries
#include "core/tensor.hpp"

#include <doctest/doctest.h>
#include <array>
#include <functional>
#include <span>
#include <vector>

#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("core");

TEST_CASE("tensor: lists of numbers of any kind make the same tensor") {
    const Tensor expected({3}, {1, -2, 4});
    const std::vector<float> floats{1, -2, 4};
    const std::vector<double> doubles{1, -2, 4};
    const std::vector<int> ints{1, -2, 4};
    std::vector<Index> indices{1, -2, 4};
    const std::array<double, 3> array{1, -2, 4};
    const float plain[] = {1, -2, 4};
    CHECK(Tensor(floats) == expected);
    CHECK(Tensor(doubles) == expected);
    CHECK(Tensor(ints) == expected);
    CHECK(Tensor(std::span(indices)) == expected);
    CHECK(Tensor(std::span(floats)) == expected);
    CHECK(Tensor(std::span<const double>(doubles)) == expected);
    CHECK(Tensor(array) == expected);
    CHECK(Tensor(plain) == expected);
    CHECK(Tensor(expected.entries()) == expected);
    CHECK(Tensor::vector({1, -2, 4}) == expected);
    CHECK(Tensor::vector(floats) == expected);
    CHECK(Tensor::vector(ints) == expected);
    CHECK(Tensor(std::vector<float>{}).shape() == Shape{0});
}

TEST_CASE("tensor: what was moved from has no entries, and can be printed, copied and given new ones") {
    Tensor a({2, 2}, {1, 2, 3, 4}), b;
    Tensor moved = std::move(a);
    b = std::move(moved);
    CHECK(b == Tensor({2, 2}, {1, 2, 3, 4}));
    for (const Tensor& empty : {std::cref(a), std::cref(moved)}) {
        CHECK(empty.shape() == Shape{0});
        CHECK(empty.size() == 0);
        CHECK(to_text(empty) == "[]");
        CHECK(Tensor(empty) == empty);
    }
    a = b;
    CHECK(a == b);
}

TEST_CASE("tensor: a list with a shape is laid out row by row, and a wrong count is an error at the caller's line") {
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    CHECK(Tensor({2, 3}, values) == Tensor({2, 3}, {1, 2, 3, 4, 5, 6}));
    CHECK(Tensor({3, 2}, std::span(values)) == Tensor({3, 2}, {1, 2, 3, 4, 5, 6}));
    const std::string error = error_of([&] { Tensor({2, 2}, values); });
    CHECK(contains(error, "tensor: the number of values does not fit the shape\n  got       6 values for [2,2]"));
    CHECK(contains(error, "tensor_test.cpp:"));
}

TEST_CASE("tensor: a number is rounded once, from its own type") {
    CHECK(Tensor(std::vector<double>{0.1})[0] == static_cast<Real>(0.1));
    CHECK(Tensor(std::vector<float>{0.1f})[0] == static_cast<Real>(0.1f));
    CHECK(tensor({0.1})[0] == static_cast<Real>(0.1));
}

TEST_CASE("tensor: nested lists, one axis for each level of braces") {
    const float half = 0.5f;
    const std::size_t count = 3;
    CHECK(tensor({1, 2, 3}) == Tensor({3}, {1, 2, 3}));
    CHECK(tensor({7}) == Tensor({1}, {7}));
    CHECK(tensor({{7}}) == Tensor({1, 1}, {7}));
    CHECK(tensor({{{7}}}) == Tensor({1, 1, 1}, {7}));
    CHECK(tensor({{1, 2, 3}, {4, 5, 6}}) == Tensor({2, 3}, {1, 2, 3, 4, 5, 6}));
    CHECK(tensor({{1, 2}}) == Tensor({1, 2}, {1, 2}));
    CHECK(tensor({{1}, {2}}) == Tensor({2, 1}, {1, 2}));
    CHECK(tensor({{half, count}, {-1, 2e5}}) == Tensor({2, 2}, {0.5, 3, -1, 2e5}));
    CHECK(tensor({{{1, 2}, {3, 4}, {5, 6}}, {{7, 8}, {9, 10}, {11, 12}}}) ==
          Tensor({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
    CHECK(tensor({}).shape() == Shape{0});
    CHECK(tensor({{}, {}}).shape() == Shape{2, 0});
    CHECK(tensor({{{{{{1, 2}}}}}}).shape() == Shape{1, 1, 1, 1, 1, 2});
    CHECK(contains(error_of([] { tensor({{{{{{{1}}}}}}}); }), "shape: too many axes"));
}

TEST_CASE("tensor: a ragged list is an error that says where") {
    const std::string rows = error_of([] { tensor({{1, 2}, {3, 4}, {5}}); });
    CHECK(contains(rows,
                   "tensor: the lists are ragged\n  got       entry [2] is a list of 1 entry\n"
                   "  expected  a list of 2 entries, as the first one on its level"));
    CHECK(contains(rows, "tensor_test.cpp:"));
    CHECK(contains(error_of([] { tensor({{{1}, {2}}, {{3}, {4, 5}}}); }), "entry [1][1] is a list of 2 entries"));
    CHECK(contains(error_of([] {
                       tensor({{1, 2}, 3});
                   }),
                   "entry [1] is the number 3\n  expected  a list of 2 entries"));
    CHECK(contains(error_of([] { tensor({1, {2, 3}}); }), "entry [1] is a list of 2 entries\n  expected  a number"));
    CHECK(contains(error_of([] { tensor({{}, {1}}); }), "entry [1] is a list of 1 entry\n  expected  a list of 0"));
}

TEST_CASE("tensor: entries by their indices, of tensors and views alike") {
    Tensor A({2, 3}, {1, 2, 3, 4, 5, 6});
    const Tensor& fixed = A;
    const View view = A;
    const std::size_t one = 1;
    CHECK(fixed(1, 2) == 6);
    CHECK(view(0, 1) == 2);
    CHECK(view(one, 2u) == 6);
    A(0, 0) = 7;
    A.view()(1, 0) = 8;
    CHECK(A == Tensor({2, 3}, {7, 2, 3, 8, 5, 6}));
    CHECK(fixed.rows(1, 1)(0, 1) == 5);
    const auto kept = Tensor({2, 1}, {6, 7}).rows(1, 1);  // of a Tensor that is gone: a Tensor
    CHECK(kept == Tensor({1, 1}, {7}));
    CHECK(Tensor({2}, {3, 4})(1) == 4);
}

TEST_CASE("tensor: an index that is not there is an error at the line that asked") {
    Tensor A({2, 3});
    const Tensor& fixed = A;
    const View view = A;
    const MutableView changing = A.view();
    const auto refused = [](const std::string& error, const std::string& got) {
        return contains(error, "tensor: no such entry\n  got       " + got + " of a tensor of shape [2,3]") &&
               contains(error, "tensor_test.cpp:");
    };
    CHECK(refused(error_of([&] { A(2, 0) = 1; }), "(2,0)"));
    CHECK(refused(error_of([&] { (void)fixed(0, 3); }), "(0,3)"));
    CHECK(refused(error_of([&] { (void)view(0, -1); }), "(0,-1)"));
    CHECK(refused(error_of([&] { (void)view(1); }), "(1)"));
    CHECK(refused(error_of([&] { changing(0, 0, 0) = 1; }), "(0,0,0)"));
}

TEST_SUITE_END();
