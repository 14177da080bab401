// nn/metrics.hpp — how often is the model right?
//   accuracy(logits, labels)     the part of the rows whose largest logit stands at the label
// shapes   logits [B,C], labels B whole numbers from 0 to C − 1. A Var's numbers are read, which taints its tape as value()
//          does: measure after the step, or on tensors. argmax(logits) gives the guesses.
#pragma once
#include "autodiff/tape/var.hpp"    // brings: Var
#include "core/indices.hpp"         // brings: Indices
#include "core/kernels/argmax.hpp"  // brings: argmax, View

namespace costate::nn::inline COSTATE_PRECISION {

Number accuracy(View logits, Indices labels, Where at = {});
Number accuracy(const Var& logits, Indices labels, Where at = {});

}  // namespace costate::nn
