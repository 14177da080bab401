// nn/losses.hpp — how far is the model from the data?
//   mse                         mean (y − target)²                                                             nn (7)
//   mae                         mean |y − target|
//   huber                       mean of ½ d² where |d| ≤ δ, else δ (|d| − ½ δ),   d = y − target                nn (8)
//   cross_entropy_with_logits   mean over rows of −Σ_c p_c ln softmax(l)_c = Σ_c p_c (logsumexp(l) − l_c)      nn (9)
//   gaussian_log_likelihood     Σ over the last axis of −½ ((x − μ)/σ)² − ln σ − ½ ln 2π,   σ = e^log_sigma
//   gaussian_kl                 KL(N(μ,σ²) ‖ N(0,1)) = Σ over the last axis of ½ (σ² + μ² − 1) − ln σ; of any two    latent (5)
// of       a Var, for a Var: then the other may be anything that is an operand. Tensors alone: a number.
// shapes   mse, mae: y and target alike, result []. A target [B] beside y [B,1] would broadcast to [B,B]: an error.
//          logits [B,C]; targets: labels, B whole numbers from 0 to C − 1, or probabilities [B,C]. (A Var [B] holds labels
//          that a program is to bind anew.)
//          x [...,D]; mean and log_sigma: x's shape, or one number for all; the result lacks the last axis.
//          gaussian_kl: all of one shape [...,D]; the result lacks the last axis.
//          No rows, no loss: an error. Its mean would be 0/0.
// mask     1 where an entry counts, 0 where it does not: means are over what counts. It broadcasts to y, [T,B,1] to [T,B,D]
//          say (of cross entropy: to the rows [B]), and what does not count of a target may be a nan. Nothing that counts,
//          or another number than 0 and 1: an error.   masked_mean(x, mask): the same for a loss of one's own.
// why      From logits, not from probabilities: logsumexp subtracts the largest logit, so nothing overflows and no
//          ln 0 arises. log_sigma, not σ: any real number is allowed, so a network may put it out.
// source   Bishop, Pattern Recognition and Machine Learning, eq. (1.46), (4.108) · Huber 1964, with PyTorch's factors ·
//          Kingma & Welling 2014, appendix B
#pragma once
#include <initializer_list>

#include "autodiff/tape/tape.hpp"  // brings: Var, Operand, Tensor, Indices
#include "nn/evaluate.hpp"         // brings: evaluate_on_numbers

namespace costate::nn::inline COSTATE_PRECISION {

Var mse(const Operand& y, const Operand& target);
Var mse(const Operand& y, const Operand& target, const Operand& mask);
Var mae(const Operand& y, const Operand& target);
Var mae(const Operand& y, const Operand& target, const Operand& mask);
Var huber(const Operand& y, const Operand& target, Number delta = 1);
Var huber(const Operand& y, const Operand& target, const Operand& mask, Number delta = 1);
Var masked_mean(const Operand& x, const Operand& mask);
Var cross_entropy_with_logits(const Operand& logits, Indices labels);
Var cross_entropy_with_logits(const Operand& logits, std::initializer_list<Index> labels);
Var cross_entropy_with_logits(const Operand& logits, const Operand& targets);
Var cross_entropy_with_logits(const Operand& logits, Indices labels, const Operand& mask);
Var cross_entropy_with_logits(const Operand& logits, std::initializer_list<Index> labels, const Operand& mask);
Var cross_entropy_with_logits(const Operand& logits, const Operand& targets, const Operand& mask);
Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma);
Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma, const Operand& mask);
Var gaussian_kl(const Operand& mean, const Operand& log_sigma);  // from N(0, 1)
Var gaussian_kl(const Operand& mean, const Operand& log_sigma, const Operand& from_mean,
                const Operand& from_log_sigma);  // from N(from_mean, e^(2 from_log_sigma))

// Of Tensors and Views alone, without a tape: a number to look at, such as mse(model(X), Y) of a validation set.
template <Numbers Y, Numbers T>
Number mse(const Y& y, const T& target, Where at = {}) {
    return evaluate_on_numbers([](const auto&... v) { return mse(v...); }, at, View(y), View(target)).item();
}
template <Numbers Y, Numbers T>
Number mae(const Y& y, const T& target, Where at = {}) {
    return evaluate_on_numbers([](const auto&... v) { return mae(v...); }, at, View(y), View(target)).item();
}
template <Numbers Y, Numbers T>
Number huber(const Y& y, const T& target, Number delta = 1, Where at = {}) {
    const auto loss = [delta](const auto&... v) { return huber(v..., delta); };
    return evaluate_on_numbers(loss, at, View(y), View(target)).item();
}
template <Numbers L>
Number cross_entropy_with_logits(const L& logits, Indices labels, Where at = {}) {
    const auto loss = [&](const Operand& l) { return cross_entropy_with_logits(l, std::move(labels)); };
    return evaluate_on_numbers(loss, at, View(logits)).item();
}
template <Numbers L>
Number cross_entropy_with_logits(const L& logits, std::initializer_list<Index> labels, Where at = {}) {
    return cross_entropy_with_logits(logits, Indices(labels), at);
}
template <Numbers L, Numbers T>
Number cross_entropy_with_logits(const L& logits, const T& targets, Where at = {}) {
    const auto loss = [](const auto&... v) { return cross_entropy_with_logits(v...); };
    return evaluate_on_numbers(loss, at, View(logits), View(targets)).item();
}
template <Numbers X, Numbers M, Numbers S>
Tensor gaussian_log_likelihood(const X& x, const M& mean, const S& log_sigma, Where at = {}) {
    const auto loss = [](const auto&... v) { return gaussian_log_likelihood(v...); };
    return evaluate_on_numbers(loss, at, View(x), View(mean), View(log_sigma));
}

// y[b, c] = 1 where c = label b, else 0: [B,count], without a derivative.
Tensor one_hot(Indices labels, Index count, Where at = {});
Var one_hot(const Var& labels, Index count, Where at = {});

}  // namespace costate::nn
