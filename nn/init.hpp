// nn/init.hpp — which numbers does training start from?
//   y = W x + b with W [out,in]: if the entries of x have variance 1, those of y have in · Var(W), and a gradient that
//   comes back has out · Var(W). A variance near 1/in or 1/out keeps both from growing or fading from layer to layer.
//   uniform_fan_in   W, b ~ U(−k, k),  k = 1/√in      Var = 1/(3 in)     PyTorch's Linear; the default     nn (5)
//   glorot_uniform   W ~ U(−k, k),  k = √(6/(in+out)),  b = 0   Var = 2/(in+out)   a compromise between the two
//   glorot_normal    W ~ N(0, 2/(in+out)),              b = 0                                                  nn (3)
//   he_uniform       W ~ U(−k, k),  k = √(6/in),        b = 0   Var = 2/in         relu passes on half of the variance
//   he_normal        W ~ N(0, 2/in),                    b = 0                                                  nn (4)
//   orthogonal       W: columns (rows, where out < in) of length 1 at right angles, b = 0: |W x| = |x| if in ≤ out,
//                    |Wᵀ y| = |y| if out ≤ in                                                              nn (6)
//   zeros            W = b = 0: a last layer of a field that starts as dz/dt = 0
// Numbers are drawn row by row, weight then bias, layer by layer, from one stream: a seed names one network.
// source   Glorot & Bengio 2010, equations 16 and 12 · He, Zhang, Ren & Sun 2015, equation 10 · PyTorch's nn.Linear:
//          kaiming_uniform_ with a = √5, which is U(±1/√in); the scale: LeCun et al. 1998, "Efficient BackProp", §4.6
//          orthogonal: Saxe, McClelland & Ganguli 2014; all directions alike: Q of a normal matrix's QR with R_ii > 0,
//          Mezzadri 2007
#pragma once
#include "core/random.hpp"  // brings: Rng
#include "core/tensor.hpp"  // brings: MutableView

namespace costate::nn::inline COSTATE_PRECISION {

// Fills one layer: weight [out,in], bias [out] (or [0], for a layer without). A lambda without captures will do.
using Initialiser = void (*)(MutableView weight, MutableView bias, Rng& rng);

void uniform_fan_in(MutableView weight, MutableView bias, Rng& rng);
void glorot_uniform(MutableView weight, MutableView bias, Rng& rng);
void glorot_normal(MutableView weight, MutableView bias, Rng& rng);
void he_uniform(MutableView weight, MutableView bias, Rng& rng);
void he_normal(MutableView weight, MutableView bias, Rng& rng);
void orthogonal(MutableView weight, MutableView bias, Rng& rng);
void zeros(MutableView weight, MutableView bias, Rng& rng);

}  // namespace costate::nn
