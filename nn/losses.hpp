// nn/losses.hpp — how far is the model from the data?
//   mse                         mean (y − target)²
//   mae                         mean |y − target|
//   cross_entropy_with_logits   mean over rows of −Σ_c p_c ln softmax(l)_c = Σ_c p_c (logsumexp(l) − l_c)
//   gaussian_log_likelihood     Σ over the last axis of −½ ((x − μ)/σ)² − ln σ − ½ ln 2π,   σ = e^log_sigma
// shapes   mse, mae: y and target alike, result []. A target [B] beside y [B,1] would broadcast to [B,B]: an error.
//          logits [B,C]; targets [B,C], probabilities, or [B], classes 0 ... C−1 (a Var: tape.constant).
//          x; mean and log_sigma broadcast to x's shape, and never beyond it; the result lacks the last axis.
// why      From logits, not from probabilities: logsumexp subtracts the largest logit, so nothing overflows and no
//          ln 0 arises. log_sigma, not σ: any real number is allowed, so a network may put it out.
// source   Bishop, Pattern Recognition and Machine Learning, eq. (1.46), (4.108)
#pragma once
#include "autodiff/tape.hpp"  // brings: Var, Tensor

namespace costate::nn {
inline namespace COSTATE_PRECISION {

Var mse(const Operand& y, const Operand& target);
Var mae(const Operand& y, const Operand& target);
Var cross_entropy_with_logits(const Operand& logits, const Operand& targets);
Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma);

// y[b, c] = 1 where c = class_b, else 0, of whole numbers classes [B]: [B,count], without a derivative.
Var one_hot(const Operand& classes, Index count);

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
