// nn/conv.hpp — a learned convolution
//   y = conv2d(x, w) + b          x [B,H,W,in]   w [k,k,in,out]   b [out]   y [B,H',W',out]     (autodiff/operators/conv.hpp)
//   nn::Conv2d(1, 24, 3, rng, {.stride = 2, .padding = 1})          parameters "weight", "bias"
// time     With .time = true it depends on t as if an image of t's were one more channel of x, which it is in no memory:
//              y = conv2d(x, w) + t conv2d(ones, w_t) + b          w_t [k,k,1,out], "time"
//          t is one number. What is behind it depends on the weights alone, so a solve makes it once.
// start    as nn::Linear of k² in numbers: the Initialiser fills [out, k² in], row by row, then the bias; with .time all
//          of [out, k² (in + 1)], t's channel last.
// source   the channel of t: Chen et al. 2018, "Neural ordinary differential equations", code of §3 (concatenated there)
#pragma once
#include "autodiff/operators/conv.hpp"  // brings: conv2d
#include "nn/evaluate.hpp"              // brings: evaluate
#include "nn/init.hpp"                  // brings: Initialiser, Rng
#include "nn/module.hpp"                // brings: Module

namespace costate::nn::inline COSTATE_PRECISION {

struct Conv2dOptions {
    Index stride = 1;
    Index padding = 0;
    bool bias = true;
    bool time = false;
    Initialiser init = uniform_fan_in;
};

class Conv2d : public Module {
public:
    Conv2d(Index in, Index out, Index kernel, Rng& rng, Conv2dOptions options = {}, Where at = {});
    Conv2d(Index in, Index out, Index kernel, Rng&& rng, Conv2dOptions options = {}, Where at = {})
        : Conv2d(in, out, kernel, rng, options, at) {}

    Var operator()(Var x, Where at = {}) const;         // an error with .time
    Var operator()(Var t, Var x, Where at = {}) const;  // t is not asked without .time
    Tensor operator()(View x, Where at = {}) const { return evaluate(*this, x, at); }
    Tensor operator()(Number t, View x, Where at = {}) const { return evaluate(*this, t, x, at); }

private:
    Var apply(Var x, Var t, Where at) const;

    ConvOptions conv_;
    bool bias_, time_;
};

}  // namespace costate::nn
