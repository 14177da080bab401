// tests/autodiff/print_test.cpp — how tapes and programs print, to the letter
#include "autodiff/print.hpp"

#include <doctest/doctest.h>

#include "autodiff/operators.hpp"
#include "autodiff/program/workspace.hpp"

using namespace costate;

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a tape as text: a line for each value") {
    Tape tape;
    const Parameter W("W", Tensor({3}, {1, 2, 3}));
    const Var x = tape.variable(Tensor::scalar(2));
    const Var total = sum(x * tape.use(W));
    total + Tensor({10});
    CHECK("\n" + to_text(tape) == R"(
#  operation    operands  shape  value
0  variable               []     2
1  parameter W            [3]    [1, 2, 3]
2  mul          0 1       [3]    [2, 4, 6]
3  sum          2         []     12
4  constant               [10]   10 numbers from 0 to 0
5  add          3 4       [10]   10 numbers from 12 to 12
)");
}

TEST_CASE("a tape without numbers, and one with lifted values, print, too") {
    Tape outer, inner(&outer);
    const Var a = outer.variable(Tensor::scalar(2));
    inner.set_evaluating(false);
    exp(inner.bring(a));
    CHECK("\n" + to_text(inner) == R"(
#  operation  operands  shape  value
0  lifted 0             []     2
1  exp        0         []     not computed
)");
}

TEST_CASE("a tape as a drawing: value | gradient, only what the loss was made of") {
    Tape tape;
    const Var a = tape.variable(Tensor::scalar(2)), b = tape.variable(Tensor::scalar(-3));
    const Var c = a * b, loss = c + a;
    const Var xs[] = {a, b, c, loss};
    CHECK("\n" + to_graphviz(tape, {.of = loss, .xs = xs, .gradients = grad(loss, xs)}) == R"(
digraph tape {
  rankdir=LR;
  node [shape=record];
  v0 [label="variable | 2 | -2"];
  v1 [label="variable | -3 | 2"];
  v2 [label="mul | -6 | 1"];
  v0 -> v2;
  v1 -> v2;
  v3 [label="add | -4 | 1"];
  v2 -> v3;
  v0 -> v3;
}
)");
}

TEST_CASE("a drawing without gradients shows the whole tape; names are escaped") {
    Tape tape;
    exp(tape.use(Parameter("a|b\"", Tensor::scalar(0))));
    CHECK("\n" + to_graphviz(tape) == R"(
digraph tape {
  rankdir=LR;
  node [shape=record];
  v0 [label="parameter a\|b\" | 0"];
  v1 [label="exp | 1"];
  v0 -> v1;
}
)");
}

TEST_CASE("a drawing calls values by the names that it is given") {
    Tape tape;
    const Var a = tape.variable(3.0), b = a + a;
    CHECK("\n" + to_graphviz(tape, {.names = {{b, "b"}}}) == R"(
digraph tape {
  rankdir=LR;
  node [shape=record];
  v0 [label="variable | 3"];
  v1 [label="b: add | 6"];
  v0 -> v1;
  v0 -> v1;
}
)");
}

TEST_CASE("printing does not taint") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(2));
    to_text(tape);
    to_graphviz(tape);
    const Var y = exp(x);
    CHECK(compile(tape, Vars(&x, 1), Vars(&y, 1)).code.size() == 1);
}

TEST_CASE("a program as text: phase by phase, with rows, home, flops and bytes") {
    Tape tape;
    const Parameter W("W", Tensor({2, 3}));
    const Var x = tape.variable(Tensor({4, 3}));
    const Var loss = sum(square(matmul(x, tape.use(W), false, true))), outputs[] = {loss, grad(loss, W)};
    const std::string text = to_text(compile(tape, {}, outputs, Vars(&x, 1)));
    if (sizeof(Real) == 4) return;  // the bytes are others
    CHECK("\n" + text == R"(
#  operation  operands  shape  rows     home     flops  bytes
0  state                [4,3]  row      slot            96
1  parameter            [2,3]  shared   once            48
prologue  7 flops
2  transpose  1         [3,2]  shared   once     6      48
6  fill                 []     shared   once     1      8
sums  121 flops
3  matmul     0 2       [4,2]  row      scratch  48     64
4  square     3         [4,2]  row      scratch  8      64
5  sum +=     4         []     row_sum  sum      1      8
7  affine     3         [4,2]  row      scratch  8      64
8  mul        6 7       [4,2]  row      scratch  8      64
9  matmul +=  8 0       [2,3]  row_sum  sum      48     48
total  8 operations, 2 of them once a run; 0 fused; 128 flops, 512 bytes with 4 rows; rows run in tiles
)");
}

TEST_SUITE_END();
