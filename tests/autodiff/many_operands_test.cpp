// tests/autodiff/many_operands_test.cpp — an operator may have any number of operands: each is treated as the first is
#include <doctest/doctest.h>

#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// y = Σ (i + 1) x_i, with a row rule: a user's operator with any number of operands
struct Weighted {
    static constexpr const char* name = "test: weighted";
    static constexpr bool general = true;
    bool operator==(const Weighted&) const = default;
    void eval(std::span<const View> in, std::span<const MutableView> out, const Evaluation&) const {
        std::fill_n(out[0].data, out[0].size(), Real(0));
        for (std::size_t i = 0; i < in.size(); ++i)
            for (Index j = 0; j < out[0].size(); ++j) out[0][j] += static_cast<Real>(i + 1) * in[i][j];
    }
    void jvp(std::span<const Var>, std::span<const Var>, std::span<const Var> d_in, std::span<Var> d_out) const {
        for (std::size_t i = 0; i < d_in.size(); ++i) d_out[0] = d_out[0] + affine(d_in[i], double(i + 1), 0);
    }
    void vjp(std::span<const Var>, std::span<const Var>, std::span<const Var> g_out, Needs wanted,
             std::span<Var> g_in) const {
        for (std::size_t i = 0; i < g_in.size(); ++i)
            if (needs(wanted, i)) g_in[i] = affine(g_out[0], double(i + 1), 0);
    }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return elementwise_rows(in, y); }
};

struct Many {
    const char* name;
    std::function<Var(Vars)> f;
};
const Many operators[] = {
    {"concatenate", [](Vars x) { return concatenate(x, 1); }},
    {"sum_of", [](Vars x) { return x.size() == 1 ? affine(x[0], 1, 0) : sum_of(x); }},
    {"a user's",
     [](Vars x) {
         const Shape shape = x[0].shape();
         return record_general(x[0].tape(), Weighted{}, x, std::span(&shape, 1))[0];
     }},
};

// Each operand is a row operand z or a constant aligned with the rows, in turn: n of them from 4 inputs.
std::vector<Var> operands(Vars x, std::size_t n) {  // x: z, y (rows), c, d (aligned)
    std::vector<Var> list;
    for (std::size_t i = 0; i < n; ++i) list.push_back(i % 3 == 0 ? affine(x[0], 1, double(i)) : x[1 + i % 3]);
    return list;
}

template <class Law>
void for_many_operands(Law law) {
    for (const Many& op : operators)
        for (const std::size_t n : {1u, 2u, 31u, 32u, 33u, 64u, 65u, 200u}) {
            const std::string name = op.name;
            CAPTURE(name);
            CAPTURE(n);
            law(op, n);
        }
}

std::vector<Shape> shapes_of(Index rows) { return {{rows, 2}, {rows, 2}, {rows, 2}, {rows, 2}}; }

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("any number of operands: each has its derivative, and is asked for it only when it is needed") {
    for_many_operands([](const Many& op, std::size_t n) {
        Rng rng(n);
        const std::vector<Shape> shapes(n, Shape{3, 2});
        const Tensors point = random_like(shapes, rng), dx = random_like(shapes, rng);
        Recorded r(op.f, point);
        const Tensors gy{random_like(r.y.shape(), rng)};
        const std::vector<Var> tangents = r.constants(dx), seed = r.constants(gy);
        const Vars y(&r.y, 1);
        const Tensors jdx = r.numbers(jvp(y, r.x, tangents), y), gx = r.numbers(vjp(y, r.x, seed), r.x);
        CHECK(std::abs(dot(gy, jdx) - dot(gx, dx)) <= (is_double ? 1e-12 : 1e-5) * (1 + norm(gy) * norm(jdx)));
        for (const std::size_t i : {std::size_t(0), n / 2, n - 1}) {  // one alone: the same numbers
            const Vars alone = vjp(y, Vars(&r.x[i], 1), seed);
            CHECK(same_bits(Tensor(r.tape.view(alone[0])), gx[i]));
        }
    });
}

TEST_CASE("any number of operands: a replay has the recorded bits, whole and in tiles, aligned constants included") {
    for_many_operands([](const Many& op, std::size_t n) {
        const auto build = [&](Vars x) { return tanh(op.f(operands(x, n))) * 1.5; };
        for (const Index rows : {5, 70, 300}) {
            CAPTURE(rows);
            Rng rng(n);
            const Tensors point = random_like(shapes_of(rows), rng), other = random_like(shapes_of(rows), rng);
            bool tileable = false;
            CHECK(replay_differs(build, point, other, 0) == -1);
            CHECK(replay_differs(build, point, other, 3, &tileable) == -1);
            CHECK(tileable);
        }
    });
}

TEST_CASE(
    "any number of operands: a constant among them is read row by row in a stage's forward part and in its sums") {
    for_many_operands([](const Many& op, std::size_t n) {
        const Index rows = 129;
        Rng rng(n);
        const Tensors point = random_like(shapes_of(rows), rng);
        Tape tape;
        std::vector<Var> x;
        for (const Tensor& t : point) x.push_back(tape.variable(t));
        const Var f = op.f(operands(x, n)), total = sum(square(f), {0});
        const Program p = compile(tape, {.constants = Vars(x).subspan(2),
                                         .states = Vars(x).first(2),
                                         .forward = Vars(&f, 1),
                                         .summed = Vars(&total, 1)});
        REQUIRE(p.tileable);
        Workspace w;
        w.prepare(p, {.rows = rows, .tile = range_length(rows), .stages = 1});
        w.bind(0, point[2]);
        w.bind(1, point[3]);
        w.prologue();
        w.clear(0);
        const Index row = f.shape().row_size();
        for (Index first = 0; first < rows; first += w.size().tile) {
            w.begin_tile(first, std::min(w.size().tile, rows - first));
            for (std::size_t i = 0; i < 2; ++i)
                std::copy_n(point[i].data() + 2 * first, 2 * w.tile_rows(), w.state(i, 0));
            w.forward(0);
            w.accumulate(0, 1);
            CHECK(std::equal(w.forward_result(0, 0), w.forward_result(0, 0) + w.tile_rows() * row,
                             tape.view(f).data + first * row));
        }
        w.finish();
        CHECK(same_bits(Tensor(w.summed(0)), Tensor(tape.view(total))));
    });
}

TEST_SUITE_END();
