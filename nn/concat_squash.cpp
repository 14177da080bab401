#include "nn/concat_squash.hpp"

#include "autodiff/operators/elementwise.hpp"  // brings: +, *, sigmoid

namespace costate::nn::inline COSTATE_PRECISION {

ConcatSquash::ConcatSquash(Index in, Index out, Rng& rng, ConcatSquashOptions options, Where at) {
    add_linear(*this, "", in, out, rng, {.init = options.init}, at);
    for (const char* name : {"gate.weight", "gate.bias", "shift"}) {
        Tensor numbers({out});
        rng.fill_uniform(numbers.entries(), -1, 1);
        add(name, std::move(numbers), at);
    }
}

Var ConcatSquash::operator()(Var t, Var x, Where at) const {
    const CalledFrom caller(at);
    const std::span<const Parameter> theta = parameters();
    const Var y = linear(x, theta.first(2));
    const Shape of_time = t.shape(at);
    if (of_time.size() != 1 && of_time != Shape{x.shape()[0], 1})
        fail(at, {.what = "ConcatSquash: the time does not fit x",
                  .got = text("t ", of_time, " for x ", x.shape()),
                  .expected = "one number for all rows, or [B,1]: a number for each"});
    return y * sigmoid(t * theta[2] + theta[3]) + t * theta[4];
}

}  // namespace costate::nn
