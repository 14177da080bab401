// tests/autodiff/program_test.cpp — what compiling a tape promises (that replays have the recorded bits: laws_test.cpp)
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "autodiff/program/statistics.hpp"
#include "core/elementary/elementary.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/autodiff/recorded_field.hpp"
#include "tests/support/allocations.hpp"

using namespace costate;
using namespace costate::test;

namespace {

Index count(const Program& p, const std::string& name) {
    return std::count_if(p.code.begin(), p.code.end(),
                         [&](const Program::Instruction& c) { return operator_of(c.op).name == name; });
}

const Program::Instruction& find(const Program& p, const std::string& name) {
    const auto at = std::find_if(p.code.begin(), p.code.end(),
                                 [&](const Program::Instruction& c) { return operator_of(c.op).name == name; });
    REQUIRE(at != p.code.end());
    return *at;
}

Tensor ran(const Program& p, std::vector<View> inputs, const Shape& shape) {
    Workspace workspace;
    Tensor result(shape);
    const MutableView out[] = {result.view()};
    run(p, workspace, inputs, out);
    return result;
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("dead code is dropped") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2}));
    const Var used = exp(x);
    cos(used) * log(x);
    CHECK(compile(tape, Vars(&x, 1), Vars(&used, 1)).code.size() == 1);
}

TEST_CASE("equal operations are computed once, across separate derivatives, too") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), y = tape.variable(Tensor({2}, {3, 4})), xs[] = {x, y};
    const Var twice = exp(x) * exp(x);
    CHECK(count(compile(tape, xs, Vars(&twice, 1)), "exp") == 1);
    const Var loss = sum(tanh(x * y));
    const Var gradients[] = {grad(loss, x), grad(loss, y)};
    CHECK(count(compile(tape, xs, gradients), "one_minus_square") == 1);
    const Var different[] = {affine(x, 2, 0), affine(x, 2, 1)};
    CHECK(count(compile(tape, xs, different), "affine") == 2);
}

TEST_CASE("a weight is transposed once a run, in the prologue") {
    const RecordedField field(Tensor({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
    CHECK(find(field.program, "transpose").phase == Phase::prologue);
    for (const Program::Instruction& c : field.program.code)
        if (std::strcmp(operator_of(c.op).name, "matmul") == 0 && c.phase == Phase::forward)
            CHECK_FALSE(attributes_as<MatMul>(c.attributes).transpose_b);
}

// y = act(z W + b) with its derivatives, of so many rows
Program layer(Index rows, Index from, Index to, Var (*act)(const Operand&), bool reads_product = false) {
    Tape tape;
    const Var z = tape.variable(Tensor({rows, from}, Real(0.25))), w = tape.variable(Tensor({rows, to}, Real(0.5)));
    const Var W = tape.variable(Tensor({to, from}, Real(0.1))), b = tape.variable(Tensor({to}, Real(0.2)));
    const Var product = matmul(z, W, false, true), y = act(product + b), rate = reads_product ? y + product : y;
    const Var constants[] = {W, b}, xs[] = {z, W, b};
    const Vars back = vjp(Vars(&rate, 1), xs, Vars(&w, 1));
    return compile(tape, {.constants = constants,
                          .states = Vars(&z, 1),
                          .cotangents = Vars(&w, 1),
                          .forward = Vars(&rate, 1),
                          .reverse = back.first(1),
                          .summed = back.subspan(1)});
}

TEST_CASE("a product whose result is only read to add a row is done with it in one pass") {
    const Program p = layer(5, 3, 7, tanh);
    CHECK(count(p, "matmul_add") == 1);
    CHECK(count(p, "add") == 0);
    CHECK(find(p, "matmul_add").phase == Phase::forward);
    const Program both = layer(5, 3, 7, tanh, true);
    CHECK(count(both, "matmul_add") == 0);
    CHECK(count(both, "add") == 2);
}

TEST_CASE("a slope that is only read to be multiplied is never stored") {
    for (const auto act : {&tanh, &sigmoid, &relu}) {
        const Program p = layer(5, 3, 7, act);
        CHECK(count(p, "times_slope") == 1);
        CHECK(count(p, "mul") == 0);
    }
    CHECK(count(layer(5, 3, 7, abs), "times_slope") == 0);
    CHECK(count(layer(5, 3, 7, abs), "mul") == 1);
}

TEST_CASE("a weight that many rows share is packed once a run, from the matrix itself") {
    const Program many = layer(64, 40, 48, tanh);
    CHECK(count(many, "pack") == 2);  // for f, and for the cotangent of z
    CHECK(count(many, "transpose") == 0);
    CHECK(find(many, "pack").phase == Phase::prologue);
    CHECK(many.values[find(many, "pack").first_out].home == Program::Home::once);
    CHECK(count(layer(16, 40, 48, tanh), "pack") == 0);  // too few rows
    CHECK(count(layer(64, 3, 48, tanh), "pack") == 0);   // 3 rows of a weight, and then 3 columns
}

TEST_CASE("a program's statistics: operations, flops, bytes, what is hoisted and fused") {
    const ProgramStatistics s = statistics_of(layer(5, 3, 7, tanh));
    CHECK(s.operations_of(Phase::forward) == 2);  // z W + b, tanh
    CHECK(s.flops_of(Phase::forward) == 5 * 7 * (2 * 3 + 1) + 5 * 7);
    CHECK(s.flops_of(Phase::reverse) == 2 * 5 * 7 + 2 * 5 * 7 * 3);
    CHECK(s.fused == 2);
    CHECK(s.hoisted == 1);  // Wᵀ
    CHECK(s.total_operations() == 1 + 2 + 2 + 2);
    CHECK(s.total_flops() > s.flops_of(Phase::forward) + s.flops_of(Phase::reverse));
    CHECK(s.bytes > static_cast<Index>(sizeof(Real)) * (5 * 3 + 5 * 7 + 7 * 3 + 7));
}

TEST_CASE("the phases: forward needs no reverse, reverse reads what forward kept, sums come last") {
    const RecordedField field(Tensor({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
    const Program& p = field.program;
    const Program::Instruction& tangent = find(p, "tanh");
    CHECK(tangent.phase == Phase::forward);
    CHECK(p.values[tangent.first_out].home == Program::Home::slot);  // the reverse part needs it
    CHECK(find(p, "times_slope").phase == Phase::reverse);
    const Program::Instruction& gradient = p.code.back();
    CHECK(gradient.phase == Phase::sums);
    CHECK(gradient.accumulates);
    CHECK(p.values[gradient.first_out].rows == Rows::row_sum);
    CHECK(p.tileable);
    CHECK(p.merges_stages);
    CHECK(std::is_sorted(p.code.begin(), p.code.end(), [](auto& a, auto& b) { return a.phase < b.phase; }));
}

TEST_CASE("what depends on constants alone runs in the prologue") {
    Tape tape;
    const Var a = tape.variable(Tensor({2}, {1, 2})), z = tape.variable(Tensor({3, 2}));
    const Var y = z * exp(a);
    const Program p = compile(tape, Vars(&a, 1), Vars(&y, 1), Vars(&z, 1));
    CHECK(find(p, "exp").phase == Phase::prologue);
    CHECK(find(p, "mul").phase != Phase::prologue);
}

TEST_CASE("labels: rows stay rows, a mean over them is a row-sum, to subtract it from each couples them") {
    Tape tape;
    const Var z = tape.variable(Tensor({3, 2})), c = tape.constant(Tensor({2, 2}));
    const Var rows = matmul(z, c), total = sum(z, {0}), coupled = z - mean(z, {0}, true);
    const Program p = compile(tape, {}, std::vector<Var>{rows, total}, Vars(&z, 1));
    CHECK(p.values[p.code[0].first_out].rows == Rows::row);
    CHECK(p.values[find(p, "sum").first_out].rows == Rows::row_sum);
    CHECK(p.tileable);
    CHECK_FALSE(compile(tape, {}, Vars(&coupled, 1), Vars(&z, 1)).tileable);
}

TEST_CASE("labels are not guessed from extents: a square weight is not a batch") {
    Tape tape;
    const Var z = tape.variable(Tensor({4, 4})), W = tape.variable(Tensor({4, 4}));
    const Var y = matmul(z, W);
    CHECK(compile(tape, Vars(&W, 1), Vars(&y, 1), Vars(&z, 1)).tileable);
    CHECK_FALSE(compile(tape, Vars(&z, 1), Vars(&y, 1), Vars(&W, 1)).tileable);
}

TEST_CASE("a warm program asks for no memory") {
    Rng rng(3);
    Tape tape;
    const Parameter W("W", random_like(Shape{4, 3}, rng));
    const Tensor data = random_like(Shape{70, 3}, rng);
    const Var z = tape.variable(data);
    const Var loss = mean(square(tanh(matmul(z, tape.use(W), false, true))));
    const Var outputs[] = {loss, grad(loss, W), grad(loss, z)};
    const Program p = compile(tape, {}, outputs, Vars(&z, 1));
    Workspace workspace;
    Tensor results[] = {Tensor(), Tensor({4, 3}), Tensor({70, 3})};
    const MutableView out[] = {results[0].view(), results[1].view(), results[2].view()};
    const View in[] = {data.view()};
    run(p, workspace, in, out);
    CHECK(allocations_in([&] { run(p, workspace, in, out); }) == 0);
}

TEST_CASE("a constant that is listed is bound anew; one that is not keeps its recorded numbers") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), c = tape.constant(Tensor({2}, {3, 4}));
    const Var y = x * c;
    const Tensor one({2}, {1, 1}), five({2}, {5, 5});
    const Var both[] = {x, c};
    CHECK(ran(compile(tape, both, Vars(&y, 1)), {one.view(), five.view()}, {2}) == five);
    CHECK(ran(compile(tape, Vars(&x, 1), Vars(&y, 1)), {five.view()}, {2}) == Tensor({2}, {15, 20}));
}

TEST_CASE("a parameter is read anew in every run") {
    Tape tape;
    const Parameter p("p", Tensor({2}, {1, 2}));
    const Var y = square(tape.use(p));
    const Program program = compile(tape, {}, Vars(&y, 1));
    CHECK(ran(program, {}, {2}) == Tensor({2}, {1, 4}));
    p.edit()[0] = 5;
    CHECK(ran(program, {}, {2}) == Tensor({2}, {25, 4}));
}

TEST_CASE("a program outlives its tape") {
    Program program;
    {
        Tape tape;
        const Var x = tape.variable(Tensor({2}, {1, 2})), y = exp(x) * 0.0 + 3.0;
        program = compile(tape, Vars(&x, 1), Vars(&y, 1));
    }
    CHECK(ran(program, {Tensor({2}).view()}, {2}) == Tensor({2}, {3, 3}));
}

TEST_CASE("the number of rows is a run-time argument: fewer and more than recorded") {
    Rng rng(4);
    const Parameter W("W", random_like(Shape{4, 3}, rng));
    const auto outputs_of_rows = [&](Tape& tape, Var z) {
        const Var y = tanh(matmul(z, tape.use(W), false, true)), loss = mean(square(y));
        return std::vector<Var>{y, grad(loss, W), grad(loss, z)};
    };
    Tape tape;
    const Var z = tape.variable(random_like(Shape{40, 3}, rng));
    const Program p = compile(tape, {}, outputs_of_rows(tape, z), Vars(&z, 1));
    Workspace workspace;
    for (const Index rows : {7, 40, 300, 2}) {
        CAPTURE(rows);
        const Tensor data = random_like(Shape{rows, 3}, rng);
        Tape again;
        const std::vector<Var> expected = outputs_of_rows(again, again.variable(data));
        Tensor results[] = {Tensor({rows, 4}), Tensor({4, 3}), Tensor({rows, 3})};
        const MutableView out[] = {results[0].view(), results[1].view(), results[2].view()};
        const View in[] = {data.view()};
        run(p, workspace, in, out);
        for (std::size_t i = 0; i < 3; ++i) CHECK(results[i] == Tensor(again.view(expected[i])));
    }
}

TEST_CASE("a workspace notices another program in the place of the last one") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(1)), twice = x * 2.0, thrice = x * 3.0;
    Workspace workspace;
    Program p = compile(tape, Vars(&x, 1), Vars(&twice, 1));
    Tensor one = Tensor::scalar(1), result;
    const View in[] = {one.view()};
    const MutableView out[] = {result.view()};
    run(p, workspace, in, out);
    p = compile(tape, Vars(&x, 1), Vars(&thrice, 1));
    run(p, workspace, in, out);
    CHECK(result.item() == 3);
}

TEST_CASE("an input may be a computed value: what made it is not part of the program") {
    Tape tape;
    const Var x = tape.variable(Tensor::scalar(1)), middle = exp(x), y = middle * 2.0;
    const Program p = compile(tape, Vars(&middle, 1), Vars(&y, 1));
    CHECK(p.code.size() == 1);
    CHECK(ran(p, {Tensor::scalar(5).view()}, {}).item() == 10);
}

TEST_CASE("a result that is always 0, an input as a result, and one result twice") {
    Tape tape;
    const Var x = tape.variable(Tensor({2}, {1, 2})), y = exp(x);
    const Var outputs[] = {Var(), x, y, y};
    const Program p = compile(tape, Vars(&x, 1), outputs);
    Workspace workspace;
    Tensor results[] = {Tensor({2}, Real(9)), Tensor({2}), Tensor({2}), Tensor({2})};
    const MutableView out[] = {results[0].view(), results[1].view(), results[2].view(), results[3].view()};
    const Tensor input({2}, {3, 4});
    const View in[] = {input.view()};
    run(p, workspace, in, out);
    CHECK(results[0] == Tensor({2}));
    CHECK(results[1] == input);
    CHECK(results[2] == results[3]);
    CHECK(results[2][0] == elementary::exp(Real(3)));
}

TEST_SUITE_END();
