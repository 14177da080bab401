// autodiff/operators/conv.hpp — the convolution of images with a small kernel
//   y[b,i,j,o] = Σ_{u,v,c} x[b, s i + u − p, s j + v − p, c] w[u,v,c,o]           s: stride, p: padding with zeros
// shapes   channels last:  x [B,H,W,C],  w [k,k,C,O],  y [B,H',W',O]:  H' = ⌊(H + 2p − k)/s⌋ + 1, W' alike
//          (PyTorch's x [B,C,H,W] is permute(x, {0, 2, 3, 1}), its weight [O,C,k,k] permute(w, {2, 3, 1, 0}).)
// y is linear in x and in w, so there are three bilinear maps, and each is made of the other two:
//   y = conv(x, w)          x̄ = back_x(ȳ, w)      w̄ = back_w(x, ȳ)
//   x = back_x(g, w)        ḡ = conv(x̄, w)        w̄ = back_w(x̄, g)
//   w = back_w(x, g)        x̄ = back_x(g, w̄)      ḡ = conv(x, w̄)
// That is all there is to derivatives of every order. An image is a row of the batch in the first two, and back_w is a
// sum over them: convolutions within a field run in tiles of images.
// errors   shapes that do not fit, a kernel larger than the padded image, a stride below 1
// see      core/kernels/conv.hpp (the sums) · nn/conv.hpp (the layer)
#pragma once
#include "autodiff/tape/tape.hpp"  // brings: Var, Operand

namespace costate::inline COSTATE_PRECISION {

struct ConvOptions {
    Index stride = 1;
    Index padding = 0;  // zeros around the image, on each side
};

Var conv2d(const Operand& x, const Operand& w, ConvOptions options = {});

}  // namespace costate
