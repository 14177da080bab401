// tests/autodiff/interp_test.cpp — interp and interp_rows: values, rows, bits of a replay, errors. Their laws: curves.hpp
#include "autodiff/operators.hpp"

#include <doctest/doctest.h>

#include "tests/autodiff/laws.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/numbers.hpp"

using namespace costate;
using namespace costate::test;

namespace {

const Tensor knots = tensor({0, 1, 3}), table = tensor({{0, 1}, {2, 0}, {6, 4}});

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("interp: the shape follows the times, the numbers the table") {
    Tape tape;
    const Var u = tape.variable(table), numbers = tape.variable(tensor({0, 2, 6}));
    CHECK(numbers_of(interp(0.5, knots, u)) == tensor({1, 0.5}));
    CHECK(numbers_of(interp(tape.constant(2), knots, u)) == tensor({4, 2}));
    CHECK(numbers_of(interp(tensor({-1, 0.5, 9}), knots, u)) == tensor({{0, 1}, {1, 0.5}, {6, 4}}));
    CHECK(numbers_of(interp(tensor({{-1}, {2}}), knots, u)) == tensor({{0, 1}, {4, 2}}));
    CHECK(numbers_of(interp(2, knots, numbers)) == Tensor::scalar(4));
    CHECK(numbers_of(interp(tensor({2, 3}), knots, numbers)) == tensor({4, 6}));
    CHECK(numbers_of(interp(tensor({{2}, {3}}), knots, numbers)) == tensor({{4}, {6}}));
    CHECK(interp(0.5, knots, Var{}).is_zero());
    const Var parabola = tape.variable(tensor({0, 1, 9}));
    CHECK(std::abs(double(interp(2, knots, parabola, Curve::cubic).item()) - 4) < (is_double ? 1e-14 : 1e-5));
}

TEST_CASE("interp: knots may be a list of doubles") {
    Tape tape;
    const Var u = tape.variable(table), tables = tape.variable(tensor({{{0}, {2}, {6}}, {{1}, {5}, {9}}}));
    const std::vector<double> list{0, 1, 3};
    CHECK(numbers_of(interp(0.5, list, u)) == numbers_of(interp(0.5, knots, u)));
    CHECK(numbers_of(interp(0.5, list, u, Curve::cubic)) == numbers_of(interp(0.5, knots, u, Curve::cubic)));
    CHECK(numbers_of(interp_rows(2, list, tables)) == numbers_of(interp_rows(2, knots, tables)));
    CHECK(contains(error_of([&] { interp(0.5, std::vector<double>{1, 0, 2}, u); }), "interp_test.cpp:"));
}

TEST_CASE("interp_rows: each row reads its own table, at its own time, between its own knots") {
    Tape tape;
    const Var tables = tape.variable(tensor({{{0}, {2}, {6}}, {{1}, {5}, {9}}}));
    CHECK(numbers_of(interp_rows(0.5, knots, tables)) == tensor({{1}, {3}}));
    CHECK(numbers_of(interp_rows(tensor({{0.5}, {2}}), knots, tables)) == tensor({{1}, {7}}));
    CHECK(numbers_of(interp_rows(2, tensor({{0, 1, 3}, {0, 4, 8}}), tables)) == tensor({{4}, {3}}));
}

TEST_CASE("interp: the derivative by t is the slope, by the table the weight") {
    Tape tape;
    const Var t = tape.variable(Tensor::scalar(2)), u = tape.variable(tensor({0, 2, 6}));
    const Var y = interp(t, knots, u);
    CHECK(grad(y, t).item() == 2);
    CHECK(numbers_of(grad(y, u)) == tensor({0, 0.5, 0.5}));
    CHECK(grad(grad(y, t), t).item() == 0);
    CHECK(numbers_of(grad(grad(y, t), u)) == tensor({0, -0.5, 0.5}));
}

TEST_CASE("interp: the gradient of a large table is summed over the rows as the ranges say, with a replay's bits") {
    Rng rng(4);
    const Index K = 700, D = 3;  // more entries than a piece of the stack's
    Tensor many({K});
    for (Index k = 0; k < K; ++k) many[k] = static_cast<Real>(k) / static_cast<Real>(K);
    const auto build = [&](Vars x) { return interp(sigmoid(x[0]), many, x[1], Curve::cubic) * x[2]; };
    for (const Index batch : {1, 40, 300}) {
        const std::vector<Shape> shapes{{batch, 1}, {K, D}, {batch, D}};
        bool tileable = false;
        CHECK(replay_differs(build, random_like(shapes, rng), random_like(shapes, rng), 5, &tileable) == -1);
        CHECK(tileable);
    }
}

TEST_CASE("interp: knots have no derivative, and say so unless they are detached") {
    Tape tape;
    const Var u = tape.variable(table), moving = tape.variable(knots);
    const std::string error = error_of([&] { interp(0.5, moving, u); });
    CHECK(contains(error, "interp: there is no derivative by the knots"));
    CHECK(contains(error, "interp_test.cpp:"));
    const Var y = interp(0.5, detach(moving), u);
    CHECK(numbers_of(y) == tensor({1, 0.5}));
    CHECK(numbers_of(grad(sum(y), moving)) == Tensor({3}));
    CHECK(interp(0.5, tape.constant(knots), u).shape() == Shape{2});
}

TEST_CASE("interp: at a nan value and derivative are nan") {
    Tape tape;
    const Var t = tape.variable(Tensor::scalar(std::nan(""))), u = tape.variable(table);
    for (const Curve curve : {Curve::linear, Curve::cubic}) {
        const Var y = interp(t, knots, u, curve);
        CHECK(std::isnan(numbers_of(y)[0]));
        CHECK(std::isnan(numbers_of(grad(sum(y), t))[0]));
        CHECK(std::isnan(numbers_of(jvp(y, t, 1))[0]));
    }
}

TEST_CASE("interp: what does not fit is an error at the line of the call") {
    Tape tape;
    const Var u = tape.variable(table), tables = tape.variable(Tensor({2, 3, 1}));
    const auto told = [](const std::string& error, const std::string& what) {
        return contains(error, what) && contains(error, "interp_test.cpp:");
    };
    const std::string shapes = "interp: the shapes do not fit";
    CHECK(told(error_of([&] {
                   interp(0.5, tensor({0, 1}), u);
               }),
               shapes + "\n  got       t [], knots [2], table [3,2]"));
    CHECK(told(error_of([&] { interp(Tensor({2, 2}), knots, u); }), shapes));
    CHECK(told(error_of([&] { interp(0.5, Tensor({1, 3}), u); }), shapes));
    CHECK(told(error_of([&] { interp(0.5, 1, u); }), shapes));
    CHECK(told(error_of([&] { interp(0.5, Tensor(Shape{0}), tape.variable(Tensor(Shape{0, 2}))); }), shapes));
    CHECK(told(error_of([&] { interp(0.5, knots, tape.variable(Tensor())); }), shapes));
    const std::string rows = "interp_rows: the shapes do not fit";
    CHECK(told(error_of([&] { interp_rows(0.5, knots, u); }), rows));
    CHECK(told(error_of([&] { interp_rows(Tensor({2}), knots, tables); }), rows));
    CHECK(told(error_of([&] { interp_rows(Tensor({3, 1}), knots, tables); }), rows));
    CHECK(told(error_of([&] { interp_rows(0.5, Tensor({3, 3}), tables); }), rows));
    for (const Tensor& wrong : {tensor({0, 1, 1}), tensor({0, 2, 1}), tensor({0, std::nan(""), 1})})
        CHECK(told(error_of([&] { interp(0.5, wrong, u); }), "interp: the knots do not increase"));
    CHECK(told(error_of([&] {
                   interp_rows(0.5, tensor({{0, 1, 2}, {3, 3, 4}}), tables);
               }),
               "interp_rows: the knots do not increase\n  got       3 and then 3"));
    CHECK(told(error_of([&] { interp(0.5, knots, table); }), "interp: no operand lies on a tape"));
}

TEST_SUITE_END();
