// tests/autodiff/forward_replay.hpp — a field of t and z as a program's forward part, beside its recording
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "tests/autodiff/laws.hpp"  // brings: compile, Workspace, random_like, same_bits

namespace costate::test {

// The same bits with so many rows in a tile (0: all of them), worked on in so many parts.
inline Program check_forward(const Shape& shape, const std::function<Var(Var t, Var z)>& field, Index tile = 0,
                             int parts = 1) {
    Rng rng(3);
    Tape tape;
    const Var t = tape.variable(0.7), z = tape.variable(random_like(shape, rng)), rate = field(t, z);
    const Program program =
        compile(tape, ProgramSpec{.times = Vars(&t, 1), .states = Vars(&z, 1), .forward = Vars(&rate, 1)});
    const Index rows = shape[0], in = z.shape().row_size(), out = rate.shape().row_size();
    if (tile == 0) tile = rows;
    Workspace w;
    w.prepare(program, {.rows = rows, .tile = tile, .parts = parts});
    w.prologue();
    Tensor replayed(rate.shape());
    for (Index row = 0; row < rows; row += tile) {
        const Index some = std::min(tile, rows - row);
        w.begin_tile(row, some);
        w.set_time(0, 0, tape.view(t)[0]);
        std::copy_n(tape.view(z).data + row * in, some * in, w.state(0, 0));
        w.forward(0);
        std::copy_n(w.forward_result(0, 0), some * out, replayed.data() + row * out);
    }
    CHECK(same_bits(replayed, Tensor(tape.view(rate))));
    return program;
}

}  // namespace costate::test
