// tests/autodiff/stage_results_test.cpp — the results of every stage: also those that no stage changes
#include <doctest/doctest.h>

#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

struct Inputs {  // of one recording or one stage, on its tape
    Var t, z, w, k, c;
    Parameter p;
};
using Results = std::function<std::vector<Var>(const Inputs&)>;

// Which of the spec's lists the results under test are.
enum class As { forward, reverse, summed };

constexpr int stages = 4;
constexpr double weights[stages] = {0.25, 2, -1, 0.5};

struct Point {
    Index rows;
    Tensors z, w;
    Tensor k, c;
    Parameter p{"p", Tensor({3}, {0.5, -1, 2})};

    explicit Point(Index rows_) : rows(rows_) {
        Rng rng(21);
        for (int i = 0; i < stages; ++i) z.push_back(random_like(Shape{rows, 3}, rng));
        for (int i = 0; i < stages; ++i) w.push_back(random_like(Shape{rows, 3}, rng));
        k = random_like(Shape{rows, 3}, rng);
        c = random_like(Shape{3}, rng);
    }
    Inputs on(Tape& tape, int stage) const {
        const std::size_t i = static_cast<std::size_t>(stage);
        return {tape.variable(Tensor::scalar(0.5 * stage)),
                tape.variable(z[i]),
                tape.variable(w[i]),
                tape.variable(k),
                tape.variable(c),
                p};
    }
};

// Every result at every stage (of sums: their weighed sum) in tiles of so many rows, against a tape for each stage.
void check(const Results& results, As as, Index rows, Index tile_rows) {
    const Point point(rows);
    Tape tape;
    const Inputs x = point.on(tape, 0);
    const std::vector<Var> list = results(x);
    const Var constants[] = {x.k, x.c};
    const Program p = compile(tape, {.constants = constants,
                                     .times = Vars(&x.t, 1),
                                     .states = Vars(&x.z, 1),
                                     .cotangents = Vars(&x.w, 1),
                                     .forward = as == As::forward ? Vars(list) : Vars(),
                                     .reverse = as == As::reverse ? Vars(list) : Vars(),
                                     .summed = as == As::summed ? Vars(list) : Vars()});
    Workspace w;
    w.prepare(p, {.rows = rows, .tile = tile_rows, .parts = 2, .stages = stages});
    w.bind(0, point.k);
    w.bind(1, point.c);
    w.prologue();
    w.clear(0);
    std::vector<Tensors> right;
    std::vector<Tensor> sums;
    for (const Var& v : list) sums.emplace_back(v.shape());
    for (int s = 0; s < stages; ++s) {
        Tape again;
        right.emplace_back();
        for (const Var& v : results(point.on(again, s))) right.back().emplace_back(again.view(v));
        for (std::size_t i = 0; i < list.size(); ++i)
            for (Index j = 0; j < sums[i].size(); ++j) sums[i][j] += static_cast<Real>(weights[s]) * right.back()[i][j];
    }
    for (Index first = 0; first < rows; first += w.size().tile) {
        w.begin_tile(first, std::min(w.size().tile, rows - first));
        for (int s = 0; s < stages; ++s) {
            const std::size_t i = static_cast<std::size_t>(s);
            w.set_time(0, s, static_cast<Real>(0.5 * s));
            std::copy_n(point.z[i].data() + first * 3, w.tile_rows() * 3, w.state(0, s));
            std::copy_n(point.w[i].data() + first * 3, w.tile_rows() * 3, w.cotangent(0, s));
        }
        for (int s = 0; s < stages; ++s) w.forward(s);
        for (int s = stages - 1; s >= 0; --s) w.reverse(s);
        w.accumulate(0, stages, weights);
        for (std::size_t i = 0; i < list.size() && as != As::summed; ++i)
            for (int s = 0; s < stages; ++s) {
                CAPTURE(i);
                CAPTURE(s);
                const Real* got = as == As::forward ? w.forward_result(i, s) : w.reverse_result(i, s);
                const View expected = right[static_cast<std::size_t>(s)][i].rows(first, w.tile_rows());
                CHECK(std::equal(expected.entries().begin(), expected.entries().end(), got));
            }
    }
    w.finish();
    const double rounding = (is_double ? 1e-14 : 1e-5) * double(rows);
    for (std::size_t i = 0; i < list.size() && as == As::summed; ++i) {
        CAPTURE(i);
        CHECK(distance({Tensor(w.summed(i))}, {sums[i]}) <= rounding);
    }
}

void check(const Results& results, As as) {
    for (const Index rows : {1, 5, 70, 129})
        for (const Index tile : {range_length(rows), 2 * range_length(rows), rows}) {
            CAPTURE(rows);
            CAPTURE(tile);
            check(results, as, rows, std::min(tile, rows));
        }
}

Var wide(Var v, Var z) { return broadcast_to(v, z.shape()); }

// Rates that depend on nothing, on constants, on time, on the state, on one another; twice the same; an input.
std::vector<Var> rates(const Inputs& x) {
    const Var p = wide(x.z.tape().use(x.p), x.z), both = sin(x.z) + x.k;
    return {x.k, p, 2.0 * x.k, filled(x.z.tape(), x.z.shape(), 3), x.k, x.z, x.z, wide(x.t, x.z), exp(x.z), both, both};
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("stages: a result has its numbers at every stage, whatever it depends on") {
    check(rates, As::forward);
    check(rates, As::reverse);
}

TEST_CASE("stages: each kind of result alone") {
    for (std::size_t i = 0; i < 11; ++i) {
        CAPTURE(i);
        const Results one = [i](const Inputs& x) { return std::vector<Var>{rates(x)[i]}; };
        check(one, As::forward);
        check(one, As::reverse);
        check(one, As::summed);
    }
}

TEST_CASE("stages: a result of the reverse part that the forward part finished, and one that nothing changes") {
    check([](const Inputs& x) { return std::vector<Var>{x.w, x.k, x.w * x.k, x.w * exp(x.z), x.w}; }, As::reverse);
}

TEST_CASE("stages: a sum counts every stage with its weight, also what no stage changes, in any tile") {
    check(
        [](const Inputs& x) {
            const Var p = x.z.tape().use(x.p);
            return std::vector<Var>{x.c,       p,
                                    exp(x.c),  x.t,
                                    x.c * x.t, x.k,
                                    x.k + x.z, sum(x.k, {0}),
                                    sum(x.k),  sum(x.z, {0}) + sum(x.w * x.z, {0}),
                                    x.c,       sum(x.w * x.c, {0}),
                                    exp(x.t),  filled(x.z.tape(), {3}, 2),
                                    x.z,       matmul(x.z, x.w, true)};
        },
        As::summed);
}

TEST_SUITE_END();
