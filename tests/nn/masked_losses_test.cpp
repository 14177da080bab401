// tests/nn/masked_losses_test.cpp — losses of what was seen alone
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"
#include "nn/losses.hpp"
#include "tests/nn/logits.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using doctest::Approx;
using test::contains;
using test::error_of;
using test::logits;
using test::number;
using test::surprise;

namespace {

const double rounding = sizeof(Real) == 8 ? 1e-14 : 1e-6;  // a few roundings

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("masked losses: the mean is over what counts, and what does not may be a nan") {
    Tape tape;
    const Var y = tape.variable(Tensor({2, 2}, {1, 2, 3, 4}));
    const Tensor target({2, 2}, {1, std::nan(""), 6, 8}), mask({2, 2}, {1, 0, 1, 1}), rows({2, 1}, {0, 1});
    CHECK(number(nn::mse(y, target, mask)) == Approx((0.0 + 9 + 16) / 3).epsilon(rounding));
    CHECK(number(nn::mae(y, target, mask)) == Approx((0.0 + 3 + 4) / 3).epsilon(rounding));
    CHECK(number(nn::huber(y, target, mask)) == Approx((0.0 + 2.5 + 3.5) / 3).epsilon(rounding));
    CHECK(number(nn::huber(y, target, mask, 4)) == Approx((0.0 + 4.5 + 8) / 3).epsilon(rounding));
    CHECK(number(nn::mse(y, target, rows)) == (9.0 + 16) / 2);  // an entry of the mask for each row
    CHECK(number(nn::masked_mean(y, rows)) == 3.5);
    const Tensor g(grad(3 * nn::mse(y, target, mask), y).value()), h(grad(3 * nn::mae(y, target, mask), y).value()),
        k(grad(3 * nn::huber(y, target, mask), y).value());
    CHECK(g == Tensor({2, 2}, {0, 0, -6, -8}));
    CHECK(h == Tensor({2, 2}, {0, 0, -1, -1}));
    CHECK(k == Tensor({2, 2}, {0, 0, -1, -1}));
    const Var l = tape.variable(logits);
    CHECK(number(nn::cross_entropy_with_logits(l, {1, 0}, Tensor({2}, {0, 1}))) ==
          Approx(surprise(1, 0)).epsilon(rounding));
    CHECK(number(nn::cross_entropy_with_logits(l, Tensor({2, 3}, {0, 1, 0, 1, 0, 0}), Tensor({2}, {1, 0}))) ==
          Approx(surprise(0, 1)).epsilon(rounding));
    CHECK(number(nn::mse(y, Tensor({2, 2}), Tensor({2, 2}, 1))) == number(nn::mse(y, Tensor({2, 2}))));
}

TEST_CASE("masked losses: a mask that counts nothing, says something else or does not fit is an error") {
    Tape tape;
    const Var y = tape.variable(Tensor(Shape{2, 2}));
    const Tensor target(Shape{2, 2});
    const auto refused = [&](const Tensor& mask, const char* words) {
        const int line = __LINE__ + 1;
        const std::string errors[] = {
            error_of([&] { nn::mse(y, target, mask); }), error_of([&] { nn::mae(y, target, mask); }),
            error_of([&] { nn::huber(y, target, mask); }), error_of([&] { nn::masked_mean(y, mask); })};
        for (const std::string& error : errors) {
            CAPTURE(error);
            CHECK(contains(error, words));
            CHECK((contains(error, "masked_losses_test.cpp:" + std::to_string(line)) ||
                   contains(error, "masked_losses_test.cpp:" + std::to_string(line + 1)) ||
                   contains(error, "masked_losses_test.cpp:" + std::to_string(line + 2)) ||
                   contains(error, "masked_losses_test.cpp:" + std::to_string(line + 3))));
        }
    };
    refused(Tensor(Shape{2, 2}), "mask: nothing counts, and there is no mean of nothing");
    refused(Tensor({2, 2}, {1, 0.5, 1, 1}), "mask: an entry says neither yes nor no\n  got       0.5 in entry 1");
    refused(Tensor({2, 2}, {1, 1, 1, std::nan("")}), "mask: an entry says neither yes nor no");
    refused(Tensor(Shape{3, 2, 2}, 1), "the mask does not fit\n  got       a mask [3,2,2] beside [2,2]");
    refused(Tensor(Shape{3}, 1), "the mask does not fit");
    CHECK(contains(error_of([&] {
                       nn::cross_entropy_with_logits(tape.constant(logits), {0, 1}, Tensor({2, 1}, {1, 1}));
                   }),
                   "a mask [2,1] beside [2]"));
}

TEST_CASE("masked losses: a program that replays one looks at the mask that it is given then") {
    Tape tape;
    const Var y = tape.variable(Tensor({2}, {1, 3})), mask = tape.constant(Tensor({2}, {1, 0}));
    const Var loss = nn::mse(y, Tensor({2}), mask);
    const Program program = compile(tape, std::vector<Var>{y, mask}, Vars(&loss, 1));
    const Tensor point({2}, {1, 3}), other({2}, {0, 1}), none({2});
    const auto replayed = [&](const Tensor& with) {
        Workspace workspace;
        Tensor result;
        const View inputs[] = {point, with};
        const MutableView out[] = {result.view()};
        run(program, workspace, inputs, out);
        return result.item();
    };
    CHECK(replayed(other) == 9);
    CHECK(contains(error_of([&] { replayed(none); }), "mask: nothing counts"));
}

TEST_SUITE_END();
