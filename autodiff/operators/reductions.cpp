#include "autodiff/operators/reductions.hpp"

#include "autodiff/operators/elementwise.hpp"
#include "autodiff/operators/printed.hpp"  // brings: print_fold, print_fill
#include "autodiff/operators/shaping.hpp"
#include "core/kernels/reduce.hpp"

namespace costate::inline COSTATE_PRECISION {

namespace {

// What all reductions share: the axes that go (a bit each), and whether they stay as extents of 1.
struct Reduction {
    unsigned axes = 0;
    int keep = false;  // no bool, behind which there would be a gap (Operator::distinct)
    bool operator==(const Reduction&) const = default;

    Shape shape(const Shape& x, Where) const { return shape_with(x, keep != 0); }
    Shape shape_with(const Shape& x, bool kept) const {
        Shape y;
        for (int axis = 0; axis < x.rank(); ++axis)
            if (!(axes >> axis & 1u))
                y.append(x[axis]);
            else if (kept)
                y.append(1);
        return y;
    }
    void require_entries(const char* what, const char* to_do, const Shape& x, Where at) const {  // for each result
        if (x.size() > 0 || shape_with(x, false).size() == 0) return;
        fail(at, {.what = text(what, ": there is nothing to ", to_do),
                  .got = text("no entries along the axes of ", x, " that are to go"),
                  .expected = "at least one entry for each result",
                  .likely = "an empty batch, or a slice of no rows"});
    }
    Var aligned(Var y, Var x) const {  // y, ready to broadcast to x
        return y.is_zero() || y.shape().rank() == 0 ? y : reshape(y, shape_with(x.shape(), true));
    }
    Var spread(Var y, Var x) const { return broadcast_to(aligned(y, x), x.shape()); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return axes & 1u ? Rows::coupled : within_rows(in, y); }
};

struct SumOver : Reduction {
    static constexpr const char* name = "sum";
    static constexpr std::uint32_t number = number_of("sum");
    bool operator==(const SumOver&) const = default;
    void eval(const View& x, const MutableView& y) const {
        axes & 1u ? sum_ranged(x, axes, y) : costate::sum(x, axes, y);
    }
    void eval_sum(const View& x, const MutableView& y, Into into, const Real* weights) const {
        costate::sum(x, axes, y, into, weights);
    }
    void print(CCode& c) const { print_fold(c, Fold::sum, axes); }
    Var jvp(Var, Var, Var dx) const { return record(*this, dx); }
    Var vjp(Var x, Var, Var gy, Needs) const { return spread(gy, x); }
    Rows rows(std::span<RowOperand> in, const Shape& y) const { return axes & 1u ? Rows::row_sum : within_rows(in, y); }
};

struct Count : Reduction {  // how many entries go into each sum: a matter of shapes alone
    static constexpr const char* name = "count";
    static constexpr std::uint32_t number = number_of("count");
    static constexpr bool shape_only = true;
    bool operator==(const Count&) const = default;
    Shape shape(const Shape& x, Where at) const {
        require_entries("mean", "take the mean of", x, at);
        return {};
    }
    void eval(const View& x, const MutableView& y) const { y[0] = static_cast<Real>(count(x.shape)); }
    void print(CCode& c) const { print_fill(c, static_cast<Number>(count(c.in[0]))); }
    Index count(const Shape& x) const {
        Index n = 1;
        for (int axis = 0; axis < x.rank(); ++axis)
            if (axes >> axis & 1u) n *= x[axis];
        return n;
    }
    Var jvp(Var, Var, Var) const { return {}; }
    Var vjp(Var, Var, Var, Needs) const { return {}; }
};

struct Max : Reduction {
    static constexpr const char* name = "max";
    static constexpr std::uint32_t number = number_of("max");
    bool operator==(const Max&) const = default;
    Shape shape(const Shape& x, Where at) const {
        require_entries(name, "take the largest of", x, at);
        return Reduction::shape(x, at);
    }
    void eval(const View& x, const MutableView& y) const { max_over(x, axes, y); }
    void print(CCode& c) const { print_fold(c, Fold::max, axes); }
    Var share(Var x, Var y) const {  // 1 / (number of ties) at the maxima, else 0
        const Var at_max = equal(x, aligned(y, x));
        return at_max / record(SumOver{{axes, true}}, at_max);
    }
    Var jvp(Var x, Var y, Var dx) const { return record(SumOver{{axes, keep}}, dx * share(x, y)); }
    Var vjp(Var x, Var y, Var gy, Needs) const { return aligned(gy, x) * share(x, y); }
};

struct LogSumExp : Reduction {
    static constexpr const char* name = "logsumexp";
    static constexpr std::uint32_t number = number_of("logsumexp");
    bool operator==(const LogSumExp&) const = default;
    void eval(const View& x, const MutableView& y) const { costate::logsumexp(x, axes, y); }
    void print(CCode& c) const { print_fold(c, Fold::logsumexp, axes); }
    Var weights(Var x, Var y) const { return exp(x - aligned(y, x)); }
    Var jvp(Var x, Var y, Var dx) const { return record(SumOver{{axes, keep}}, dx * weights(x, y)); }
    Var vjp(Var x, Var y, Var gy, Needs) const { return aligned(gy, x) * weights(x, y); }
};

unsigned all_axes(const char* what, const Operand& x) {
    return x.is_zero() ? 0u : (1u << shape_of(x, what).rank()) - 1u;
}

unsigned mask_of(const char* what, const Operand& x, Axes axes) {
    unsigned mask = 0;
    if (x.is_zero()) return mask;
    const Shape shape = shape_of(x, what);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const unsigned bit = 1u << checked_axis(what, shape, axes[i], x.at());
        if (mask & bit)
            fail(x.at(), {.what = text(what, ": an axis is listed twice"),
                          .got = text("axis ", axes[i], " of ", shape),
                          .expected = "each axis once"});
        mask |= bit;
    }
    return mask;
}

Var sum_over(const Operand& x, Reduction r) { return x.is_zero() ? x.var() : record(SumOver{r}, x); }
Var mean_over(const Operand& x, Reduction r) {
    return x.is_zero() ? x.var() : Operand(sum_over(x, r), x.at()) / Operand(record(Count{r}, x), x.at());
}

Var norm_over(const Operand& x, Reduction r) {
    shape_of(x, "norm");
    const Operand squares(square(x), x.at());
    return safe_sqrt(Operand(sum_over(squares, r), x.at()));
}

}  // namespace

Var sum(const Operand& x) { return sum_over(x, {all_axes("sum", x), false}); }
Var mean(const Operand& x) { return mean_over(x, {all_axes("mean", x), false}); }
Var max(const Operand& x) { return record(Max{{all_axes("max", x), false}}, x); }
Var logsumexp(const Operand& x) { return record(LogSumExp{{all_axes("logsumexp", x), false}}, x); }

Var sum(const Operand& x, Axes axes, bool keep) { return sum_over(x, {mask_of("sum", x, axes), keep}); }
Var mean(const Operand& x, Axes axes, bool keep) { return mean_over(x, {mask_of("mean", x, axes), keep}); }
Var max(const Operand& x, std::span<const int> axes, bool keep) {
    return record(Max{{mask_of("max", x, axes), keep}}, x);
}
Var max(const Operand& x, std::initializer_list<int> axes, bool keep) {
    return max(x, std::span(axes.begin(), axes.size()), keep);
}
Var logsumexp(const Operand& x, Axes axes, bool keep) {
    return record(LogSumExp{{mask_of("logsumexp", x, axes), keep}}, x);
}

Var norm(const Operand& x) { return norm_over(x, {all_axes("norm", x), false}); }
Var norm(const Operand& x, Axes axes, bool keep) { return norm_over(x, {mask_of("norm", x, axes), keep}); }

Var dot(const Operand& a, const Operand& b) {
    if (a.is_zero() || b.is_zero()) return {};
    const auto [u, v] = on_one_tape("dot", a, b);
    const Shape of_a = u.shape(a.at()), of_b = v.shape(b.at());
    const int last_a = of_a.rank() - 1, last_b = of_b.rank() - 1;
    if (last_a < 0 || last_b < 0 || of_a[last_a] != of_b[last_b])
        fail(a.at(),
             {.what = "dot: the vectors do not fit",
              .got = text(of_a, " and ", of_b),
              .expected = "the same extent on the last axis, along which a b is summed: [B,D] with [B,D] or [D]"});
    broadcast_shapes("dot", of_a, of_b, a.at());
    return sum(Operand(Operand(u, a.at()) * Operand(v, b.at()), a.at()), -1);
}

namespace {
Var log_softmax(const char* what, const Operand& x, int axis) {
    const int counted = checked_axis(what, shape_of(x, what), axis, x.at());
    return x - Operand(logsumexp(x, counted, true), x.at());
}
}  // namespace

Var log_softmax(const Operand& x, int axis) { return log_softmax("log_softmax", x, axis); }
Var softmax(const Operand& x, int axis) { return exp(Operand(log_softmax("softmax", x, axis), x.at())); }

COSTATE_EVALUATOR(SumOver)
COSTATE_EVALUATOR(Count)
COSTATE_EVALUATOR(Max)
COSTATE_EVALUATOR(LogSumExp)

}  // namespace costate
