#include "nn/mlp.hpp"

#include "autodiff/operators/shaping.hpp"  // brings: concatenate, broadcast_to, reshape

namespace costate::nn::inline COSTATE_PRECISION {

MLP::MLP(const std::vector<Index>& widths, Activation activation, Rng& rng, MLPOptions options, Where at)
    : activation_(activation), time_(options.time) {
    if (widths.size() < 2)
        fail(at, {.what = "MLP: too few widths",
                  .got = text(widths.size()),
                  .expected = "at least those of input and output, as in {2, 64, 2}"});
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
        const Index time = i == 0 && time_ && widths[i] <= Shape::max_extent ? 1 : 0;  // one more input
        add_linear(*this, spelled("layer", i, "."), widths[i] + time, widths[i + 1], rng, {.init = options.init}, at);
    }
}

namespace {
// With .time the first layer is one wider than x: what is missing is the time.
void require_time(const Shape& x, Index in, Where at) {
    if (x.rank() == 2 && x[1] + 1 == in)
        fail(at, {.what = "MLP: this network takes the time as well",
                  .got = text("x ", x, " alone, and .time = true"),
                  .expected = text("z [B,", in - 1, "], and t: one number, or [B,1]"),
                  .fix = "net(t, z); or leave out .time, if the field does not depend on the time"});
}
}  // namespace

Var MLP::operator()(Var x, Where at) const {
    const CalledFrom caller(at);
    const std::span<const Parameter> theta = parameters();
    if (time_ && !x.is_zero()) require_time(x.shape(at), theta[0].shape()[1], at);
    x = linear(x, theta.first(2));
    for (std::size_t i = 2; i < theta.size(); i += 2) x = linear(activation_(x, at), theta.subspan(i, 2));
    return x;
}

Var MLP::operator()(Var t, Var z, Where at) const {
    if (!time_) return (*this)(z, at);
    const CalledFrom caller(at);
    for (const Var& v : {t, z}) innermost_tape({&v, 1}, "MLP");
    if (t.size() == 1) t = broadcast_to(reshape(t, {1, 1}), {z.shape().rows(), 1});
    return (*this)(concatenate({z, t}, 1));
}

}  // namespace costate::nn
