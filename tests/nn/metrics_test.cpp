// tests/nn/metrics_test.cpp — the part of the rows that a model gets right
#include "nn/metrics.hpp"

#include <doctest/doctest.h>

#include "autodiff/tape/tape.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

TEST_SUITE_BEGIN("nn");

TEST_CASE("accuracy: of tensors and Vars, with labels in any list of integers") {
    const Tensor logits({4, 3}, {0, 2, 1, 3, 0, 0, -1, -2, -3, 0, 0, 5});
    CHECK(nn::accuracy(logits, {1, 0, 0, 2}) == 1);
    CHECK(nn::accuracy(logits, {1, 0, 1, 1}) == 0.5);
    CHECK(nn::accuracy(logits, std::vector<int>{2, 2, 2, 2}) == 0.25);
    CHECK(nn::accuracy(logits, std::vector<Index>{0, 1, 2, 0}) == 0);
    CHECK(nn::accuracy(logits, std::vector<std::size_t>{1, 0, 0, 2}) == 1);
    CHECK(nn::accuracy(logits, std::vector<std::uint8_t>{2, 2, 2, 2}) == 0.25);
    Tape tape;
    CHECK(nn::accuracy(tape.constant(logits), {1, 0, 0, 2}) == 1);
    CHECK(tape.is_tainted());
}

TEST_CASE("accuracy: labels that do not fit, or that no class has, are errors; so are no rows") {
    const Tensor logits({2, 3});
    CHECK(contains(error_of([&] { nn::accuracy(logits, {0}); }), "logits [2,3], 1 labels"));
    CHECK(contains(error_of([&] { nn::accuracy(logits, {0, 3}); }), "3 in row 1"));
    CHECK(contains(error_of([&] { nn::accuracy(logits, {-1, 0}); }), "whole numbers from 0 to 2"));
    CHECK(contains(error_of([&] { nn::accuracy(Tensor(Shape{0, 3}), std::vector<int>{}); }), "at least one row"));
    CHECK(contains(error_of([&] { nn::accuracy(Tensor(Shape{3}), {0, 1, 2}); }), "logits [B,C]"));
}

TEST_SUITE_END();
