// tests/autodiff/arena_test.cpp — a workspace in memory that a caller hands in: asked for to the byte, and then no operator new
#include <doctest/doctest.h>

#include "nn/mlp.hpp"
#include "ode/solve.hpp"
#include "optim/adam.hpp"
#include "tests/autodiff/laws.hpp"
#include "tests/autodiff/recorded_field.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/error_of.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// As many bytes as wanted, from a cache line on.
struct Bytes {
    explicit Bytes(Index bytes) : lines(static_cast<std::size_t>(bytes) / line_bytes + 1), count(bytes) {}
    std::span<std::byte> all() { return {lines[0].bytes, static_cast<std::size_t>(count)}; }

private:
    struct alignas(line_bytes) Line {
        std::byte bytes[line_bytes];
    };
    std::vector<Line> lines;
    Index count;
};

// All stages, tile by tile, and their sums; the last rates and z̄ of each tile lie in `seen`.
void run_stages(Workspace& w, const Program& p, const LayoutSize& size, std::span<const double> weights,
                std::span<Real> seen) {
    w.prepare(p, size);
    w.prologue();
    w.clear(0);
    Index at = 0;
    for (Index first = 0; first < size.rows; first += w.size().tile) {
        w.begin_tile(first, std::min(w.size().tile, size.rows - first));
        const Index n = w.tile_rows() * 2;
        for (int i = 0; i < size.stages; ++i) {
            w.set_time(0, i, Real(0.25) * Real(i));
            for (Index k = 0; k < n; ++k) {
                w.state(0, i)[k] = Real(0.125) * Real(k + i);
                w.cotangent(0, i)[k] = Real(1) - Real(0.5) * Real(k);
            }
            w.forward(i);
            w.reverse(i);
        }
        w.accumulate(0, size.stages, weights.data());
        for (int n_stages = 1; n_stages <= size.stages; ++n_stages) w.accumulate(0, n_stages);  // in any number
        std::copy_n(w.reverse_result(0, size.stages - 1), n, seen.data() + at);
        at += n;
    }
    w.finish();
    const View sums = w.summed(0);
    std::copy_n(sums.data, sums.size(), seen.data() + at);
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("a workspace takes as many bytes of a caller's memory as were asked for, and asks for no others") {
    const double weights[] = {0.5, 2, -1, 0.25};
    for (const Index recorded : {2, 4})
        for (const Index rows : {1, 4, 33, 100})
            for (const int stages : {1, 4})
                for (const Index tile : {Index(0), range_length(rows)}) {
                    const Program p = recorded_field(recorded);
                    const LayoutSize size{.rows = rows, .tile = tile, .parts = 2, .stages = stages};
                    std::vector<Real> right(static_cast<std::size_t>(2 * rows + 4)), got = right;
                    Workspace of_the_heap;
                    run_stages(of_the_heap, p, size, weights, right);
                    Bytes memory(bytes(p, size));
                    CAPTURE(rows);
                    CAPTURE(stages);
                    Arena arena(memory.all());
                    {
                        const NoMoreMemory stopped;
                        Workspace w(arena);
                        run_stages(w, p, size, weights, got);
                        run_stages(w, p, size, weights, got);
                    }
                    CHECK(arena.most() == memory.all().size());
                    CHECK(std::memcmp(right.data(), got.data(), right.size() * sizeof(Real)) == 0);
                    Arena one_less(memory.all().first(memory.all().size() - 1));
                    Workspace w(one_less);
                    CHECK_THROWS_AS(w.prepare(p, size), Error);
                    CHECK_THROWS_AS(w.prepare(p, size), Error);  // it has not become prepared by that
                }
}

TEST_CASE("memory that is too small, or begins anywhere, is an error that says what is needed") {
    const Program p = recorded_field(4);
    const LayoutSize size{.rows = 4, .stages = 4};
    const Index needed = bytes(p, size);
    Bytes memory(needed + 8);
    const auto prepared = [&](std::span<std::byte> in) {
        return error_of([&] {
            Arena arena(in);
            Workspace w(arena);
            w.prepare(p, size);
        });
    };
    CHECK(prepared(memory.all().first(static_cast<std::size_t>(needed))).empty());
    const std::string text = prepared(memory.all().first(static_cast<std::size_t>(needed) - 1));
    CHECK(contains(text, "workspace: the memory that was handed in is too small"));
    CHECK(contains(text, "got       " + std::to_string(needed - 1) + " bytes"));
    CHECK(contains(text, "expected  " + std::to_string(needed) + ", for 4 rows and 4 stages"));
    CHECK(contains(text, "try       bytes(program, size)"));
    CHECK(contains(prepared(memory.all().subspan(1)), "begins between two cache lines"));
    Arena arena(memory.all().first(static_cast<std::size_t>(needed)));
    Workspace w(arena);
    CHECK_THROWS_AS(w.prepare(p, {.rows = 40, .stages = 4}), Error);
    w.prepare(p, size);  // nothing is left of the attempt
    CHECK(static_cast<Index>(arena.most()) == needed);
}

TEST_CASE("workspaces lie behind each other in one arena, and one that changes its size takes its own place again") {
    const double weights[] = {1, 1};
    const Program p = recorded_field(4);
    const LayoutSize small{.rows = 4, .stages = 2}, large{.rows = 8, .stages = 2};
    Bytes memory(bytes(p, small) + static_cast<Index>(line_bytes) + bytes(p, large));
    Arena arena(memory.all());
    std::vector<Real> seen(20), again(20);
    int equal = 0;
    const auto count_equal = [&] { equal += std::equal(seen.begin(), seen.begin() + 12, again.begin()); };
    {
        const NoMoreMemory stopped;
        Workspace first(arena), second(arena);
        run_stages(first, p, small, weights, seen);
        for (int k = 0; k < 10; ++k) {
            run_stages(second, p, k % 2 == 0 ? small : large, weights, again);
            if (k % 2 == 0) count_equal();
        }
        run_stages(first, p, small, weights, again);
        count_equal();
    }
    CHECK(equal == 6);
}

TEST_CASE("a workspace that was moved from holds nothing of the arena, and a size that is none is an error") {
    const Program p = recorded_field(4);
    Bytes memory(4 * bytes(p, {.rows = 4}));
    Arena arena(memory.all());
    Workspace a(arena);
    a.prepare(p, {.rows = 4});
    Workspace c = std::move(a);
    a.prepare(p, {.rows = 4, .stages = 2});
    CHECK(a.state(0, 0) != c.state(0, 0));
    static_assert(!std::is_copy_constructible_v<Workspace>);
    CHECK(contains(error_of([&] { bytes(p, {.rows = 4, .parts = 0}); }), "0 parts, 1 stages, 1 steps, 1 sets"));
    CHECK(contains(error_of([&] { bytes(p, {.rows = 4, .stages = -1}); }), "workspace: a size that is none"));
}

TEST_CASE("a training step is replayed in one piece of memory, and Adam learns from it, with the tape's bits") {
    const Tensor x({6, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}), y({6, 1}, {1, 0, 1, 0, 1, 0});
    const auto loss_of = [](const nn::MLP& model, Var in, Var out) { return mean(square(model(in) - out)); };
    const nn::MLP recorded({2, 8, 1}, nn::tanh, Rng{1}), replayed({2, 8, 1}, nn::tanh, Rng{1});
    optim::Adam by_tape(recorded, {.lr = 0.01}), by_program(replayed, {.lr = 0.01});

    Tape tape;
    const Var in[] = {tape.variable(x), tape.variable(y)};
    const Var loss = loss_of(replayed, in[0], in[1]);
    std::vector<Var> results{loss};
    for (const Var& g : grad(loss, replayed.parameters())) results.push_back(g);
    const Program step = compile(tape, in, results);
    std::vector<Tensor> numbers;
    for (const Var& r : results) numbers.emplace_back(r.shape());
    const std::vector<View> inputs{x, y};
    std::vector<MutableView> outputs;
    for (Tensor& n : numbers) outputs.push_back(n.view());
    const std::vector<View> gradients(numbers.begin() + 1, numbers.end());

    Bytes memory(bytes(step, Workspace::size_of_run(step, 1)));
    Arena arena(memory.all());
    {
        const NoMoreMemory stopped;
        Workspace w(arena);
        for (int k = 0; k < 20; ++k) {
            run(step, w, inputs, outputs);
            by_program.step(std::span<const View>(gradients));
        }
    }
    CHECK(arena.most() == memory.all().size());
    for (Tape t; by_tape.steps() < 20; t.rewind()) by_tape.minimise(loss_of(recorded, t.constant(x), t.constant(y)));
    for (std::size_t i = 0; i < recorded.parameters().size(); ++i)
        CHECK(same_bits(recorded.parameters()[i].value(), replayed.parameters()[i].value()));
}

TEST_CASE("a program that solves is refused: a solve's memory is its own") {
    Tape tape;
    const Var z = tape.variable(Tensor({1, 2}, {1, 2}));
    const Var end = ode::solve([](Var, Var at) { return -at; }, z, {0, 1}, {.steps = 2}).end();
    const Program p = compile(tape, Vars(&z, 1), Vars(&end, 1));
    CHECK(contains(error_of([&] { bytes(p); }), "workspace: the memory of an operation is not part of"));
    CHECK(contains(error_of([&] { bytes(p); }), "arena_test.cpp"));
    CHECK(contains(error_of([&] { bytes(p); }), "solve, recorded at"));
}

TEST_SUITE_END();
