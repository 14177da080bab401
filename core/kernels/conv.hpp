// core/kernels/conv.hpp — the convolution of images with a small kernel, and its two transposes
//   y[b,i,j,o] = Σ_{u,v,c} x[b, s i + u − p, s j + v − p, c] w[u,v,c,o]          x is 0 outside of its edges           (a)
//   x[b,m,n,c] = Σ_{u,v,o} g[b, (m + p − u)/s, (n + p − v)/s, o] w[u,v,c,o]      where s divides, and g is inside      (b)
//   w[u,v,c,o] = Σ_{b,i,j} x[b, s i + u − p, s j + v − p, c] g[b,i,j,o]                                                (c)
// shapes   images lie row by row, channels last: x [B,H,W,C], y and g [B,H',W',O] with H' = ⌊(H + 2p − k)/s⌋ + 1, W' alike
//          w [k,k,C,O] in (a) and (c); (b) reads it with its last two axes exchanged, [k,k,O,C]
// bits     An entry is one chain of fused multiply-adds in the order of the indices above; in (c) the images are the
//          outermost. So the bits of (a) and (b) depend on their own image alone, and `into` and `weights`, one for each
//          image, mean in (c) what they mean in core/kernels/gemm.hpp.
// source   "convolution" as in neural networks, which elsewhere is a cross-correlation: Goodfellow, Bengio & Courville
//          2016, "Deep learning", §9.1; (b) and (c): §9.5
#pragma once
#include "core/kernels/into.hpp"  // brings: Into
#include "core/real.hpp"          // brings: Real, Index
#include "core/width.hpp"         // brings: COSTATE_WIDTH

namespace costate {

struct ConvShape {
    Index H, W, C;  // of x
    Index k, O;     // of w
    Index stride = 1, padding = 0;

    Index out_height() const { return (H + 2 * padding - k) / stride + 1; }
    Index out_width() const { return (W + 2 * padding - k) / stride + 1; }
    Index x_size() const { return H * W * C; }  // of one image
    Index y_size() const { return out_height() * out_width() * O; }
    Index w_size() const { return k * k * C * O; }
};

inline namespace COSTATE_WIDTH {

void conv(const ConvShape& shape, Index images, const Real* x, const Real* w, Real* y);                // (a)
void conv_back_x(const ConvShape& shape, Index images, const Real* g, const Real* w_turned, Real* x);  // (b)
void conv_back_w(const ConvShape& shape, Index images, const Real* x, const Real* g, Real* w, Into into = Into::assign,
                 const Real* weights = nullptr);  // (c)

}  // namespace COSTATE_WIDTH
}  // namespace costate
