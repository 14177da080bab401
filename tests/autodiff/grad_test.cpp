// tests/autodiff/grad_test.cpp — grad, vjp, jvp and what is built of them, against closed forms
#include <doctest/doctest.h>

#include <cmath>

#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr double rounding = is_double ? 1e-13 : 1e-5;

double apart(Var v, std::initializer_list<double> expected) {  // largest difference
    const View x = v.value();
    REQUIRE(x.size() == static_cast<Index>(expected.size()));
    double largest = 0;
    for (Index i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(double(x[i]) - expected.begin()[i]));
    return largest;
}

struct Plane {
    Tape tape;
    Var x = tape.variable(Tensor({2}, {0.5, -1.25})), y = tape.variable(Tensor::scalar(2));
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Plane, "grad called twice gives the same answer") {
    const Var f = sum(sin(x) * y);
    const Tensor first(grad(f, x).value()), second(grad(f, x).value());
    CHECK(first == second);
    CHECK(Tensor(grad(f + f, x).value())[0] == 2 * first[0]);
}

TEST_CASE_FIXTURE(Plane, "grad of what does not depend on x is zeros of x's shape") {
    const Vars g = grad(square(y), {x, y});
    CHECK(Tensor(g[0].value()) == Tensor({2}));
    CHECK(g[1].item() == 4);
    CHECK(grad(tape.constant(3.0), x).shape() == Shape{2});
}

TEST_CASE_FIXTURE(Plane, "grad of x itself is one") { CHECK(grad(y, y).item() == 1); }

TEST_CASE_FIXTURE(Plane, "grad is total: an x that another x depends on gets both ways") {
    const Var z = square(y);             // z = y²
    const Vars g = grad(z * y, {y, z});  // d(z y)/dy along z = y² is 3 y², d/dz is y
    CHECK(g[0].item() == 12);
    CHECK(g[1].item() == 2);
    const Vars swapped = grad(z * y, {z, y});
    CHECK(swapped[0].item() == 2);
    CHECK(swapped[1].item() == 12);
}

TEST_CASE_FIXTURE(Plane, "a fan-out adds up: b = a + a, c = b + b") {
    const Var b = y + y, c = b + b;
    CHECK(grad(c, y).item() == 4);
}

TEST_CASE_FIXTURE(Plane, "a walk records only what lies between xs and y") {
    const Var before = exp(exp(y));
    const Var z = tape.variable(Tensor::scalar(3));
    const Var f = z * before;
    for (int i = 0; i < 10; ++i) exp(f);  // after y
    const std::size_t recorded = tape.operations().size();
    grad(f, z);
    CHECK(tape.operations().size() == recorded + 2);  // the seed and its product with `before`
}

TEST_CASE_FIXTURE(Plane, "a rule is not asked for cotangents that nobody wants") {
    const Var a = y * 2.0, middle = reshape(x, {2, 1}), xs[] = {a, middle};
    const Var f = sum(a * middle);
    const std::size_t recorded = tape.operations().size();
    grad(f, xs);
    for (std::size_t n = recorded; n < tape.operations().size(); ++n)  // back to x would be a reshape to its shape
        CHECK(tape.values()[tape.operations()[n].first_out].shape != x.shape());
}

TEST_CASE_FIXTURE(Plane, "vjp takes the cotangents of several outputs at once, absent ones too") {
    const Var ys[] = {sum(x) * y, square(y), exp(x)};
    const Var seeds[] = {tape.constant(2.0), tape.constant(3.0), Var()};
    const Var xs[] = {x, y};
    const Vars g = vjp(ys, xs, seeds);
    CHECK(apart(g[0], {4, 4}) <= rounding);
    CHECK(apart(g[1], {2 * -0.75 + 3 * 4}) <= rounding);
}

TEST_CASE_FIXTURE(Plane, "jvp takes the tangents of several inputs at once, absent ones too") {
    const Var ys[] = {sum(x) * y, square(y)};
    const Var xs[] = {x, y}, tangents[] = {Var(), tape.constant(0.5)};
    const Vars d = jvp(ys, xs, tangents);
    CHECK(apart(d[0], {-0.75 * 0.5}) <= rounding);
    CHECK(apart(d[1], {2}) <= rounding);
    const Var none[] = {Var(), Var()};
    CHECK(jvp(ys, xs, none)[0].is_zero());
}

TEST_CASE_FIXTURE(Plane, "the fifth derivative of sin is cos") {
    Var d = sin(y);
    for (int order = 0; order < 5; ++order) d = grad(d, y);
    CHECK(std::abs(double(d.item()) - std::cos(2.0)) <= 10 * rounding);
}

TEST_CASE("every derivative of a power is finite at 0") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(0));
    Var d = pow(x, 3);
    const double expected[] = {0, 0, 6, 0, 0};
    for (const double right : expected) {
        d = grad(d, x);
        CHECK(d.item() == Real(right));
    }
    const Var a = tape.variable(Tensor::scalar(0)), b = tape.variable(Tensor::scalar(2));
    CHECK(grad(pow(a, b), b).item() == 0);
    CHECK(grad(grad(pow(x, b), x), x).item() == 2);
}

TEST_CASE("kinks have the documented one-sided derivative") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(0)), y = tape.variable(Tensor::scalar(0));
    CHECK(grad(relu(x), x).item() == 0);
    CHECK(grad(abs(x), x).item() == 0);
    CHECK(grad(min(x, y), x).item() == 1);
    CHECK(grad(min(x, y), y).item() == 0);
    CHECK(grad(max(x, y), x).item() == 1);
    CHECK(grad(clamp(x, 0, 1), x).item() == 1);
    CHECK(grad(clamp(x, 1, 2), x).item() == 0);
    const Var ties = tape.variable(Tensor({3}, {2, 1, 2}));
    CHECK(apart(grad(max(ties), ties), {0.5, 0, 0.5}) == 0);
}

TEST_CASE("the branch that where does not take may be NaN") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {-1, 4}));
    const Var safe = where(greater(x, 0), sqrt(x), x);
    CHECK(apart(safe, {-1, 2}) == 0);
    // The NaN must be kept from the operation, not from its result: 0 · ∞ would reach x otherwise.
    const Var masked = sqrt(where(greater(x, 0), x, tape.constant(1.0)));
    CHECK(apart(grad(sum(masked), x), {0, 0.25}) == 0);
}

TEST_CASE_FIXTURE(Plane, "jacobian: by rows and by columns, it is the matrix of derivatives") {
    const Var wide = reshape(sum(x * x * x), {1});     // 1 x 2: by rows
    const Var tall = concatenate({x * x, sin(x)}, 0);  // 4 x 2: by columns
    CHECK(jacobian(wide, x).shape() == Shape{1, 2});
    CHECK(apart(jacobian(wide, x), {3 * 0.25, 3 * 1.5625}) <= rounding);
    CHECK(jacobian(tall, x).shape() == Shape{4, 2});
    CHECK(apart(jacobian(tall, x), {1, 0, 0, -2.5, std::cos(0.5), 0, 0, std::cos(1.25)}) <= rounding);
    CHECK(jacobian(y, x).shape() == Shape{2});
    CHECK(jacobian(tape.variable(Tensor(Shape{0})), x).shape() == Shape{0, 2});
    CHECK(apart(jacobian(tape.constant(Tensor({2})), x), {0, 0, 0, 0}) == 0);
}

TEST_CASE_FIXTURE(Plane, "hessian of x₀² x₁³ is its matrix of second derivatives") {
    const Var x0 = slice(x, 0, 0, 1), x1 = slice(x, 0, 1, 1);
    const Var f = sum(x0 * x0 * x1 * x1 * x1);
    const double a = 0.5, b = -1.25;
    const double right[2][2] = {{2 * b * b * b, 6 * a * b * b}, {6 * a * b * b, 6 * a * a * b}};
    CHECK(hessian(f, x).shape() == Shape{2, 2});
    CHECK(apart(hessian(f, x), {right[0][0], right[0][1], right[1][0], right[1][1]}) <= rounding);
    const Var v = tape.constant(Tensor({2}, {2, -1}));
    CHECK(apart(hvp(f, x, v), {2 * right[0][0] - right[0][1], 2 * right[1][0] - right[1][1]}) <= 2 * rounding);
    CHECK(apart(hvp(sum(x), x, v), {0, 0}) == 0);
}

TEST_CASE("laplacian of |x|⁴ in D dimensions is 4 (D + 2) |x|²") {
    Tape tape;
    const Var x = tape.variable(Tensor({3, 2}, {1, 2, 0.5, -1, 0, 0}));
    const Var f = square(sum(square(x), {1}));
    CHECK(laplacian(f, x).shape() == Shape{3});
    CHECK(apart(laplacian(f, x), {16 * 5, 16 * 1.25, 0}) <= 100 * rounding);
    CHECK(apart(laplacian(sum(x, {1}, true), x), {0, 0, 0}) == 0);  // linear: no second derivative
}

TEST_CASE("laplacian of a harmonic function is 0") {
    Tape tape;
    const Var x = tape.variable(Tensor({2, 2}, {0.3, 0.7, -0.2, 1.1}));
    const Var f = exp(slice(x, 1, 0, 1)) * sin(slice(x, 1, 1, 1));
    CHECK(apart(laplacian(f, x), {0, 0}) <= rounding);
}

TEST_SUITE_END();
