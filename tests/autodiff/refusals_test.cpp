// tests/autodiff/refusals_test.cpp — what cannot be meant is an error: absent Vars, wrong counts, a rule that errs
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "autodiff/derivatives/check.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

struct Wrong {  // y = x, whose rules are wrong in a way of choice
    enum Way { vjp_shape, jvp_shape, foreign } way;
    static inline Tape other;
    static constexpr const char* name = "test: wrong";
    bool operator==(const Wrong&) const = default;
    Shape shape(const Shape& x, Where) const { return x; }
    void eval(const View& x, const MutableView& y) const { std::copy_n(x.data, x.size(), y.data); }
    Var jvp(Var, Var, Var dx) const { return way == jvp_shape ? sum(dx) : dx; }
    Var vjp(Var, Var, Var gy, Needs) const {
        if (way == foreign) return other.variable(Tensor({3}));
        return way == vjp_shape ? sum(gy, {0}, true) : gy;
    }
};

struct Room {
    Tape tape;
    Var x = tape.variable(Tensor({3}, {1, 2, 3})), y = exp(x), s = sum(y), z;
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "a zero Var where a value is needed is an error that names the caller's line") {
    const auto refused = [](auto action, int line) {
        const std::string text = error_of(action);
        CAPTURE(text);
        CHECK(text != "");
        CHECK(contains(text, "refusals_test.cpp:" + std::to_string(line)));
    };
    refused([&] { vjp(z, x, y); }, __LINE__);
    refused([&] { vjp(z, x, z); }, __LINE__);
    refused([&] { vjp(y, z, y); }, __LINE__);
    refused([&] { jvp(y, z, x); }, __LINE__);
    refused([&] { jvp(y, z, z); }, __LINE__);
    refused([&] { jvp(z, x, x); }, __LINE__);
    refused([&] { grad(z, x); }, __LINE__);
    refused([&] { grad(s, z); }, __LINE__);
    refused([&] { jacobian(z, x); }, __LINE__);
    refused([&] { jacobian(y, z); }, __LINE__);
    refused([&] { hessian(z, x); }, __LINE__);
    refused([&] { hessian(s, z); }, __LINE__);
    refused([&] { hvp(z, x, x); }, __LINE__);
    refused([&] { hvp(s, z, x); }, __LINE__);
    refused([&] { laplacian(z, x); }, __LINE__);
    refused([&] { laplacian(y, z); }, __LINE__);
    refused([&] { compile(tape, Vars(&z, 1), Vars(&y, 1)); }, __LINE__);
    CHECK(vjp(y, x, z).is_zero());  // an absent seed is 0
    CHECK(jvp(y, x, z).is_zero());
}

TEST_CASE_FIXTURE(Room, "as many cotangents as ys, tangents as xs, outputs as compiled") {
    const Var both[] = {y, s}, one[] = {y};
    CHECK(contains(error_of([&] { vjp(both, Vars(&x, 1), one); }), "vjp: cotangents: the number"));
    CHECK(contains(error_of([&] { vjp(one, Vars(&x, 1), both); }), "vjp: cotangents: the number"));
    CHECK(contains(error_of([&] { jvp(one, Vars(&x, 1), {}); }), "jvp: tangents: the number"));
    CHECK(vjp({}, Vars(&x, 1), {})[0].is_zero());
    CHECK(jvp({}, Vars(&x, 1), Vars(&x, 1)).empty());
    const Program p = compile(tape, Vars(&x, 1), one);
    Workspace workspace;
    Tensor in({3}), out({3});
    const View inputs[] = {in.view()};
    const MutableView two[] = {out.view(), out.view()};
    CHECK(contains(error_of([&] { run(p, workspace, inputs, two); }), "run: the number of outputs"));
    CHECK(contains(error_of([&] { run(p, workspace, inputs, {}); }), "run: the number of outputs"));
}

TEST_CASE_FIXTURE(Room, "one Var listed twice as an input is an error: it can be bound to one value only") {
    const Var twice[] = {x, x};
    CHECK(contains(error_of([&] { compile(tape, twice, Vars(&y, 1)); }), "compile: an input is listed twice"));
    CHECK(contains(error_of([&] { compile(tape, Vars(&x, 1), Vars(&y, 1), Vars(&x, 1)); }), "listed twice"));
}

TEST_CASE_FIXTURE(Room, "a user's rule that gives a wrong shape is an error that names the operator") {
    const Var a = record(Wrong{Wrong::vjp_shape}, x), b = record(Wrong{Wrong::jvp_shape}, x),
              c = record(Wrong{Wrong::foreign}, x);
    CHECK(contains(error_of([&] { grad(sum(a), x); }), "test: wrong: its vjp rule gives a wrong shape"));
    CHECK(contains(error_of([&] { grad(sum(c), x); }), "test: wrong: its vjp rule gives a wrong shape"));
    CHECK(contains(error_of([&] { jvp(b, x, x); }), "test: wrong: its jvp rule gives a wrong shape"));
    const auto f = [](Var v) { return record(Wrong{Wrong::vjp_shape}, v); };
    CHECK(contains(error_of([&] { check_gradients(f, Tensor({3})); }), "test: wrong"));
}

TEST_CASE("nothing compared is no agreement") {
    const GradientReport none =
        check_gradients([](Tape& tape) { return tape.constant(1.0); }, std::span<const Parameter>());
    CHECK_FALSE(none.ok());
    CHECK(to_text(none) == "gradients: nothing was compared");
}

TEST_CASE("numbers among attributes are compared by their bits: 0 is not -0, and nan is itself") {
    Tape tape;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Var x = tape.variable(Tensor({2}, {1, 2}));
    const Var outputs[] = {1.0 / filled(tape, {2}, 0.0),
                           1.0 / filled(tape, {2}, -0.0),
                           affine(x, nan, 1),
                           affine(x, nan, 1),
                           affine(x, 1, -0.0),
                           affine(x, 1, 0.0)};
    const Program p = compile(tape, Vars(&x, 1), outputs);
    const auto operations = [&p](const std::string& name) {
        return std::count_if(p.code.begin(), p.code.end(),
                             [&](const auto& c) { return operator_of(c.op).name == name; });
    };
    CHECK(operations("fill") == 2);
    CHECK(operations("affine") == 3);
    Tensors got(6, Tensor({2}));
    std::vector<MutableView> out;
    for (Tensor& t : got) out.push_back(t.view());
    Workspace workspace;
    const View in[] = {tape.view(x)};
    run(p, workspace, in, out);
    CHECK(got[0][0] == std::numeric_limits<Real>::infinity());
    CHECK(got[1][0] == -std::numeric_limits<Real>::infinity());
}

TEST_CASE("a number that meets a zero Var is not lost: it is a factor, or there is an error") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(2)), other = tape.variable(Tensor::scalar(3));
    const Var d = jvp(x * 3.0, other, tape.constant(1.0));  // independent: a zero Var
    REQUIRE(d.is_zero());
    const Tensor one = Tensor::scalar(1);
    for (const Var& absorbed : {d * 2.0, 2.0 * d, d / 2.0, d * one, one * d, affine(d, 2, 0), -d})
        CHECK(absorbed.is_zero());
    const auto refuses = [](auto action) { return contains(error_of(action), "no operand lies on a tape"); };
    CHECK(refuses([&] { d + 1.0; }));
    CHECK(refuses([&] { 1.0 + d; }));
    CHECK(refuses([&] { 1.0 - d; }));
    CHECK(refuses([&] { d - 1.0; }));
    CHECK(refuses([&] { d + one; }));
    CHECK(refuses([&] { one - d; }));
    CHECK(refuses([&] { 1.0 / d; }));
    CHECK(refuses([&] { affine(d, 1, 2); }));
    CHECK(tape.view(x + d)[0] == 2);
    CHECK(tape.view(x - d)[0] == 2);
}

TEST_CASE("lists that do not fit are refused: numbers for a parameter, axes named twice") {
    const Parameter p("p", Tensor({3}, {1, 2, 3}));
    const Tensor two({2}, {7, 8}), five(Shape{5});
    CHECK(contains(error_of([&] { p.edit().assign(two.entries()); }), "2 numbers for parameter \"p\" [3]"));
    CHECK(contains(error_of([&] { p.edit().assign(five.entries()); }), "assign: the count does not fit"));
    CHECK(p.value() == Tensor({3}, {1, 2, 3}));
    Tape tape;
    const Var x = tape.variable(Tensor({2, 3}));
    CHECK(contains(error_of([&] { sum(x, {0, 0}); }), "sum: an axis is listed twice"));
    CHECK(contains(error_of([&] { mean(x, {0, -2}); }), "mean: an axis is listed twice"));
}

TEST_SUITE_END();
