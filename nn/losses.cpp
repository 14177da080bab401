#include "nn/losses.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/elementwise.hpp"  // brings: square, abs, exp, affine
#include "autodiff/reductions.hpp"   // brings: mean, sum, logsumexp

namespace costate::nn {
inline namespace COSTATE_PRECISION {

namespace {

Var difference(const char* what, Var y, Var target, Where at) {
    if (!y.is_zero() && !target.is_zero() && y.shape() != target.shape())
        fail({.what = std::string(what) + ": prediction and target have different shapes",
              .got = to_text(y.shape()) + " and " + to_text(target.shape()),
              .expected = "the same, entry against entry",
              .fix = "reshape(target, y.shape()); broadcast_to if one target is meant for all rows"},
             at);
    return y - target;
}

struct OneHot {  // y[b, class_b] = 1, zero elsewhere
    Index count = 0;
    static constexpr const char* name = "one_hot";
    bool operator==(const OneHot&) const = default;
    Shape shape(const Shape& classes, Where at) const {
        if (classes.rank() != 1)
            fail({.what = "one_hot: the classes are not a list", .got = to_text(classes), .expected = "[B]"}, at);
        return Shape({classes[0], count}, at);
    }
    void eval(const View& classes, const MutableView& y) const {
        std::fill_n(y.data, y.size(), Real(0));
        require_classes(classes, Where(nullptr, 0));
        for (Index b = 0; b < classes.size(); ++b) y[b * count + static_cast<Index>(classes[b])] = 1;
    }
    void require_classes(const View& classes, Where at) const {
        for (Index b = 0; b < classes.size(); ++b) {
            const Real entry = classes[b];
            if (!(entry >= 0 && entry < static_cast<Real>(count)) || entry != std::floor(entry))
                fail({.what = "one_hot: there is no such class",
                      .got = number_text(static_cast<double>(entry)) + " in row " + std::to_string(b),
                      .expected = "whole numbers from 0 to " + std::to_string(count - 1)},
                     at);
        }
    }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return within_rows(in, y); }
};

constexpr double half_log_two_pi = 0.918938533204672741780329736406;

}  // namespace

Var one_hot(Var classes, Index count, Where at) {
    const OneHot op{count};
    Tape& tape = innermost_tape({&classes, 1}, OneHot::name, at);
    classes = tape.bring(classes, at);
    op.shape(classes.shape(), at);
    if (tape.evaluating()) op.require_classes(tape.view(classes), at);  // while the line that gave them is known
    return record_at(at, op, classes);
}

Var mse(Var y, Var target, Where at) { return mean(square(difference("mse", y, target, at))); }
Var mae(Var y, Var target, Where at) { return mean(abs(difference("mae", y, target, at))); }
Var mse(Var y, const Tensor& target, Where at) {
    return mse(y, innermost_tape({&y, 1}, "mse", at).constant(target), at);
}
Var mae(Var y, const Tensor& target, Where at) {
    return mae(y, innermost_tape({&y, 1}, "mae", at).constant(target), at);
}

Var cross_entropy_with_logits(Var logits, Var targets, Where at) {
    const char* name = "cross_entropy_with_logits";
    Tape& tape = innermost_tape(std::array{logits, targets}, name, at);
    const int classes = checked_axis(name, tape.bring(logits, at).shape(), -1, at);
    if (tape.bring(targets, at).shape().rank() == 1) targets = one_hot(targets, logits.shape()[classes], at);
    if (targets.shape() != logits.shape())
        fail({.what = "cross_entropy_with_logits: the targets do not fit the logits",
              .got = "logits " + to_text(logits.shape()) + ", targets " + to_text(targets.shape()),
              .expected = "targets [B,C] or classes [B] for logits [B,C]"},
             at);
    const Var surprise = logsumexp(logits, {-1}, true, at) - logits;  // −ln softmax
    const Var weighted =
        where(targets, targets * surprise, tape.constant(0));  // a class ruled out by p = 0 may have l = −∞
    return mean(sum(weighted, {-1}));
}

Var gaussian_log_likelihood(Var x, Var mean, Var log_sigma, Where at) {
    const char* name = "gaussian_log_likelihood";
    Tape& tape = innermost_tape(std::array{x, mean, log_sigma}, name, at);
    const Shape shape = tape.bring(x, at).shape();
    for (const Var& v : {mean, log_sigma})
        if (const Shape other = tape.bring(v, at).shape(); !can_broadcast(other, shape))
            fail({.what = std::string(name) + ": the shapes do not fit",
                  .got = "x " + to_text(shape) + ", beside it " + to_text(other),
                  .expected = "a mean and a log_sigma that broadcast to x",
                  .fix = "reshape(mean, x.shape()); broadcast_to(x, ...) if one x is meant for all rows"},
                 at);
    const Var z = (x - mean) * exp(-log_sigma);
    return sum(affine(square(z), -0.5, -half_log_two_pi) - log_sigma, {-1}, false, at);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
