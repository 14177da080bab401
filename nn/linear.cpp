#include "nn/linear.hpp"

#include "autodiff/operators/elementwise.hpp"  // brings: +
#include "autodiff/operators/matmul.hpp"       // brings: matmul

namespace costate::nn::inline COSTATE_PRECISION {

namespace {
std::string input_hint(const Shape& x, Index in) {
    const std::string n = text(in);
    if (x.rank() < 2 && x.size() == in) return "reshape(x, {1, " + n + "}) makes a batch of one example";
    if (x.rank() == 2 && x[0] == in) return "transpose(x), if its columns are the examples";
    if (x.rank() > 2 && x[x.rank() - 1] == in) return "reshape(x, {-1, " + n + "}) makes one batch of all rows";
    return "a layer of x's width, or another x: the first number of a layer is the width of what it is called with";
}
}  // namespace

Var linear(Var x, std::span<const Parameter> weight_and_bias, Where at) {
    const CalledFrom caller(at);
    innermost_tape({&x, 1}, "linear");
    const Parameter& weight = weight_and_bias[0];
    const Shape shape = x.shape(at);
    const Index in = weight.shape()[1];
    if (shape.rank() != 2 || shape[1] != in)
        fail(at, {.what = "linear: the layer does not take this input",
                  .got = text("x ", shape, " for parameter \"", weight.name(), "\" ", weight.shape()),
                  .expected = text("x [B,", in, "]: a row for each example, of the layer's width"),
                  .fix = input_hint(shape, in)});
    const Var y = matmul(x, weight, false, true);
    return weight_and_bias.size() == 1 ? y : y + weight_and_bias[1];
}

void add_linear(Module& to, const std::string& prefix, Index in, Index out, Rng& rng, LinearOptions options, Where at) {
    if (in < 1 || out < 1)
        fail(at, {.what = "linear: a layer needs at least one number on either side",
                  .got = text(in, " in, ", out, " out"),
                  .expected = "both at least 1"});
    Tensor weight(Shape({out, in}, at), 0, at), bias(Shape({options.bias ? out : 0}, at), 0, at);
    options.init(weight.view(), bias.view(), rng);
    to.add(prefix + "weight", Parameter(prefix + "weight", std::move(weight)), at);
    if (options.bias) to.add(prefix + "bias", Parameter(prefix + "bias", std::move(bias)), at);
}

Linear::Linear(Index in, Index out, Rng& rng, LinearOptions options, Where at) {
    add_linear(*this, "", in, out, rng, options, at);
}

Var Linear::operator()(Var x, Where at) const { return linear(x, parameters(), at); }

}  // namespace costate::nn
