#include "nn/linear.hpp"

#include "autodiff/elementwise.hpp"  // brings: +
#include "autodiff/matmul.hpp"       // brings: matmul

namespace costate::nn {
inline namespace COSTATE_PRECISION {

Var linear(Var x, std::span<const Parameter> weight_and_bias, Where at) {
    const CalledFrom caller(at);
    innermost_tape({&x, 1}, "linear");
    const Var y = matmul(x, weight_and_bias[0], false, true);
    return weight_and_bias.size() == 1 ? y : y + weight_and_bias[1];
}

void add_linear(Module& to, const std::string& prefix, Index in, Index out, Rng& rng, LinearOptions options, Where at) {
    if (in < 1 || out < 1)
        fail({.what = "linear: a layer needs at least one number on either side",
              .got = std::to_string(in) + " in, " + std::to_string(out) + " out",
              .expected = "both at least 1"},
             at);
    Tensor weight(Shape({out, in}, at), 0, at), bias(Shape({options.bias ? out : 0}, at), 0, at);
    options.init(weight.view(), bias.view(), rng);
    to.add(prefix + "weight", Parameter(prefix + "weight", std::move(weight)), at);
    if (options.bias) to.add(prefix + "bias", Parameter(prefix + "bias", std::move(bias)), at);
}

Linear::Linear(Index in, Index out, Rng& rng, LinearOptions options, Where at) {
    add_linear(*this, "", in, out, rng, options, at);
}

Var Linear::operator()(Var x, Where at) const { return linear(x, parameters(), at); }

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
