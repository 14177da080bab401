#include "nn/conv.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/shaping.hpp"  // brings: filled

namespace costate::nn::inline COSTATE_PRECISION {

namespace {
// Channels first ... first + count of [out, k k channels], which an initialiser filled, as [k,k,count,out].
Tensor kernel_of(const Tensor& rows, Index k, Index first, Index count) {
    const Index out = rows.shape()[0], channels = k == 0 ? 0 : rows.shape()[1] / (k * k);
    Tensor w({k, k, count, out});
    for (Index place = 0; place < k * k; ++place)
        for (Index c = 0; c < count; ++c)
            for (Index o = 0; o < out; ++o) w[(place * count + c) * out + o] = rows(o, place * channels + first + c);
    return w;
}
}  // namespace

Conv2d::Conv2d(Index in, Index out, Index kernel, Rng& rng, Conv2dOptions options, Where at)
    : conv_{options.stride, options.padding}, bias_(options.bias), time_(options.time) {
    if (in < 1 || out < 1 || kernel < 1 || options.stride < 1 || options.padding < 0)
        fail(at, {.what = "Conv2d: no such layer",
                  .got = text(in, " channels in, ", out, " out, kernel ", kernel, ", stride ", options.stride,
                              ", padding ", options.padding),
                  .expected = "a padding from 0, the others at least 1"});
    const Index channels = in + (time_ ? 1 : 0);
    Tensor rows(Shape({out, kernel * kernel * channels}, at)), bias(Shape({bias_ ? out : 0}, at));
    options.init(rows.view(), bias.view(), rng);
    add("weight", kernel_of(rows, kernel, 0, in), at);
    if (bias_) add("bias", std::move(bias), at);
    if (time_) add("time", kernel_of(rows, kernel, in, 1), at);
}

Var Conv2d::apply(Var x, Var t, Where at) const {
    const CalledFrom caller(at);
    innermost_tape({&x, 1}, "Conv2d");
    const std::span<const Parameter> theta = parameters();
    Var y = conv2d(x, theta[0], conv_);
    if (time_) {
        const Shape shape = x.shape();
        const Var ones = filled(x.tape(), {1, shape[1], shape[2], 1}, 1);
        y = y + t * conv2d(ones, theta.back(), conv_);
    }
    return bias_ ? y + theta[1] : y;
}

Var Conv2d::operator()(Var x, Where at) const {
    if (time_)
        fail(at, {.what = "Conv2d: this layer takes the time as well",
                  .got = "x alone, and .time = true",
                  .expected = "t, one number, and x",
                  .fix = "layer(t, x); or leave out .time"});
    return apply(x, {}, at);
}

Var Conv2d::operator()(Var t, Var x, Where at) const {
    if (time_ && t.size() != 1 && t.shape() != Shape{x.shape(at)[0], 1, 1, 1})
        fail(at, {.what = "Conv2d: t is one number for all images, or one for each",
                  .got = text("t ", t.shape()),
                  .expected = "t [], or [B,1,1,1], as a field's time is"});
    return apply(x, t, at);
}

}  // namespace costate::nn
