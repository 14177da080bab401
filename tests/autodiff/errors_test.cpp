// tests/autodiff/errors_test.cpp — every error of this folder, by the line that says what is wrong
#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

template <class Action>
std::string what_of(Action action) {  // the first line: what is wrong
    const std::string text = error_of(action);
    return text.substr(0, text.find('\n'));
}

struct Room {  // a tape with a few values on it
    Tape tape, other;
    Var x = tape.variable(Tensor({2, 3}, {1, 2, 3, 4, 5, 6})), v = tape.variable(Tensor({3}, {1, 2, 3}));
    Var s = tape.variable(Tensor::scalar(2)), foreign = other.variable(Tensor({3}));
    Var list(std::initializer_list<double> numbers) { return tape.constant(Tensor({Index(numbers.size())}, numbers)); }
};

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE_FIXTURE(Room, "errors of a Var: what cannot be read") {
    CHECK(what_of([&] { Var().value(); }) == "value: a zero Var has no numbers");
    CHECK(what_of([&] { x.item(); }) == "item: the Var is not a single number");
    tape.set_evaluating(false);
    const Var noted = x + x;
    CHECK(what_of([&] { noted.value(); }) == "value: this tape notes operations without computing them");
}

TEST_CASE_FIXTURE(Room, "errors of recording: Vars that do not belong there") {
    CHECK(what_of([&] { x + foreign; }) == "tape: a Var of another tape");
    CHECK(what_of([&] { foreign + x; }) == "tape: a Var of another tape");
    CHECK(what_of([&] { where(Var(), x, x); }) == "tape: an operand is a zero Var");
    CHECK(what_of([&] { x / Var(); }) == "tape: an operand is a zero Var");
    CHECK(what_of([&] { exp(Var()); }) == "exp: no operand lies on a tape");
    CHECK(what_of([&] { max(Var(), {0}); }) == "max: no operand lies on a tape");
    CHECK(what_of([&] { logsumexp(Var()); }) == "logsumexp: no operand lies on a tape");
    CHECK(what_of([&] { concatenate({x, Var()}, 0); }) == "tape: an operand is a zero Var");
    tape.rewind();
    CHECK(what_of([&] { exp(x); }) == "tape: this Var is stale");
    CHECK(what_of([&] { x.value(); }) == "tape: this Var is stale");
}

TEST_CASE_FIXTURE(Room, "errors of shapes: elementwise") {
    CHECK(what_of([&] { x + list({1, 2}); }) == "add: the shapes do not broadcast");
    CHECK(what_of([&] { where(x, v, list({1, 2})); }) == "where: the shapes do not broadcast");
    CHECK(what_of([&] { sum_of(std::vector<Var>{x, v}); }) == "sum_of: the shapes differ");
    CHECK(what_of([&] { clamp(x, 1, 0); }) == "clamp: the limits are in the wrong order");
    CHECK(what_of([&] { clamp(x, 0, std::nan("")); }) == "clamp: the limits are in the wrong order");
}

TEST_CASE_FIXTURE(Room, "errors of shapes: matmul") {
    CHECK(what_of([&] { matmul(x, x); }) == "matmul: the inner sizes differ");
    CHECK(what_of([&] { matmul(x, v); }) == "matmul: the ranks do not fit");
    CHECK(what_of([&] { matmul(v, v); }) == "matmul: the ranks do not fit");
    const Var two = tape.constant(Tensor({2, 3, 3})), three = tape.constant(Tensor({3, 3, 3}));
    CHECK(what_of([&] { matmul(two, three); }) == "matmul: the leading axes differ");
}

TEST_CASE_FIXTURE(Room, "errors of shapes: what moves entries") {
    CHECK(what_of([&] { reshape(x, {4}); }) == "reshape: the number of entries would change");
    CHECK(what_of([&] { permute(x, {0, 0}); }) == "permute: not a permutation of the axes");
    CHECK(what_of([&] { permute(x, {0}); }) == "permute: not a permutation of the axes");
    CHECK(what_of([&] { transpose(v); }) == "transpose: fewer than two axes");
    CHECK(what_of([&] { broadcast_to(x, {3}); }) == "broadcast_to: the shape does not fit");
    CHECK(what_of([&] { sum_to(v, {2}); }) == "sum_to: the shape does not fit");
    CHECK(what_of([&] { slice(x, 1, 2, 2); }) == "slice: outside the tensor");
    CHECK(what_of([&] { slice(x, 1, -1, 2); }) == "slice: outside the tensor");
    CHECK(what_of([&] { slice(x, 2, 0, 1); }) == "slice: no such axis");
    CHECK(what_of([&] { sum(x, {-3}); }) == "sum: no such axis");
    CHECK(what_of([&] { pad(x, 0, -1, 0); }) == "pad: a number of zeros is out of range");
    CHECK(what_of([&] { concatenate({x, v}, 0); }) == "concatenate: the other axes differ");
    CHECK(what_of([&] { concatenate({x, transpose(x)}, 0); }) == "concatenate: the other axes differ");
    CHECK(what_of([&] { gather(x, x, 0); }) == "gather: the index is not a list");
    CHECK(what_of([&] { gather(x, list({2}), 0); }) == "gather: an index is not a place on the axis");
    CHECK(what_of([&] { gather(x, list({0.5}), 0); }) == "gather: an index is not a place on the axis");
    CHECK(what_of([&] { gather(x, list({std::nan("")}), 0); }) == "gather: an index is not a place on the axis");
    CHECK(what_of([&] { scatter_add(x, list({0}), 0, 5); }) == "scatter_add: one index for each entry of the axis");
    CHECK(what_of([&] { scatter_add(x, list({0, 5}), 0, 5); }) == "scatter_add: an index is not a place on the axis");
}

TEST_CASE_FIXTURE(Room, "errors of derivatives") {
    CHECK(what_of([&] { grad(x, x); }) == "grad: y is not a single number");
    CHECK(what_of([&] { grad(Var(), x); }) == "grad: y is not a single number");
    CHECK(what_of([&] { grad(sum(x), foreign); }) == "derivative: a Var of another tape");
    CHECK(what_of([&] { vjp(x, x, v); }) == "vjp: a cotangent: the shape does not fit");
    CHECK(what_of([&] { jvp(x, x, v); }) == "jvp: a tangent: the shape does not fit");
    CHECK(what_of([&] { laplacian(sum(x), x); }) == "laplacian: x must hold one point in each row");
    CHECK(what_of([&] { laplacian(v, v); }) == "laplacian: x must hold one point in each row");
    const Parameter p("p", Tensor({3}));
    const Var loss = sum(tape.use(p) * v);
    p.edit()[0] = 1;
    CHECK(what_of([&] { grad(loss, v); }) == "grad: a parameter was changed after it was recorded");
}

TEST_CASE_FIXTURE(Room, "errors of compiling") {
    const Var y = exp(x) * v;
    CHECK(what_of([&] { compile(tape, Vars(&x, 1), Vars(&y, 1)); }) == "compile: a variable is not among the inputs");
    const Var inputs[] = {x, v};
    const char* not_here = "compile: an input or a result is not on the tape";
    CHECK(what_of([&] { compile(tape, Vars(&foreign, 1), Vars(&y, 1)); }) == not_here);
    CHECK(what_of([&] { compile(tape, inputs, Vars(&foreign, 1)); }) == not_here);
    y.value();
    const Var after = sin(y);
    CHECK(what_of([&] { compile(tape, inputs, Vars(&after, 1)); }) ==
          "compile: a value was read before this operation was recorded");
}

TEST_CASE_FIXTURE(Room, "errors of running: what does not fit") {
    const Var y = x * 2.0, mixed = x - sum(x, {0});
    const Program p = compile(tape, {}, Vars(&y, 1), Vars(&x, 1)),
                  coupled = compile(tape, {}, Vars(&mixed, 1), Vars(&x, 1));
    Workspace workspace;
    Tensor five({5, 3}), wide({5, 4});
    const View in[] = {five.view()}, wrong[] = {wide.view()}, none[] = {{}};
    const MutableView out[] = {five.view()}, small[] = {MutableView{five.data(), {2, 3}}};
    CHECK(what_of([&] { run(p, workspace, std::span(none, 0), out); }) == "run: the number of inputs does not fit");
    CHECK(what_of([&] { run(p, workspace, std::span(in, 1).subspan(0, 1), small); }) ==
          "run: an output's size does not fit");
    CHECK(contains(error_of([&] { run(coupled, workspace, in, out); }), "the program mixes its rows"));
    const Var c = tape.constant(Tensor({3})), z = x * c;
    const Program q = compile(tape, Vars(&c, 1), Vars(&z, 1), Vars(&x, 1));
    const View swapped[] = {wide.view(), five.view()};
    CHECK(what_of([&] { run(q, workspace, swapped, out); }) == "run: an input's shape does not fit");
    CHECK(what_of([&] { run(p, workspace, wrong, out); }) == "run: an input's shape does not fit");
}

TEST_CASE("an error names the line that called") {
    Room r;
    const std::string text = error_of([&] { slice(r.x, 1, 2, 2); });
    CHECK(contains(text, "tests/autodiff/errors_test.cpp:" + std::to_string(__LINE__ - 1)));
}

TEST_SUITE_END();
