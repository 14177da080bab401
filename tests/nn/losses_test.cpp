// tests/nn/losses_test.cpp — losses against closed forms, their gradients against central differences
#include "nn/losses.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
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

// dL/dx against (L(x + h) − L(x − h)) / 2h. With h = ε^(1/3), truncation and rounding are both about ε^(2/3).
template <class Loss>
void check_gradient(Loss loss, Tensor x) {
    const Real h = std::cbrt(std::numeric_limits<Real>::epsilon());
    const double tolerance = sizeof(Real) == 8 ? 1e-9 : 1e-3;
    Tape tape;
    const Var at = tape.variable(x);
    const Tensor g(grad(loss(at), at).value());
    for (Index i = 0; i < x.size(); ++i) {
        const auto moved = [&](Real step) {
            Tensor y = x;
            y[i] += step;
            return number(loss(tape.variable(y)));
        };
        CHECK(static_cast<double>(g[i]) ==
              Approx((moved(h) - moved(-h)) / (2 * static_cast<double>(h))).epsilon(tolerance));
    }
}

}  // namespace

TEST_SUITE_BEGIN("nn");

TEST_CASE("mse and mae: means over all entries") {
    Tape tape;
    const Var y = tape.variable(Tensor({2, 2}, {1, 2, 3, 4}));
    const Tensor target({2, 2}, {1, 0, 6, 4});
    CHECK(number(nn::mse(y, target)) == (4.0 + 9.0) / 4);
    CHECK(number(nn::mae(y, target)) == (2.0 + 3.0) / 4);
    CHECK(number(nn::mse(y, tape.constant(target))) == 13.0 / 4);
    CHECK(Tensor(grad(nn::mse(y, target), y).value()) == Tensor({2, 2}, {0, 1, -1.5, 0}));
    CHECK(Tensor(grad(nn::mae(y, target), y).value()) == Tensor({2, 2}, {0, 0.25, -0.25, 0}));
}

TEST_CASE("mse and mae: shapes that would broadcast are an error") {
    Tape tape;
    const Var column = tape.variable(Tensor(Shape{3, 1})), list = tape.variable(Tensor(Shape{3}));
    const std::string error = error_of([&] { nn::mse(column, list); });
    CHECK(contains(error, "mse: prediction and target have different shapes"));
    CHECK(contains(error, "[3,1] and [3]"));
    CHECK(contains(error, "losses_test.cpp"));
    CHECK(contains(error_of([&] { nn::mae(column, list); }), "mae: prediction"));
}

TEST_CASE("huber: a parabola near 0, then a line of slope delta") {
    Tape tape;
    const Var y = tape.variable(Tensor({5}, {0.5, -1, 3, -4, 0})), zeros = tape.constant(Tensor({5}));
    // by PyTorch's definition: 0.125, 0.5, 1 (3 − 0.5), 1 (4 − 0.5), 0
    CHECK(number(nn::huber(y, zeros)) == Approx((0.125 + 0.5 + 2.5 + 3.5) / 5).epsilon(rounding));
    CHECK(number(nn::huber(y, zeros, 2)) == Approx((0.125 + 0.5 + 2 * 2 + 2 * 3) / 5).epsilon(rounding));
    CHECK(number(nn::huber(y, zeros, 10)) == Approx(number(nn::mse(y, zeros)) / 2).epsilon(rounding));
    const Tensor slopes(grad(5 * nn::huber(y, zeros, 2), y).value());
    CHECK(slopes == Tensor({5}, {0.5, -1, 2, -2, 0}));
    for (const double bad : {0.0, -1.0, std::nan("")}) {
        const std::string error = error_of([&] { nn::huber(y, zeros, bad); });
        CHECK(contains(error, "huber: delta is no distance"));
        CHECK(contains(error, "losses_test.cpp:" + std::to_string(__LINE__ - 2)));
    }
}

TEST_CASE("cross entropy: classes and one-hot rows say the same") {
    Tape tape;
    const Var l = tape.variable(logits);
    const double expected = (surprise(0, 1) + surprise(1, 0)) / 2;
    const Var classes = tape.constant(Tensor({2}, {1, 0})), rows = tape.constant(Tensor({2, 3}, {0, 1, 0, 1, 0, 0}));
    CHECK(number(nn::cross_entropy_with_logits(l, classes)) == Approx(expected).epsilon(rounding));
    CHECK(number(nn::cross_entropy_with_logits(l, rows)) == number(nn::cross_entropy_with_logits(l, classes)));
}

TEST_CASE("cross entropy: targets may be probabilities") {
    Tape tape;
    const Var p = tape.constant(Tensor({2, 3}, {0.5, 0.25, 0.25, 1, 0, 0}));
    const double expected = (0.5 * surprise(0, 0) + 0.25 * surprise(0, 1) + 0.25 * surprise(0, 2) + surprise(1, 0)) / 2;
    CHECK(number(nn::cross_entropy_with_logits(tape.variable(logits), p)) == Approx(expected).epsilon(rounding));
}

TEST_CASE("cross entropy: the gradient is (softmax − p) / B") {
    Tape tape;
    const Var l = tape.variable(logits), p = tape.constant(Tensor({2, 3}, {0, 1, 0, 1, 0, 0}));
    const Var loss = nn::cross_entropy_with_logits(l, p), expected = (softmax(l) - p) / 2.0, g = grad(loss, l);
    for (Index i = 0; i < 6; ++i)  // of numbers up to 1/2
        CHECK(static_cast<double>(g.value()[i] - expected.value()[i]) == Approx(0).scale(1).epsilon(rounding));
    check_gradient(
        [](Var x) {
            return nn::cross_entropy_with_logits(x, x.tape().constant(Tensor({2}, {1, 0})));
        },
        logits);
}

TEST_CASE("cross entropy: huge logits do not overflow, and a class ruled out may be −∞") {
    Tape tape;
    const double huge = sizeof(Real) == 8 ? 1e300 : 1e30;
    Tensor l({1, 3}, {huge, 0, 0});
    l[2] = -std::numeric_limits<Real>::infinity();
    const Var x = tape.variable(l), loss = nn::cross_entropy_with_logits(x, tape.constant(Tensor({1}, {0})));
    CHECK(number(loss) == 0);
    CHECK(Tensor(grad(loss, x).value()) == Tensor(Shape{1, 3}));
}

TEST_CASE("cross entropy: a class that is not there, and targets that do not fit, are errors") {
    Tape tape;
    const Var l = tape.variable(logits);
    const auto with = [&](const Tensor& t) {
        return error_of([&] { nn::cross_entropy_with_logits(l, tape.constant(t)); });
    };
    for (const double bad : {3.0, -1.0, 0.5, std::nan("")})
        CHECK(contains(with(Tensor({2}, {0, bad})), "there is no such class"));
    CHECK(contains(with(Tensor({2}, {0, 3})), "3 in row 1"));
    CHECK(contains(with(Tensor({3}, {0, 1, 2})), "logits [2,3], targets [3]"));
    CHECK(contains(with(Tensor(Shape{2, 2})), "logits [2,3], targets [2,2]"));
    CHECK(contains(error_of([&] { nn::cross_entropy_with_logits(l, Var{}); }), "zero Var"));
    CHECK(contains(error_of([&] { nn::one_hot(l, 3); }), "not a list"));
}

TEST_CASE("cross entropy: labels are integers in a list of any kind") {
    Tape tape;
    const Var l = tape.variable(logits);
    const double expected = number(nn::cross_entropy_with_logits(l, tape.constant(Tensor({2}, {2, 0}))));
    const std::vector<int> ints{2, 0};
    const std::vector<Index> longs{2, 0};
    CHECK(number(nn::cross_entropy_with_logits(l, {2, 0})) == expected);
    CHECK(number(nn::cross_entropy_with_logits(l, ints)) == expected);
    CHECK(number(nn::cross_entropy_with_logits(l, std::span(longs))) == expected);
    CHECK(number(nn::cross_entropy_with_logits(l, std::vector<std::size_t>{2, 0})) == expected);
    CHECK(number(nn::cross_entropy_with_logits(l, std::vector<std::uint8_t>{2, 0})) == expected);
    CHECK(number(nn::cross_entropy_with_logits(l, nn::one_hot(ints, 3))) == expected);
    for (const auto& bad : {std::vector{0, 3}, std::vector{-1, 0}})
        CHECK(contains(error_of([&] { nn::cross_entropy_with_logits(l, bad); }), "there is no such class"));
    CHECK(contains(error_of([&] { nn::cross_entropy_with_logits(l, {0, 1, 2}); }), "B labels, or probabilities [B,C]"));
    CHECK(contains(error_of([&] {
                       nn::cross_entropy_with_logits(l, ints);
                       tape.rewind();
                       nn::cross_entropy_with_logits(l, ints);
                   }),
                   "this Var is stale"));
    CHECK(nn::one_hot({2, 0}, 3) == Tensor({2, 3}, {0, 0, 1, 1, 0, 0}));
    CHECK(contains(error_of([] { nn::one_hot({0, 3}, 3); }), "3 in row 1"));
}

TEST_CASE("losses: of no rows there is none, and the error says so instead of a nan") {
    Tape tape;
    const Var none = tape.variable(Tensor(Shape{0, 3}));
    const auto refused = [](auto loss, int line) {
        const std::string error = error_of(loss);
        CAPTURE(error);
        CHECK(contains(error, ": there is nothing to take the loss of"));
        CHECK(contains(error, "a batch of at least one row"));
        CHECK(contains(error, "losses_test.cpp:" + std::to_string(line)));
    };
    refused([&] { nn::mse(none, none); }, __LINE__);
    refused([&] { nn::mae(none, Tensor(Shape{0, 3})); }, __LINE__);
    refused([&] { nn::cross_entropy_with_logits(none, std::vector<int>{}); }, __LINE__);
    refused([&] { nn::cross_entropy_with_logits(none, none); }, __LINE__);
    refused([&] { nn::gaussian_log_likelihood(none, none, none); }, __LINE__);
}

TEST_CASE("one_hot: one 1 a row, and no derivative") {
    Tape tape;
    const Var classes = tape.variable(Tensor({2}, {2, 0}));
    const Var y = nn::one_hot(classes, 3);
    CHECK(Tensor(y.value()) == Tensor({2, 3}, {0, 0, 1, 1, 0, 0}));
    CHECK(Tensor(grad(sum(y), classes).value()) == Tensor(Shape{2}));
}

TEST_CASE("Gaussian log-likelihood: at the mean it is −Σ (ln σ + ½ ln 2π)") {
    Tape tape;
    const Var x = tape.variable(Tensor({1, 2}, {3, 4})), s = tape.variable(Tensor({1, 2}, {0.5, -1}));
    const double half_log_two_pi = 0.5 * std::log(2 * std::acos(-1.0));
    const Var l = nn::gaussian_log_likelihood(x, x, s);
    CHECK(l.shape() == Shape{1});
    CHECK(number(l) == Approx(0.5 - 2 * half_log_two_pi).epsilon(rounding));
    CHECK(number(nn::gaussian_log_likelihood(x, x, 0.25)) == Approx(-0.5 - 2 * half_log_two_pi).epsilon(rounding));
    CHECK(number(nn::gaussian_log_likelihood(x, x, Parameter("log_sigma", 0.25))) ==
          Approx(-0.5 - 2 * half_log_two_pi).epsilon(rounding));
    const std::string of_a_number = error_of([&] { nn::gaussian_log_likelihood(tape.constant(1.0), 0, 0); });
    CHECK(test::contains(of_a_number, "gaussian_log_likelihood: x has no axis to sum over"));
    CHECK(test::contains(of_a_number, "losses_test.cpp:"));
}

TEST_CASE("losses: shapes that would broadcast are refused, with a remedy, at the line of the call") {
    Tape tape;
    const Shape shapes[] = {{3}, {3, 1}, {1, 3}, {3, 3}, {1}};
    for (const Shape& a : shapes)
        for (const Shape& b : shapes) {
            CAPTURE(to_text(a) + " " + to_text(b));
            const Var x = tape.constant(Tensor(a)), y = tape.constant(Tensor(b));
            const std::string errors[] = {error_of([&] { nn::mse(x, y); }), error_of([&] { nn::mae(x, y); }),
                                          error_of([&] { nn::gaussian_log_likelihood(x, y, x); }),
                                          error_of([&] { nn::gaussian_log_likelihood(x, x, y); })};
            for (int i = 0; i < 4; ++i) {
                CHECK(errors[i].empty() == (a == b));
                if (a != b) CHECK((contains(errors[i], "losses_test.cpp:") && contains(errors[i], "  try ")));
            }
        }
}

TEST_CASE("losses of Tensors and Views alone are numbers: those of Vars, and the same errors") {
    const Tensor y({2, 3}, {0.3, -1, 2, 0.5, 0.1, 0}), target({2, 3}, {1, 0, 0, 0.2, 0.3, 0.5}), wrong({3});
    const std::vector<int> labels{2, 0};
    Tape tape;
    const Var v = tape.constant(y);
    const auto item = [](Var loss) { return double(loss.item()); };
    CHECK(nn::mse(y, target) == item(nn::mse(v, target)));
    CHECK(nn::mae(y.view(), target) == item(nn::mae(v, target)));
    CHECK(nn::huber(y, target, 0.5) == item(nn::huber(v, target, 0.5)));
    CHECK(nn::mse(y.rows(0, 1), target.rows(1, 1)) == item(nn::mse(slice(v, 0, 0, 1), target.rows(1, 1))));
    CHECK(nn::cross_entropy_with_logits(y, target) == item(nn::cross_entropy_with_logits(v, target)));
    CHECK(nn::cross_entropy_with_logits(y, labels) == item(nn::cross_entropy_with_logits(v, labels)));
    CHECK(nn::cross_entropy_with_logits(y, {2, 0}) == nn::cross_entropy_with_logits(y, labels));
    CHECK(nn::gaussian_log_likelihood(y, target, y) == Tensor(nn::gaussian_log_likelihood(v, target, y).value()));
    const std::string errors[] = {error_of([&] { nn::mse(y, wrong); }), error_of([&] { nn::mae(y, wrong); }),
                                  error_of([&] { nn::gaussian_log_likelihood(wrong, y, wrong); }),
                                  error_of([&] { nn::cross_entropy_with_logits(y, wrong); }), error_of([&] {
                                      nn::cross_entropy_with_logits(y, {0, 3});
                                  })};
    for (const std::string& error : errors)
        CHECK_MESSAGE(contains(error, "  where     tests/nn/losses_test.cpp:"), error);
}

TEST_CASE("Gaussian log-likelihood: the density integrates to 1") {
    // The trapezoid rule on a smooth function that vanishes at both ends converges faster than any power of the step.
    Tape tape;
    const Index n = 401;
    Tensor x(Shape{n, 1});
    for (Index i = 0; i < n; ++i) x[i] = static_cast<Real>(-20 + 0.1 * static_cast<double>(i));
    const Var density = exp(nn::gaussian_log_likelihood(tape.constant(x), tape.constant(1.0), tape.constant(0.3)));
    CHECK(0.1 * number(sum(density)) == Approx(1).epsilon(sizeof(Real) == 8 ? 1e-13 : 1e-5));
}

TEST_CASE("Gaussian log-likelihood: gradients by x, mean and log_sigma match central differences") {
    const Tensor x({2, 2}, {0.3, -1, 2, 0.5}), mean({2, 2}, {0.1, 0.7, 0.2, -0.3}), s({2, 2}, {0.2, -0.4, 0, 0.1});
    const Tensor shared({1}, {0.3});
    const auto constant = [](Var v, const Tensor& t) { return v.tape().constant(t); };
    check_gradient([&](Var v) { return sum(nn::gaussian_log_likelihood(v, constant(v, mean), constant(v, s))); }, x);
    check_gradient([&](Var v) { return sum(nn::gaussian_log_likelihood(constant(v, x), v, constant(v, s))); }, mean);
    check_gradient([&](Var v) { return sum(nn::gaussian_log_likelihood(constant(v, x), constant(v, mean), v)); }, s);
    check_gradient([&](Var v) { return sum(nn::gaussian_log_likelihood(constant(v, x), v[0], v[0])); }, shared);
}

TEST_SUITE_END();
