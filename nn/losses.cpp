#include "nn/losses.hpp"

#include <algorithm>
#include <cmath>

#include "autodiff/operators/elementwise.hpp"  // brings: square, abs, exp, affine
#include "autodiff/operators/reductions.hpp"   // brings: mean, sum, logsumexp

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

void require_rows(const char* what, const Shape& shape) {
    if (shape.size() == 0)
        fail({.what = text(what, ": there is nothing to take the loss of"),
              .got = text("no entries in ", shape),
              .expected = "a batch of at least one row",
              .likely = "an empty batch, or a slice of no rows"});
}

Var difference(const char* what, const Operand& y, const Operand& target) {
    const auto [u, v] = on_one_tape(what, y, target);
    if (u.shape() != v.shape())
        fail({.what = text(what, ": prediction and target have different shapes"),
              .got = text(u.shape(), " and ", v.shape()),
              .expected = "the same, entry against entry",
              .fix = "reshape(target, y.shape()); broadcast_to if one target is meant for all rows"});
    require_rows(what, u.shape());
    return u - v;
}

[[noreturn]] void fail_for_label(const char* what, const std::string& label, Index row, Index count, Where at) {
    fail(at, {.what = text(what, ": there is no such class"),
              .got = text(label, " in row ", row),
              .expected = text("whole numbers from 0 to ", count - 1)});
}

struct OneHot {  // y[b, class_b] = 1, zero elsewhere
    Whole count = 0;
    static constexpr const char* name = "one_hot";
    static constexpr std::uint32_t number = number_of("one_hot");
    static constexpr auto rows = within_rows;
    bool operator==(const OneHot&) const = default;
    Shape shape(const Shape& classes, Where at) const {
        if (classes.rank() != 1)
            fail(at, {.what = "one_hot: the classes are not a list", .got = to_text(classes), .expected = "[B]"});
        return Shape({classes[0], count}, at);
    }
    void eval(const View& classes, const MutableView& y) const {
        std::fill_n(y.data, y.size(), Real(0));
        require_classes(name, classes, Where::nowhere());
        for (Index b = 0; b < classes.size(); ++b) y[b * count + static_cast<Index>(classes[b])] = 1;
    }
    void print(CCode& c) const {
        c.each("i", c.out.size(), [&] { c.line("y[i] = 0;"); });
        c.each("i", c.in[0].size(), [&] { c.line(spelled("y[i * ", count, " + (int)x[i]] = 1;")); });
    }
    void require_classes(const char* what, const View& classes, Where at) const {
        for (Index b = 0; b < classes.size(); ++b) {
            const Real entry = classes[b];
            if (!(entry >= 0 && entry < static_cast<Real>(count)) || entry != std::floor(entry))
                fail_for_label(what, number_text(static_cast<Number>(entry)), b, count, at);
        }
    }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
};

Var one_hot_of(const char* what, const Var& labels, Index count, Where at) {
    const OneHot op{count};
    Tape& tape = innermost_tape({&labels, 1}, what, at);
    const Var list = tape.bring(labels, at);
    op.shape(list.shape(), at);
    if (tape.evaluating()) op.require_classes(what, tape.view(list), at);  // while the line that gave them is known
    return record(op, Operand(list, at));
}

// How many entries count: those of a mask of zeros and ones, each of which stands for so many.
struct Counted {
    Whole for_each = 1;
    static constexpr const char* name = "counted";
    static constexpr std::uint32_t number = number_of("counted");
    static constexpr bool passive = true;
    bool operator==(const Counted&) const = default;
    Shape shape(const Shape&, Where) const { return {}; }
    void eval(const View& mask, const MutableView& y) const {
        y[0] = static_cast<Real>(for_each * count(mask, Where::nowhere()));
    }
    void print(CCode& c) const {
        c.line("int ones = 0;");
        c.each("i", c.in[0].size(), [&] { c.line("ones += x[i] == 1;"); });
        c.line(spelled("y[0] = (real)(", for_each, " * ones);"));
    }
    static Index count(const View& mask, Where at) {
        Index ones = 0;
        for (Index i = 0; i < mask.size(); ++i) {
            if (mask[i] != 0 && mask[i] != 1)
                fail(at, {.what = "mask: an entry says neither yes nor no",
                          .got = text(mask[i], " in entry ", i),
                          .expected = "1 where an entry counts, 0 where it does not",
                          .fix = "mean(weights * square(y - target)) for weights"});
            ones += mask[i] == 1 ? 1 : 0;
        }
        if (ones == 0)
            fail(at, {.what = "mask: nothing counts, and there is no mean of nothing",
                      .got = text("a mask ", mask.shape, " of zeros"),
                      .expected = "at least one 1",
                      .fix = "leave this batch out"});
        return ones;
    }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
};

// A mask beside what it says of: is it one?
void require_mask(const char* what, const Var& x, const Var& mask) {
    require_rows(what, x.shape());
    if (!can_broadcast(mask.shape(), x.shape()))
        fail({.what = text(what, ": the mask does not fit"),
              .got = text("a mask ", mask.shape(), " beside ", x.shape()),
              .expected = "one that broadcasts to what it says of",
              .fix = "reshape(mask, {-1, 1}) for one entry a row"});
    if (mask.tape().evaluating()) Counted::count(mask.tape().view(mask), Context::caller());
}

Var counted(const char* what, const Var& x, const Var& mask) {  // the number of entries that count
    require_mask(what, x, mask);
    return record(Counted{x.size() / mask.size()}, mask);
}

Var mean_of_counted(const char* what, const Var& x, const Var& mask) {
    const Var count = counted(what, x, mask);
    return sum(where(mask, x, 0)) / count;
}

// The mean of `each` entry of y − target.
template <class Each>
Var mean_of(const char* what, Each each, const Operand& y, const Operand& target) {
    const CalledFrom caller(y.at());
    return mean(each(difference(what, y, target)));
}
// The difference is 0 where the mask is 0, before anything is done with it: what does not count may be a nan, and 0 · nan
// is one.
template <class Each>
Var mean_of(const char* what, Each each, const Operand& y, const Operand& target, const Operand& mask) {
    const CalledFrom caller(y.at());
    const auto [u, v, m] = on_one_tape(what, y, target, mask);
    const Var d = difference(what, u, v), count = counted(what, d, m);
    return sum(each(where(m, d, 0))) / count;
}

constexpr auto squares = [](const Var& d) { return square(d); };
constexpr auto distances = [](const Var& d) { return abs(d); };
struct BoundedSquares {
    Number delta;
    Var operator()(const Var& d) const {
        if (!(delta > 0))
            fail({.what = "huber: delta is no distance", .got = text("delta = ", delta), .expected = "above 0"});
        const Var c = clamp(d, -delta, delta);  // its derivative by d, too
        return c * (d - affine(c, 0.5, 0));
    }
};

constexpr const char* cross_entropy = "cross_entropy_with_logits";

Var cross_entropy_of_rows(const Var& l, const Var& targets) {
    const int classes = checked_axis(cross_entropy, l.shape(), -1);
    const bool labels = targets.shape().rank() == 1;
    if (labels ? l.shape().rank() != 2 || targets.shape()[0] != l.shape()[0] : targets.shape() != l.shape())
        fail({.what = "cross_entropy_with_logits: the targets do not fit the logits",
              .got = text("logits ", l.shape(), ", targets ", targets.shape()),
              .expected = "for logits [B,C] B labels, or probabilities [B,C]"});
    require_rows(cross_entropy, l.shape());
    const Var p = labels ? one_hot_of(cross_entropy, targets, l.shape()[classes], Where()) : targets;
    const Var surprise = logsumexp(l, -1, true) - l;  // −ln softmax
    return sum(where(p, p * surprise, 0), -1);        // a class ruled out by p = 0 may have l = −∞
}

Var labels_beside(const Operand& logits, Indices labels) {
    const CalledFrom caller(logits.at());
    shape_of(logits, cross_entropy);
    return logits.var().tape().constant(std::move(labels));
}

constexpr Number half_log_two_pi = 0.918938533204672741780329736406;

}  // namespace

Tensor one_hot(Indices labels, Index count, Where at) {
    Tensor y(Shape({labels.size(), count}, at), 0, at);
    for (Index b = 0; b < labels.size(); ++b) {
        if (labels[b] < 0 || labels[b] >= count) fail_for_label("one_hot", text(labels[b]), b, count, at);
        y[b * count + labels[b]] = 1;
    }
    return y;
}

Var one_hot(const Var& labels, Index count, Where at) { return one_hot_of(OneHot::name, labels, count, at); }

Var mse(const Operand& y, const Operand& target) { return mean_of("mse", squares, y, target); }
Var mae(const Operand& y, const Operand& target) { return mean_of("mae", distances, y, target); }
Var huber(const Operand& y, const Operand& target, Number delta) {
    return mean_of("huber", BoundedSquares{delta}, y, target);
}

Var mse(const Operand& y, const Operand& target, const Operand& mask) {
    return mean_of("mse", squares, y, target, mask);
}
Var mae(const Operand& y, const Operand& target, const Operand& mask) {
    return mean_of("mae", distances, y, target, mask);
}
Var huber(const Operand& y, const Operand& target, const Operand& mask, Number delta) {
    return mean_of("huber", BoundedSquares{delta}, y, target, mask);
}

Var masked_mean(const Operand& x, const Operand& mask) {
    const CalledFrom caller(x.at());
    const auto [of, m] = on_one_tape("masked_mean", x, mask);
    return mean_of_counted("masked_mean", of, m);
}

Var cross_entropy_with_logits(const Operand& logits, const Operand& targets) {
    const CalledFrom caller(logits.at());
    const auto [l, t] = on_one_tape(cross_entropy, logits, targets);
    return mean(cross_entropy_of_rows(l, t));
}

Var cross_entropy_with_logits(const Operand& logits, const Operand& targets, const Operand& mask) {
    const CalledFrom caller(logits.at());
    const auto [l, t, m] = on_one_tape(cross_entropy, logits, targets, mask);
    return mean_of_counted(cross_entropy, cross_entropy_of_rows(l, t), m);
}

Var cross_entropy_with_logits(const Operand& logits, Indices labels, const Operand& mask) {
    return cross_entropy_with_logits(logits, labels_beside(logits, std::move(labels)), mask);
}

Var cross_entropy_with_logits(const Operand& logits, Indices labels) {
    return cross_entropy_with_logits(logits, labels_beside(logits, std::move(labels)));
}

Var cross_entropy_with_logits(const Operand& logits, std::initializer_list<Index> labels) {
    return cross_entropy_with_logits(logits, Indices(labels));
}

Var cross_entropy_with_logits(const Operand& logits, std::initializer_list<Index> labels, const Operand& mask) {
    return cross_entropy_with_logits(logits, Indices(labels), mask);
}

namespace {

constexpr const char* likelihood = "gaussian_log_likelihood";

void require_gaussian(const Var& x, std::initializer_list<Var> mean_and_log_sigma) {
    const Shape shape = x.shape();
    require_rows(likelihood, shape);
    if (shape.rank() == 0)
        fail({.what = text(likelihood, ": x has no axis to sum over"),
              .got = "a single number",
              .expected = "x [B,D], or [D]",
              .fix = "reshape(x, {1})"});
    for (const Var& beside : mean_and_log_sigma)
        if (const Shape other = beside.shape(); other.rank() > 0 && other != shape)
            fail({.what = text(likelihood, ": the shapes do not fit"),
                  .got = text("x ", shape, ", beside it ", other),
                  .expected = "a mean and a log_sigma of x's shape, or single numbers",
                  .fix = "reshape(mean, x.shape()); broadcast_to(mean, x.shape()) if one mean is meant for all rows"});
}

Var log_density(const Var& difference, const Var& log_sigma) {  // entry by entry
    return affine(square(difference * exp(-log_sigma)), -0.5, -half_log_two_pi) - log_sigma;
}

}  // namespace

Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma) {
    const CalledFrom caller(x.at());
    const auto v = on_one_tape(likelihood, x, mean, log_sigma);
    require_gaussian(v[0], {v[1], v[2]});
    return sum(log_density(v[0] - v[1], v[2]), -1);
}

Var gaussian_log_likelihood(const Operand& x, const Operand& mean, const Operand& log_sigma, const Operand& mask) {
    const CalledFrom caller(x.at());
    const auto v = on_one_tape(likelihood, x, mean, log_sigma, mask);
    require_gaussian(v[0], {v[1], v[2]});
    require_mask(likelihood, v[0], v[3]);
    return sum(where(v[3], log_density(where(v[3], v[0] - v[1], 0), v[2]), 0), -1);
}

}  // namespace costate::nn

namespace costate::inline COSTATE_PRECISION {

COSTATE_EVALUATOR(nn::OneHot)
COSTATE_EVALUATOR(nn::Counted)

}  // namespace costate
