// tests/autodiff/tape_test.cpp — what a tape promises: passes, leaves, enclosing tapes, reading, finite checks
#include <doctest/doctest.h>

#include <limits>

#include "autodiff/operators.hpp"
#include "autodiff/program/program.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("recording computes at once") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2}));
    CHECK(Tensor((x * x + 1.0).value()) == Tensor({2}, {2, 5}));
}

TEST_CASE("a leaf copies its numbers; a parameter's leaf looks at them") {
    Tape tape;
    Tensor numbers({2}, {1, 2});
    const Parameter p("p", Tensor({2}, {1, 2}));
    const Var x = tape.variable(numbers);
    const Var leaf = tape.use(p);
    numbers[0] = 7;
    p.edit()[0] = 7;
    CHECK(x.value()[0] == 1);
    CHECK(leaf.value()[0] == 7);
}

TEST_CASE("a parameter has one leaf a pass, whichever copy of it is used") {
    Tape tape;
    const Parameter p("p", Tensor({2}, {1, 2})), same = p, other("p", Tensor({2}, {1, 2}));
    CHECK(tape.use(p).index() == tape.use(same).index());
    CHECK(tape.use(p).index() != tape.use(other).index());
    CHECK(tape.parameters().size() == 2);
}

TEST_CASE("rewind begins a pass that gives the same answers") {
    Tape tape;
    const Parameter p("p", Tensor({2}, {1, 2}));
    std::vector<Tensor> gradients;
    for (int pass = 0; pass < 3; ++pass) {
        tape.rewind();
        gradients.emplace_back(grad(sum(exp(tape.use(p)) * p.value()), p).value());
    }
    CHECK(gradients[0] == gradients[1]);
    CHECK(gradients[0] == gradients[2]);
}

TEST_CASE("a changed parameter is read anew in the next pass") {
    Tape tape;
    const Parameter p("p", Tensor({2}, {1, 2}));
    CHECK(grad(sum(square(tape.use(p))), p).value()[1] == 4);
    p.edit()[1] = 5;
    tape.rewind();
    CHECK(grad(sum(square(tape.use(p))), p).value()[1] == 10);
}

TEST_CASE("a warm pass asks for no memory, gradients included") {
    Tape tape;
    const Parameter W("W", Tensor({3, 2}, {1, 2, 3, 4, 5, 6}));
    const Tensor data({4, 2}, Real(0.25));
    const auto pass = [&] {
        tape.rewind();
        const Var y = tanh(matmul(tape.variable(data), tape.use(W), false, true));
        grad(mean(square(y)), W);
    };
    pass();
    pass();
    CHECK(allocations_in(pass) == 0);
}

TEST_CASE("a chain of 100,000 operations is differentiated without recursion") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(0.5));
    Var y = x;
    for (int i = 0; i < 100'000; ++i) y = affine(y, 1, 1e-5);
    CHECK(grad(y, x).item() == 1);
    CHECK(jvp(y, x, tape.constant(1.0)).item() == 1);
}

TEST_CASE("a number may be a variable") {
    Tape tape;
    const Var t = tape.variable(3.0);
    CHECK(t.shape() == Shape{});
    CHECK(grad(t * t, t).item() == 6);
}

TEST_CASE("zero Vars are absorbed by linear operators") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), zero;
    CHECK((zero + x).index() == x.index());
    CHECK((x + zero).index() == x.index());
    CHECK(Tensor((zero - x).value()) == Tensor({2}, {-1, -2}));
    for (const Var& v :
         {zero * x, x * zero, zero / x, -zero, zero + zero, sum(zero), mean(zero, {0}), reshape(zero, {2}),
          transpose(zero), broadcast_to(zero, {3, 2}), sum_to(zero, {}), slice(zero, 0, 0, 1), pad(zero, 0, 1, 1),
          gather(zero, x, 0), matmul(zero, x), matmul(x, zero), affine(zero, 2, 0), sum_of({})})
        CHECK(v.is_zero());
}

TEST_CASE("a child tape lifts what it uses of the tape around it, once") {
    Tape outer, inner(&outer);
    const Var a = outer.variable(Tensor({2}, {1, 2}));
    const Var b = exp(a);  // on the outer tape
    const Var x = inner.variable(Tensor({2}, {3, 4}));
    const Var y = x * b + b;
    CHECK(&y.tape() == &inner);
    CHECK(&b.tape() == &outer);
    CHECK(inner.bring(b).index() == inner.bring(b).index());
    CHECK(inner.values().size() == 4);  // x, the lifted b, x b, y
    CHECK(Tensor(grad(sum(y), x).value()) == Tensor(b.value()));
}

TEST_CASE("a tape within a tape within a tape lifts level by level") {
    Tape outer, middle(&outer), inner(&middle);
    const Var a = outer.variable(Tensor::scalar(3));
    const Var leaf = inner.bring(a);
    CHECK(leaf.item() == 3);
    REQUIRE(middle.values().size() == 1);
    CHECK(middle.values()[0].kind == Tape::Kind::lifted);
    CHECK(inner.values()[leaf.index()].source == 0);  // of the middle tape
    CHECK((a * inner.variable(Tensor::scalar(2))).item() == 6);
}

TEST_CASE("a parameter used on a child tape is the outer tape's leaf, lifted") {
    Tape outer, inner(&outer);
    const Parameter p("p", Tensor::scalar(2));
    const Var first = inner.use(p), second = inner.use(p);
    CHECK(first.index() == second.index());
    CHECK(inner.values()[first.index()].kind == Tape::Kind::lifted);
    CHECK(outer.parameters().size() == 1);
    CHECK(grad(square(first), first).item() == 4);
}

TEST_CASE("siblings do not see each other") {
    Tape outer, left(&outer), right(&outer);
    const Var l = left.variable(Tensor::scalar(1)), r = right.variable(Tensor::scalar(1));
    CHECK(contains(error_of([&] { l + r; }), "a Var of another tape"));
}

TEST_CASE("reading a value taints what is recorded after it, and the line is known") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(2));
    const Var before = square(x);
    before.item();
    const int line = __LINE__ - 1;
    compile(tape, Vars(&x, 1), Vars(&before, 1));  // recorded before: fine
    const Var after = exp(before);
    const std::string text = error_of([&] { compile(tape, Vars(&x, 1), Vars(&after, 1)); });
    CHECK(contains(text, "tape_test.cpp:" + std::to_string(line)));
    tape.rewind();
    const Var again = tape.variable(Tensor::scalar(2)), fresh = exp(again);
    compile(tape, Vars(&again, 1), Vars(&fresh, 1));  // a pass forgets the reading
}

TEST_CASE("the finite check names the first operation that spoils finite numbers") {
    Tape tape;
    tape.set_finite_check(true);
    const Var x = tape.variable(Tensor({2}, {0, 1}));
    const Var shifted = x + 1.0;
    const std::string text = error_of([&] { log(x) * shifted; });
    CHECK(contains(text, "log: the first operation with a result that is not finite"));
    CHECK(contains(text, "where     tests/autodiff/tape_test.cpp:" + std::to_string(__LINE__ - 2)));
    const Var infinite = tape.constant(Tensor({2}, {std::numeric_limits<double>::infinity(), 1}));
    CHECK(error_of([&] { infinite* shifted; }).empty());  // not the first
}

TEST_CASE("a tape that only notes operations knows their shapes") {
    Tape tape;
    tape.set_evaluating(false);
    const Var x = tape.variable(View{nullptr, {4, 3}});
    CHECK(sum(matmul(x, x, true), {0}).shape() == Shape{3});
}

TEST_SUITE_END();
