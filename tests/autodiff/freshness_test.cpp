// tests/autodiff/freshness_test.cpp — what is stale is an error, never a number: Vars, child tapes, parameters
#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <type_traits>

#include "autodiff/derivatives/check.hpp"
#include "optim/sgd.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

constexpr const char* stale = "tape: this Var is stale";

// Whatever is done with it.
void check_stale(Var v, Tape& here) {
    CHECK(contains(error_of([&] { exp(v); }), stale));
    CHECK(contains(error_of([&] { v + here.constant(1.0); }), stale));
    CHECK(contains(error_of([&] { v.shape(); }), stale));
    CHECK(contains(error_of([&] { v.size(); }), stale));
    CHECK(contains(error_of([&] { v.value(); }), stale));
    CHECK(contains(error_of([&] { reshape(v, {2}); }), stale));  // its own shape: nothing would be recorded
    CHECK(contains(error_of([&] { broadcast_to(v, {2}); }), stale));
    CHECK(contains(error_of([&] { sum(v); }), stale));
    CHECK(contains(error_of([&] { concatenate({v, v}, 0); }), stale));
    CHECK(contains(error_of([&] { grad(v, v); }), stale));
    CHECK(contains(error_of([&] { compile(here, Vars(&v, 1), Vars(&v, 1)); }), stale));
}

Tensor pair_of(double a, double b) { return Tensor({2}, {a, b}); }

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a Var is stale after rewind, also when another value took its place") {
    Tape tape;
    const Var x = tape.variable(pair_of(1, 2));
    tape.rewind();
    check_stale(x, tape);
    tape.variable(pair_of(3, 4));
    check_stale(x, tape);
}

TEST_CASE("a Var is stale on a tape that came to lie where its own was") {
    std::optional<Tape> tape;
    tape.emplace();
    const Var x = tape->variable(pair_of(1, 2));
    tape.reset();
    tape.emplace();
    tape->variable(pair_of(3, 4));
    check_stale(x, *tape);
}

TEST_CASE("a Var of a tape that is gone is stale, and the error says that the tape is") {
    Var x, y;
    Tape other;
    {
        Tape tape;
        x = tape.variable(pair_of(1, 2));
        Tape child(&tape);
        y = child.bring(x) * 2.0;
    }
    check_stale(x, other);
    check_stale(y, other);
    const auto told = [&](auto action) {
        return contains(error_of(action), "a Var of a Tape that has been destroyed");
    };
    CHECK(told([&] { x.item(); }));
    CHECK(told([&] { x.tape(); }));
    CHECK(told([&] { other.bring(x); }));
    CHECK(told([&] { other.constant(1) + x; }));
    CHECK(told([&] { concatenate({other.variable(pair_of(1, 2)), x}, 0); }));
    const Parameter p("p", Tensor::scalar(1));
    CHECK(told([&] { optim::SGD(p).step(x); }));
    CHECK(told([&] { grad(x, p); }));
}

TEST_CASE("tapes that come and go are told apart while others live") {
    Tape first;
    const Var x = first.variable(2.0);
    std::vector<Var> gone;
    for (std::uint32_t i = 0; i < LivingTapes::places + 2; ++i) {
        Tape tape;
        const Var y = tape.constant(1.0);
        if (i % 1000 == 0) gone.push_back(y);
        if (y.has_tape() && x.has_tape()) continue;
        FAIL("tape " << i);
    }
    CHECK(exp(x).shape() == Shape{});
    for (const Var& y : gone) CHECK(contains(error_of([&] { exp(y); }), "destroyed"));
}

TEST_CASE("a Var is stale once its value was cut back; what stood before the mark is not") {
    Tape tape;
    const Var x = tape.variable(pair_of(1, 2));
    const Tape::Mark mark = tape.mark();
    const Var y = exp(x);
    tape.cut_back(mark);
    check_stale(y, tape);
    const Var z = sin(x);
    check_stale(y, tape);
    CHECK(std::abs(double(z.value()[0]) - std::sin(1.0)) < 1e-6);
}

TEST_CASE("a child tape's values are stale once the values that it looks at are") {
    Tape outer;
    const Var x = outer.variable(pair_of(1, 2));
    Tape child(&outer);
    const Var y = child.bring(x) * 2.0;
    const Tape::Mark mark = outer.mark();
    exp(x);
    outer.cut_back(mark);
    CHECK((y + 1.0).value()[0] == 3);  // x is still there
    outer.rewind();
    CHECK(contains(error_of([&] { y + 1.0; }), stale));
    const Var other = outer.variable(pair_of(100, 200));
    CHECK(contains(error_of([&] { y + 1.0; }), stale));
    CHECK(contains(error_of([&] { sum(y * other); }), stale));
    child.rewind();
    CHECK((child.bring(other) * 2.0).value()[0] == 200);
    Tape grandchild(&child);
    const Var z = grandchild.bring(other) * 3.0;
    outer.rewind();
    CHECK(contains(error_of([&] { exp(z); }), stale));
}

TEST_CASE("a parameter that is edited after it was recorded is noticed, also through a view that was kept") {
    const Parameter p("p", pair_of(3, 4));
    const std::string changed = "grad: a parameter was changed after it was recorded";
    Tape tape;
    {
        auto w = p.edit();
        const Var y = sum(square(tape.use(p)));
        CHECK(contains(error_of([&] { grad(y, p); }), "an edit() is still held"));
        w[0] = 100;
        CHECK(contains(error_of([&] { grad(y, p); }), changed));
    }
    CHECK(contains(error_of([&] { grad(sum(square(tape.use(p))), p); }), changed));
    tape.rewind();
    CHECK(grad(sum(square(tape.use(p))), p).value()[0] == 200);
    p.edit();
    CHECK(contains(error_of([&] { grad(sum(square(tape.use(p))), p); }), changed));
    // What points into the numbers cannot be had from an Edit that ends at once.
    static_assert(!std::is_convertible_v<Parameter::Edit, MutableView>);
}

TEST_CASE("a parameter that is edited is noticed through a child tape") {
    const Parameter p("p", pair_of(3, 4));
    Tape outer;
    Tape child(&outer);
    const Var y = sum(square(child.use(p)));
    p.edit()[0] = 100;
    CHECK(contains(error_of([&] { grad(y, child.use(p)); }), "a parameter was changed"));
}

TEST_CASE("a replay reads a parameter as it is, whoever holds an edit of it") {
    const Parameter p("p", pair_of(3, 4));
    Tape tape;
    const Var y = sum(square(tape.use(p))), outputs[] = {y, grad(y, p)};
    const Program program = compile(tape, {}, outputs);
    Workspace workspace;
    Tensor value, gradient({2});
    const MutableView out[] = {value.view(), gradient.view()};
    auto w = p.edit();
    w[0] = 1;
    run(program, workspace, {}, out);
    CHECK(value.item() == 17);
    CHECK(gradient == pair_of(2, 8));
}

TEST_CASE("check_gradients leaves parameters as they were, also when f fails") {
    const Parameter p("p", pair_of(1, 2));
    int calls = 0;
    const auto f = [&](Tape& tape) {
        if (++calls > 2) fail({.what = "test: f fails"});
        return sum(square(tape.use(p)));
    };
    CHECK(contains(error_of([&] { check_gradients(f, std::span(&p, 1)); }), "f fails"));
    CHECK(p.value() == pair_of(1, 2));
}

TEST_SUITE_END();
