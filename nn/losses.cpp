#include "nn/losses.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/elementwise.hpp"  // brings: square, abs, exp, affine
#include "autodiff/reductions.hpp"   // brings: mean, sum, logsumexp

namespace costate::nn {
inline namespace COSTATE_PRECISION {

namespace {

void require_rows(const char* what, const Shape& shape) {
    if (shape.size() == 0)
        fail({.what = std::string(what) + ": there is nothing to take the loss of",
              .got = "no entries in " + to_text(shape),
              .expected = "a batch of at least one row",
              .likely = "an empty batch, or a slice of no rows"});
}

Var difference(const char* what, const Operand& y, const Operand& target) {
    std::array<Var, 2> v;
    place(std::array{&y, &target}, v, what);
    if (v[0].shape() != v[1].shape())
        fail({.what = std::string(what) + ": prediction and target have different shapes",
              .got = to_text(v[0].shape()) + " and " + to_text(v[1].shape()),
              .expected = "the same, entry against entry",
              .fix = "reshape(target, y.shape()); broadcast_to if one target is meant for all rows"});
    require_rows(what, v[0].shape());
    return v[0] - v[1];
}

[[noreturn]] void fail_for_label(const std::string& label, Index row, Index count, Where at) {
    fail({.what = "one_hot: there is no such class",
          .got = label + " in row " + std::to_string(row),
          .expected = "whole numbers from 0 to " + std::to_string(count - 1)},
         at);
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
                fail_for_label(number_text(static_cast<double>(entry)), b, count, at);
        }
    }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return within_rows(in, y); }
};

constexpr double half_log_two_pi = 0.918938533204672741780329736406;

}  // namespace

Tensor one_hot(Indices labels, Index count, Where at) {
    Tensor y(Shape({labels.size(), count}, at), 0, at);
    for (Index b = 0; b < labels.size(); ++b) {
        if (labels[b] < 0 || labels[b] >= count) fail_for_label(std::to_string(labels[b]), b, count, at);
        y[b * count + labels[b]] = 1;
    }
    return y;
}

Var one_hot(const Var& labels, Index count, Where at) {
    const OneHot op{count};
    Tape& tape = innermost_tape({&labels, 1}, OneHot::name, at);
    const Var list = tape.bring(labels, at);
    op.shape(list.shape(), at);
    if (tape.evaluating()) op.require_classes(tape.view(list), at);  // while the line that gave them is known
    return record(op, Operand(list, at));
}

Var mse(const Operand& y, const Operand& target) {
    const CalledFrom caller(y.at());
    return mean(square(difference("mse", y, target)));
}

Var mae(const Operand& y, const Operand& target) {
    const CalledFrom caller(y.at());
    return mean(abs(difference("mae", y, target)));
}

Var cross_entropy_with_logits(const Operand& logits, const Operand& targets) {
    const char* name = "cross_entropy_with_logits";
    const CalledFrom caller(logits.at());
    std::array<Var, 2> v;
    place(std::array{&logits, &targets}, v, name);
    const Var l = v[0];
    const int classes = checked_axis(name, l.shape(), -1);
    const bool labels = v[1].shape().rank() == 1;
    if (labels ? l.shape().rank() != 2 || v[1].shape()[0] != l.shape()[0] : v[1].shape() != l.shape())
        fail({.what = "cross_entropy_with_logits: the targets do not fit the logits",
              .got = "logits " + to_text(l.shape()) + ", targets " + to_text(v[1].shape()),
              .expected = "for logits [B,C] B labels, or probabilities [B,C]"});
    require_rows(name, l.shape());
    const Var p = labels ? one_hot(v[1], l.shape()[classes]) : v[1];
    const Var surprise = logsumexp(l, -1, true) - l;  // −ln softmax
    return mean(sum(where(p, p * surprise, 0), -1));  // a class ruled out by p = 0 may have l = −∞
}

Var cross_entropy_with_logits(const Operand& logits, Indices labels) {
    const CalledFrom caller(logits.at());
    shape_of(logits, "cross_entropy_with_logits");
    return cross_entropy_with_logits(logits, logits.var().tape().constant(labels));
}

Var cross_entropy_with_logits(const Operand& logits, std::initializer_list<Index> labels) {
    return cross_entropy_with_logits(logits, Indices(labels));
}

Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma) {
    const char* name = "gaussian_log_likelihood";
    const CalledFrom caller(x.at());
    std::array<Var, 3> v;
    place(std::array{&x, &mean, &log_sigma}, v, name);
    const Shape shape = v[0].shape();
    require_rows(name, shape);
    for (const Var& beside : {v[1], v[2]})
        if (const Shape other = beside.shape(); !can_broadcast(other, shape))
            fail({.what = std::string(name) + ": the shapes do not fit",
                  .got = "x " + to_text(shape) + ", beside it " + to_text(other),
                  .expected = "a mean and a log_sigma that broadcast to x",
                  .fix = "reshape(mean, x.shape()); broadcast_to(x, ...) if one x is meant for all rows"});
    const Var z = (v[0] - v[1]) * exp(-v[2]);
    return sum(affine(square(z), -0.5, -half_log_two_pi) - v[2], -1);
}

}  // namespace COSTATE_PRECISION
}  // namespace costate::nn
