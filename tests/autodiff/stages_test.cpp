// tests/autodiff/stages_test.cpp — a program as a solve runs it: several stages, weights, tiles of several ranges
#include <doctest/doctest.h>

#include "tests/autodiff/laws.hpp"

using namespace costate;
using namespace costate::test;

namespace {

// Runs the stages of a program with one state z and one time t: for each tile all stages, then their weighed sums.
struct Stages {
    Tensors z;  // one for each stage
    std::vector<Real> t;
    std::vector<double> weights;

    Tensor sum_of_stages(const Program& p, Index tile, bool one_at_a_time = false) const {
        Workspace w;
        const int n = static_cast<int>(z.size());
        const Index rows = z[0].shape().rows();
        w.prepare(p, {.rows = rows, .tile = tile, .parts = 3, .stages = n});
        w.prologue();
        w.clear(0);
        for (Index first = 0; first < rows; first += w.size().tile) {
            w.begin_tile(first, std::min(w.size().tile, rows - first));
            for (int s = 0; s < n; ++s) {
                const std::size_t i = static_cast<std::size_t>(s);
                const View part = z[i].rows(first, w.tile_rows());
                std::copy_n(part.data, part.size(), w.state(0, s));
                if (!p.at(Port::time).empty()) w.set_time(0, s, t[i]);
                w.forward(s);
            }
            if (one_at_a_time)
                for (int s = 0; s < n; ++s) w.accumulate(s, 1, weights.data());
            else
                w.accumulate(0, n, weights.data());
        }
        w.finish();
        return Tensor(w.summed(0));
    }
};

Stages three_stages(Index rows) {
    Rng rng(11);
    Stages s{.z = {}, .t = {Real(0.5), Real(-1), Real(2)}, .weights = {0.25, 2, -1}};
    for (int i = 0; i < 3; ++i) s.z.push_back(random_like(Shape{rows, 3}, rng));
    return s;
}

// Σ over stages of weight · f(t, z), from a recording of each stage.
Tensor by_hand(const std::function<Var(Var, Var)>& f, const Stages& s) {
    Tensor total;
    for (std::size_t i = 0; i < s.z.size(); ++i) {
        Tape tape;
        const Tensor part(tape.view(f(tape.variable(Tensor(Shape{}, s.t[i])), tape.variable(s.z[i]))));
        if (i == 0) total = Tensor(part.shape());
        for (Index j = 0; j < part.size(); ++j) total[j] += static_cast<Real>(s.weights[i]) * part[j];
    }
    return total;
}

void check_sums(const std::function<Var(Var, Var)>& f, Index rows, bool uses_time) {
    const Stages s = three_stages(rows);
    Tape tape;
    const Var t = tape.variable(Tensor::scalar(7)), z = tape.variable(Tensor({rows, 3}));
    const Var y = f(t, z);
    const Vars times = uses_time ? Vars(&t, 1) : Vars();
    const Program p = compile(tape, {.constants = {},
                                     .times = times,
                                     .states = Vars(&z, 1),
                                     .cotangents = {},
                                     .forward = {},
                                     .reverse = {},
                                     .summed = Vars(&y, 1)});
    const Tensors right{by_hand(f, s)};
    const double rounding =
        (is_double ? 1e-15 : 1e-6) * (1 + norm(right)) * double(rows);  // ε for each term of the sums
    const Tensor ranges = s.sum_of_stages(p, range_length(rows));
    CHECK(distance({ranges}, right) <= rounding);
    for (const Index tile : {2 * range_length(rows), rows})  // a tile of several ranges: the same ranges
        CHECK(distance({s.sum_of_stages(p, tile)}, right) <= rounding);
    CHECK(distance({s.sum_of_stages(p, rows, true)}, right) <= rounding);
}

}  // namespace

TEST_SUITE_BEGIN("autodiff");

TEST_CASE("stages: weighed sums over the rows of all stages, in any tile") {
    for (const Index rows : {2, 33, 70, 129}) {
        CAPTURE(rows);
        check_sums([](Var, Var z) { return sum(square(z), {0}); }, rows, false);
        check_sums([](Var, Var z) { return matmul(z, tanh(z), true); }, rows, false);
    }
}

TEST_CASE("stages: a kept sum of a range with one row is weighed, too") {
    check_sums([](Var, Var z) { return sum_to(square(z), {1, 3}); }, 33, false);
}

TEST_CASE("stages: what changes from stage to stage may come in after the sum") {
    check_sums([](Var t, Var z) { return sum(square(z), {0}) * t; }, 70, true);
    check_sums([](Var t, Var z) { return sum(z * exp(t), {0}); }, 70, true);
}

TEST_CASE("stages: a constant aligned with the rows is read row by row, in every range of a tile") {
    for (const Index rows : {33, 70, 129}) {
        CAPTURE(rows);
        Rng rng(12);
        const Tensor c = random_like(Shape{rows, 3}, rng);
        check_sums([&c](Var, Var z) { return sum(z * c, {0}); }, rows, false);
        check_sums([&c](Var, Var z) { return matmul(z.tape().constant(c), sin(z), true); }, rows, false);
    }
}

TEST_CASE("stages: a result that is rows is summed over the stages") {
    check_sums([](Var, Var z) { return square(z); }, 70, false);
    check_sums([](Var t, Var z) { return z * t; }, 70, true);
}

TEST_CASE("stages: the bits of a sum do not depend on the tile") {
    const Stages s = three_stages(129);
    Tape tape;
    const Var z = tape.variable(Tensor({129, 3})), y = matmul(z, tanh(z), true);
    const Program p = compile(tape, {}, Vars(&y, 1), Vars(&z, 1));
    const Tensor one_range = s.sum_of_stages(p, range_length(129), true);
    CHECK(same_bits(one_range, s.sum_of_stages(p, 2 * range_length(129), true)));
    CHECK(same_bits(one_range, s.sum_of_stages(p, 129, true)));
}

TEST_CASE("stages: nor on how many stages are summed at once, be the rows more than one chain takes") {
    for (const Index rows : {129, 4000, 9000}) {
        CAPTURE(rows);
        const Stages s = three_stages(rows);
        Tape tape;
        const Var z = tape.variable(Tensor({rows, 3}));
        for (const Var y : {sum(square(z), {0}), sum(tanh(z)), sum_to(z, {1, 3}), matmul(z, tanh(z), true)}) {
            const Program p = compile(tape, {}, Vars(&y, 1), Vars(&z, 1));
            const Tensor one_by_one = s.sum_of_stages(p, range_length(rows), true);
            CHECK(same_bits(one_by_one, s.sum_of_stages(p, range_length(rows))));
            CHECK(same_bits(one_by_one, s.sum_of_stages(p, 2 * range_length(rows))));
            CHECK(same_bits(one_by_one, s.sum_of_stages(p, rows, true)));
        }
    }
}

TEST_SUITE_END();
