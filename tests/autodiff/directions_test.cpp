// tests/autodiff/directions_test.cpp — derivatives along a direction: (y, x, direction), and what a direction may be
#include <doctest/doctest.h>
#include <type_traits>

#include "autodiff/derivatives/grad.hpp"
#include "autodiff/operators.hpp"
#include "nn/linear.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using test::contains;
using test::error_of;

namespace {

struct Room {
    Tape tape;
    Tensor point{{3}, {1, 2, 3}}, v{{3}, {1, 0, -1}};
    Var x = tape.variable(point), direction = tape.constant(v), y = x * x * x;

    bool are(Var found, const Tensor& numbers) const { return Tensor(tape.view(found)) == numbers; }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "directions: a Var, a Tensor, a View; one number stands for itself everywhere") {
    const Tensor along({3}, {3, 0, -27}), everywhere({3}, {6, 24, 54});
    CHECK(are(jvp(y, x, direction), along));
    CHECK(are(jvp(y, x, v), along));
    CHECK(are(jvp(y, x, v.view()), along));
    CHECK(are(vjp(y, x, direction), along));  // the Jacobian is diagonal
    CHECK(are(vjp(y, x, v), along));
    CHECK(are(jvp(y, x, 2), everywhere));
    CHECK(are(vjp(y, x, 2), everywhere));
    CHECK(are(hvp(sum(y), x, v), Tensor({3}, {6, 0, -18})));
    CHECK(are(hvp(sum(y), x, 1), Tensor({3}, {6, 12, 18})));
    const Parameter p("p", v);
    CHECK(are(jvp(y, x, p), along));
    CHECK(jvp(y, x, Var{}).is_zero());
    CHECK(vjp(y, x, Var{}).is_zero());
}

TEST_CASE_FIXTURE(Room, "directions: a direction in x's place is told from an x without influence") {
    const auto swapped = [](auto call, const char* what, const char* order, int line) {
        const std::string error = error_of(call);
        CAPTURE(error);
        CHECK(contains(error, std::string(what) + ": y does not depend on x, but on what is given as the direction"));
        CHECK(contains(error, std::string("try       the arguments are ") + order));
        CHECK(contains(error, "directions_test.cpp:" + std::to_string(line)));
    };
    swapped([&] { vjp(y, direction, x); }, "vjp", "(y, x, y_bar)", __LINE__);
    swapped([&] { jvp(y, direction, x); }, "jvp", "(y, x, x_dot)", __LINE__);
    swapped([&] { hvp(sum(y), direction, x); }, "hvp", "(y, x, v)", __LINE__);
    CHECK(vjp(y, direction, v).is_zero());  // no influence, and nothing mistaken
    CHECK(jvp(y, direction, direction).is_zero());
    CHECK(jvp(y, direction, y).is_zero());
    CHECK(jvp(Vars(&y, 1), Vars(&direction, 1), Vars(&x, 1))[0].is_zero());  // lists may mean it
    CHECK(
        are(hvp(sum(x * direction), x, direction), Tensor(Shape{3})));  // linear: its gradient is the direction itself
    const Var wide = tape.constant(Tensor({2, 3}));
    CHECK(contains(error_of([&] { vjp(wide * x, x, x); }), "y_bar has y's shape"));
    CHECK(contains(error_of([&] { jvp(y, x, wide); }), "x_dot has x's shape"));
    CHECK(contains(error_of([&] { hvp(sum(y), x, wide); }), "x_dot has x's shape"));
}

TEST_CASE_FIXTURE(Room, "gradients by parameters: of a list, one, a vector, a span, an array, a model") {
    const Parameter p("p", Tensor::scalar(2)), q("q", Tensor::scalar(5));
    const Var loss = sum(x) * p * p * q;
    const auto numbers = [&](Vars g) {
        std::vector<double> list;
        for (const Var& one : g) list.push_back(static_cast<double>(tape.view(one)[0]));
        return list;
    };
    const std::vector<double> both{120, 24};
    CHECK(numbers(grad(loss, {p, q})) == both);
    CHECK(numbers(grad(loss, std::vector{p, q})) == both);
    CHECK(numbers(grad(loss, std::array{p, q})) == both);
    CHECK(numbers(grad(loss, {p})) == std::vector<double>{120});
    CHECK(tape.view(grad(loss, q))[0] == 24);
    const nn::Linear model(3, 1, Rng{0});
    const Var out = sum(model(reshape(x, {1, 3})));
    const Vars by_model = grad(out, model), by_list = grad(out, model.parameters());
    REQUIRE(by_model.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) CHECK(are(by_model[i], Tensor(tape.view(by_list[i]))));
    CHECK(are(by_model[0], Tensor({1, 3}, {1, 2, 3})));
    CHECK(numbers(grad(loss, {p, q, p})).size() == 3);
}

TEST_CASE_FIXTURE(Room, "directions: a Parameter is the leaf that stands for it, beside a Var as well") {
    const Parameter p("p", point);
    const Var leaf = tape.use(p), of_p = leaf * leaf * leaf + x;
    CHECK(are(vjp(of_p, p, v), Tensor({3}, {3, 0, -27})));  // 3 p² v
    CHECK(are(jvp(of_p, p, v), Tensor({3}, {3, 0, -27})));
    CHECK(are(hvp(sum(of_p), p, v), Tensor({3}, {6, 0, -18})));  // 6 p v
    const Vars both = grad(sum(of_p * x), {x, p});               // p³ + 2 x and 3 p² x
    REQUIRE(both.size() == 2);
    CHECK(are(both[0], Tensor({3}, {3, 12, 33})));
    CHECK(are(both[1], Tensor({3}, {3, 24, 81})));
    CHECK(are(grad(sum(x), {p, x})[0], Tensor({3})));  // zeros where it has no influence
    CHECK(contains(error_of([&] { grad(sum(x), {x, point}); }), "numbers of shape [3]"));
    CHECK(contains(error_of([&] { grad(Var(), {x, p}); }), "grad: "));
}

TEST_CASE("a Var is a handle: its bytes are copied, and it is assigned to where it has a name") {
    static_assert(std::is_trivially_copyable_v<Var> && std::is_trivially_destructible_v<Var>);
    static_assert(std::is_assignable_v<Var&, Var> && !std::is_assignable_v<Var, Var>);
    static_assert(!std::is_constructible_v<bool, Var>);
}

TEST_SUITE_END();
