#include "nn/pooling.hpp"

#include "autodiff/operators/reductions.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

// [B,H,W,C] -> [B,H/s,s,W/s,s,C]: the windows have two axes of their own.
Var windows(const Operand& x, Index s, const char* what) {
    if (x.is_zero()) return x.var();
    const CalledFrom caller(x.at());
    const auto [v] = on_one_tape(what, x);
    const Shape shape = v.shape();
    if (shape.rank() != 4 || s < 1 || shape[1] % s != 0 || shape[2] % s != 0)
        fail(x.at(), {.what = text(what, ": no whole number of windows"),
                      .got = text("x ", shape, ", windows of ", s),
                      .expected = "x [B,H,W,C] with H and W multiples of the window's size",
                      .fix = "pad(x, 1, before, after), and axis 2 alike"});
    return reshape(v, {shape[0], shape[1] / s, s, shape[2] / s, s, shape[3]});
}

}  // namespace

Var mean_pool(const Operand& x, Index size) { return mean(Operand(windows(x, size, "mean_pool"), x.at()), {2, 4}); }
Var max_pool(const Operand& x, Index size) { return max(Operand(windows(x, size, "max_pool"), x.at()), {2, 4}); }
Var global_mean_pool(const Operand& x) {
    return mean(Operand(windows(x, 1, "global_mean_pool"), x.at()), {1, 2, 3, 4});
}

}  // namespace costate::nn
