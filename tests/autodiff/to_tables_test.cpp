// tests/autodiff/to_tables_test.cpp — a Program as tables: its replay without a tape has the workspace's bits
#include <doctest/doctest.h>

#include <set>

#include "autodiff/program/to_tables.hpp"
#include "autodiff/replay/replay.hpp"
#include "ode/solve.hpp"
#include "tests/autodiff/cases.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/autodiff/recorded_field.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// All of a program once, as run(program, workspace, in, out) does it.
void run_tables(const Program& program, std::span<const View> in, std::span<const MutableView> out) {
    const HeldTables held(program);
    const Tables& tables = held.tables();
    std::vector<Real> p, memory(static_cast<std::size_t>(tables.numbers), Real(7));
    const std::size_t constants = in.size() - tables.states.size();
    for (const View& x : in.first(constants)) p.insert(p.end(), x.entries().begin(), x.entries().end());
    for (const Parameter& w : program.parameters) {
        const Tensor value = w.value();
        p.insert(p.end(), value.entries().begin(), value.entries().end());
    }
    Replay replay(tables, memory);
    replay.begin(p.data());
    for (std::size_t i = constants; i < in.size(); ++i)
        std::copy_n(in[i].data, in[i].size(), replay.state(i - constants, 0));
    replay.forward(0);
    replay.reverse(0);
    replay.sums();
    replay.end();
    for (std::size_t i = 0; i < out.size(); ++i) {
        const View result = replay.summed(i);
        for (Index k = 0; k < out[i].size(); ++k) out[i].data[k] = result.data ? result.data[k] : Real(0);
    }
}

struct Results {
    explicit Results(Vars outputs) {
        for (const Var& v : outputs) numbers.emplace_back(v.is_zero() ? Shape{} : v.shape());
        for (Tensor& t : numbers) views.push_back(t.view());
    }
    Tensors numbers;
    std::vector<MutableView> views;
};

void set_time(Workspace& w, int stage, Real t) { w.set_time(0, stage, t); }
void set_time(Replay& r, int stage, Real t) { *r.time(0, stage) = t; }

// Three stages of a field, forwards and then backwards, and its sums, by a workspace or by a replay.
template <class Runs, class Sums>
std::vector<Real> three_stages(Runs& runs, Sums&& sums) {
    std::vector<Real> seen;
    for (int i = 0; i < 3; ++i) {
        set_time(runs, i, Real(0.25) * Real(i));
        for (int k = 0; k < 8; ++k) runs.state(0, i)[k] = Real(0.125) * Real(k - i);
        runs.forward(i);
        seen.insert(seen.end(), runs.forward_result(0, i), runs.forward_result(0, i) + 8);
    }
    for (int i = 2; i >= 0; --i) {
        for (int k = 0; k < 8; ++k) runs.cotangent(0, i)[k] = Real(1) - Real(0.5) * Real(k + i);
        runs.reverse(i);
        seen.insert(seen.end(), runs.reverse_result(0, i), runs.reverse_result(0, i) + 8);
    }
    const View sum = sums();
    seen.insert(seen.end(), sum.data, sum.data + sum.size());
    return seen;
}
}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("tables: every operator, its gradient and a product with its Hessian have the workspace's bits") {
    Rng rng(11);
    std::set<std::string> met;
    for (const Case& c : operator_cases())
        for (const Index batch : {0, 3}) {  // as it is, and with three rows
            CAPTURE(c.name);
            if (batch > 0 && (c.rows == 0 || c.mixes_rows)) continue;
            const Tensors point = draw_point(shapes_of(c, batch), c.from, rng);
            Recorded r(c.build, point);
            const std::vector<Var> outputs = outputs_of(r, 7);
            const auto [inputs, with_rows, in] = by_rows(r.x, point, batch > 0 ? c.rows : 0);
            const Program program = compile(r.tape, inputs, outputs, with_rows);
            for (const Program::Instruction& i : program.code) met.insert(operator_of(i.op).name);
            Results right(outputs), got(outputs);
            Workspace workspace;
            run(program, workspace, in, right.views);
            run_tables(program, in, got.views);
            for (std::size_t i = 0; i < outputs.size(); ++i) CHECK(same_bits(right.numbers[i], got.numbers[i]));
        }
    CHECK(met.size() > 50);
}

TEST_CASE("tables: the stages of a field, forwards, backwards and summed, have the workspace's bits") {
    const Program program = recorded_field(4);
    Workspace w;
    w.prepare(program, {.rows = 4, .stages = 3});
    w.prologue();
    w.clear(0);
    const std::vector<Real> right = three_stages(w, [&] {
        w.accumulate(0, 3);
        w.finish();
        return w.summed(0);
    });
    const HeldTables held(program, {.stages = 3});
    std::vector<Real> memory(static_cast<std::size_t>(held.tables().numbers));
    Replay replay(held.tables(), memory);
    replay.begin(program.parameters[0].value().data());
    const std::vector<Real> got = three_stages(replay, [&] {
        replay.sums();
        replay.end();
        return replay.summed(0);
    });
    CHECK(right == got);
}

TEST_CASE("tables: what is refused, and what a replay refuses") {
    const Program program = recorded_field(4);
    const HeldTables held(program);
    std::vector<Real> memory(static_cast<std::size_t>(held.tables().numbers) - 1);
    const std::string small = error_of([&] { Replay(held.tables(), memory); });
    CHECK(contains(small, "replay: the memory that was handed in is too small"));
    CHECK(contains(small, "expected  " + std::to_string(held.tables().numbers)));

    Tape tape;
    const Var z = tape.variable(Tensor({1, 2}, {1, 2}));
    const Var end = ode::solve([](Var, Var at) { return -at; }, z, {0, 1}, {.steps = 2}).end();
    const Program solves = compile(tape, Vars(&z, 1), Vars(&end, 1));
    CHECK(contains(error_of([&] { to_tables(solves, "law"); }), "to_tables: an operation that tables cannot have"));
    CHECK(contains(error_of([&] { to_tables(program, "2law"); }), "to_tables: a name that C cannot have"));
    for (const char* name : {"class", "std", "co_await"})
        CHECK(contains(error_of([&] { to_tables(program, name); }), "to_tables: a name that C++ has for itself"));
    for (const int stages : {0, -1, 2'000'000'000})
        CHECK(contains(error_of([&] { HeldTables(program, {.stages = stages}); }), "so many stages have no places"));

    const std::vector<Var> many(65, z);
    const Var wide = concatenate(many, 1);
    const Program by_many = compile(tape, Vars(&z, 1), Vars(&wide, 1));
    CHECK(contains(error_of([&] { to_tables(by_many, "law"); }), "concatenate with 65 operands, recorded at"));
}

TEST_CASE("tables: an operation of many operands") {
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2}, {1, 2}));
    std::vector<Var> scaled;
    for (int k = 0; k < 64; ++k) scaled.push_back(z * Real(k));
    const Var wide = concatenate(scaled, 1);
    const Program program = compile(tape, Vars(&z, 1), Vars(&wide, 1));
    const View in = tape.view(z);
    Results got(Vars(&wide, 1));
    run_tables(program, std::span(&in, 1), got.views);
    CHECK(same_bits(got.numbers[0], Tensor(tape.view(wide))));
}

TEST_CASE("tables: a result that is always 0 has no place, and each of several times has its own") {
    Tape tape;
    const Var s = tape.variable(0.5), t = tape.variable(0.25), b = tape.variable(Tensor({1, 2}, {3, 4}));
    const Var z = tape.variable(Tensor({1, 2}, {1, 2})), f = (s - t) * b, zero{};
    const Var times[] = {s, t};
    const Program p = compile(tape, ProgramSpec{.constants = Vars(&b, 1),
                                                .times = times,
                                                .states = Vars(&z, 1),
                                                .forward = Vars(&f, 1),
                                                .reverse = Vars(&zero, 1)});
    const HeldTables held(p);
    std::vector<Real> memory(static_cast<std::size_t>(held.tables().numbers));
    Replay replay(held.tables(), memory);
    const Real inputs[] = {3, 4};
    replay.begin(inputs);
    *replay.time(0, 0) = 2;
    *replay.time(1, 0) = Real(0.5);
    replay.forward(0);
    CHECK(replay.forward_result(0, 0)[1] == 6);
    CHECK(replay.reverse_result(0, 0) == nullptr);
}

TEST_CASE("tables: the same program is printed as the same text, with operators by their numbers") {
    const std::string text = to_tables(recorded_field(4), "law", {.stages = 3, .weights = true});
    CHECK(text == to_tables(recorded_field(4), "law", {.stages = 3, .weights = true}));
    CHECK(contains(text, "const Evaluator EvaluatorOf<" + std::to_string(number_of("tanh")) + ">::row;  // tanh"));
    CHECK(contains(text, "law_weights{{"));
    CHECK(number_of("add") == 0);  // these stand in files
    CHECK(number_of("tanh") == 31);
    CHECK(number_of("matmul") == 64);
    CHECK(number_of("product_affine") == 80);
}

TEST_SUITE_END();
