#include "nn/group_norm.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/reductions.hpp"
#include "autodiff/operators/shaping.hpp"

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

// [B,H,W,C] -> [B,1,1,C]: the mean over each group, at each of its channels. The pixels first, where channels lie side by
// side; what is left is small.
Var mean_of_groups(Var x, Index groups) {
    const Shape shape = x.shape();
    const Index B = shape[0], C = shape[3];
    const Var of_channels = reshape(mean(x, {1, 2}), {B, groups, C / groups});
    const Var of_groups = mean(of_channels, {2}, true);
    return reshape(broadcast_to(of_groups, {B, groups, C / groups}), {B, 1, 1, C});
}

void require_groups(Index channels, Index groups, Where at) {
    if (channels < 1 || groups < 1 || channels % groups != 0)
        fail(at, {.what = "GroupNorm: the groups do not share the channels out",
                  .got = text(channels, " channels in ", groups, " groups"),
                  .expected = "a number of groups that divides the channels"});
}

}  // namespace

Var group_norm(const Operand& x, const Operand& scale, const Operand& shift, Index groups, GroupNormOptions options) {
    if (x.is_zero()) return x.var();
    const CalledFrom caller(x.at());
    const auto [v, by, plus] = on_one_tape("group_norm", x, scale, shift);
    const Shape shape = v.shape(), of_scale = by.shape(), of_shift = plus.shape();
    if (shape.rank() != 4 || shape[1] * shape[2] == 0 || of_scale != Shape{shape[3]} || of_shift != of_scale)
        fail(x.at(), {.what = "group_norm: the shapes do not fit",
                      .got = text("x ", shape, ", scale ", of_scale, ", shift ", of_shift),
                      .expected = "x [B,H,W,C] with at least one pixel, scale and shift [C]"});
    require_groups(shape[3], groups, x.at());
    const Var centred = v - mean_of_groups(v, groups);
    const Var variance = mean_of_groups(square(centred), groups);
    return centred * (by / sqrt(variance + options.epsilon)) + plus;
}

GroupNorm::GroupNorm(Index channels, Index groups, GroupNormOptions options, Where at)
    : groups_(groups), options_(options) {
    require_groups(channels, groups, at);
    add("scale", Tensor(Shape({channels}, at), 1), at);
    add("shift", Tensor(Shape({channels}, at)), at);
}

Var GroupNorm::operator()(Var x, Where at) const {
    const CalledFrom caller(at);
    innermost_tape({&x, 1}, "GroupNorm");
    return group_norm(x, parameters()[0], parameters()[1], groups_, options_);
}

}  // namespace costate::nn
