// tests/autodiff/check_test.cpp — check_gradients finds wrong gradients, and only those
#include "autodiff/derivatives/check.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operators.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

struct WrongSquare {  // its vjp forgets the 2
    static constexpr const char* name = "test: wrong square";
    bool operator==(const WrongSquare&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const {
        for (Index i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
    }
    Var jvp(Var x, Var, Var dx) const { return 2.0 * x * dx; }
    Var vjp(Var x, Var, Var gy, Needs) const { return x * gy; }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("check_gradients agrees with right gradients, of one input and of several") {
    const Tensor x({2, 3}, {0.1, 0.2, -0.3, 0.4, 0.5, 10}), w({3, 2}, {1, -1, 0.5, 0.25, 2, 0});
    const GradientReport one = check_gradients([](Var v) { return sum(sin(v) * v); }, x);
    CHECK(one.ok());
    CHECK(one.compared == 6);
    const Tensor both[] = {x, w};
    const GradientReport two = check_gradients([](Vars v) { return tanh(matmul(v[0], v[1])); }, both);
    CHECK(two.ok());
    CHECK(two.compared == 12);
    CHECK(contains(to_text(two), "gradients agree: 12 entries, largest error "));
}

TEST_CASE("check_gradients says which entry of a wrong gradient differs most, and by how much") {
    const GradientReport r =
        check_gradients([](Var v) { return sum(record(WrongSquare{}, v)); }, Tensor({3}, {0.5, -2, 1}));
    CHECK_FALSE(r.ok());
    CHECK(r.input == 0);
    CHECK(r.entry <= 2);
    CHECK(std::abs(r.numeric - 2 * r.analytic) <= 1e-2);
    CHECK(contains(to_text(r), "gradients differ: 3 entries, largest error "));
}

TEST_CASE("check_gradients takes a NaN for an error") {
    CHECK_FALSE(check_gradients([](Var v) { return sqrt(v); }, Tensor({2}, {1, 0})).ok());
}

TEST_CASE("check_gradients moves parameters and puts them back") {
    const Parameter p("p", Tensor({2}, {1, 2}));
    const auto f = [&](Tape& tape) { return exp(tape.use(p)); };
    CHECK(check_gradients(std::function<Var(Tape&)>(f), std::span(&p, 1)).ok());
    CHECK(p.value() == Tensor({2}, {1, 2}));
}

TEST_CASE("check_gradients of nothing is not ok: nothing was compared") {
    CHECK_FALSE(check_gradients([](Var v) { return exp(v); }, Tensor(Shape{0})).ok());
}

TEST_SUITE_END();
