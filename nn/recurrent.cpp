#include "nn/recurrent.hpp"

#include <cmath>

#include "autodiff/operators/elementwise.hpp"  // brings: tanh, sigmoid, where
#include "autodiff/operators/matmul.hpp"       // brings: matmul
#include "autodiff/operators/shaping.hpp"      // brings: stack, filled, reshape
#include "nn/evaluate.hpp"                     // brings: evaluate_on_numbers

namespace costate::nn::inline COSTATE_PRECISION {

namespace {

struct CellSizes {
    Index in, hidden;
};

// Adds the parameters of one cell, each uniform in ±1/√hidden: weights of the input, of the state, biases.
class CellMaker {
public:
    CellMaker(Module& to, const char* what, CellSizes sizes, Rng& rng, Where at)
        : to_(to), sizes_(sizes), rng_(rng), at_(at) {
        if (sizes.in < 1 || sizes.hidden < 1)
            fail(at, {.what = text(what, ": a cell needs at least one number on either side"),
                      .got = text(sizes.in, " in, ", sizes.hidden, " hidden"),
                      .expected = "both at least 1"});
    }
    CellMaker& input(const char* name) { return add(name, {sizes_.hidden, sizes_.in}); }
    CellMaker& state(const char* name) { return add(name, {sizes_.hidden, sizes_.hidden}); }
    CellMaker& bias(const char* name) { return add(name, {sizes_.hidden}); }

private:
    CellMaker& add(const char* name, std::initializer_list<Index> shape) {
        const Number k = 1 / std::sqrt(static_cast<Number>(sizes_.hidden));
        Tensor first(Shape(shape, at_), 0, at_);
        rng_.fill_uniform(first.entries(), -k, k);
        to_.add(name, std::move(first), at_);
        return *this;
    }

    Module& to_;
    CellSizes sizes_;
    Rng& rng_;
    Where at_;
};

void require_step(const char* what, const Var& x, const Var& h, const Parameter& weight, Where at) {
    for (const Var& v : {x, h}) innermost_tape({&v, 1}, what, at);
    const Shape of_x = x.shape(at), of_h = h.shape(at);
    const Index hidden = weight.shape()[0], in = weight.shape()[1];
    if (of_x.rank() == 2 && of_h.rank() == 2 && of_x[1] == in && of_h[1] == hidden && of_x[0] == of_h[0]) return;
    fail(at, {.what = text(what, ": the cell does not take this step"),
              .got = text("x ", of_x, ", h ", of_h),
              .expected = text("x [B,", in, "] and h [B,", hidden, "], a row for each sequence"),
              .fix = of_x.rank() == 3 ? "nn::read(cell, xs) for a whole sequence [T,B,in]" : ""});
}

Var product(const Var& x, const Parameter& weight) { return matmul(x, weight, false, true); }

}  // namespace

RNN::RNN(Index in, Index hidden, Rng& rng, Where at) {
    CellMaker(*this, "RNN", {in, hidden}, rng, at).input("weight_i").state("weight_h").bias("bias");
}

Var RNN::operator()(Var x, Var h, Where at) const {
    const CalledFrom caller(at);
    const auto w = parameters();
    require_step("RNN", x, h, w[0], at);
    return tanh(product(x, w[0]) + product(h, w[1]) + w[2]);  // (a)
}

GRU::GRU(Index in, Index hidden, Rng& rng, Where at) {
    CellMaker make(*this, "GRU", {in, hidden}, rng, at);
    make.input("weight_ir").state("weight_hr").bias("bias_r");
    make.input("weight_iz").state("weight_hz").bias("bias_z");
    make.input("weight_in").bias("bias_in").state("weight_hn").bias("bias_hn");
}

Var GRU::operator()(Var x, Var h, Where at) const {
    const CalledFrom caller(at);
    const auto w = parameters();
    require_step("GRU", x, h, w[0], at);
    const Var r = sigmoid(product(x, w[0]) + product(h, w[1]) + w[2]);            // (b)
    const Var z = sigmoid(product(x, w[3]) + product(h, w[4]) + w[5]);            // (c)
    const Var n = tanh(product(x, w[6]) + w[7] + r * (product(h, w[8]) + w[9]));  // (d)
    return n + z * (h - n);                                                       // (e)
}

Tensor RNN::operator()(View x, View h, Where at) const {
    const auto step = [&](const auto&... v) { return (*this)(v.var()..., at); };
    return evaluate_on_numbers(step, at, x, h);
}

Tensor GRU::operator()(View x, View h, Where at) const {
    const auto step = [&](const auto&... v) { return (*this)(v.var()..., at); };
    return evaluate_on_numbers(step, at, x, h);
}

namespace {

// The states after each entry, in the order of the entries; `last` is the one after the entry that is read last.
std::span<const Var> read_all(const CellRef& cell, Var xs, const ReadOptions& options, Var& last, Where at) {
    Tape& tape = innermost_tape({&xs, 1}, "read", at);
    const Shape shape = xs.shape(at);
    if (shape.rank() != 3 || shape[0] < 1)
        fail(at, {.what = "read: this is no sequence",
                  .got = to_text(shape),
                  .expected = "xs [T,B,in] with T at least 1: entry after entry, each with a row for each sequence",
                  .fix = shape.rank() == 2 ? "reshape(xs, {T, 1, in}) makes a batch of one sequence" : ""});
    const Index count = shape[0];
    if (!options.mask.is_zero())
        if (const Shape mask = options.mask.shape(at);
            mask.rank() < 2 || mask[0] != count || mask.size() != count * shape[1])
            fail(at, {.what = "read: the mask does not fit",
                      .got = text("a mask ", mask, " beside xs ", shape),
                      .expected = "one number for each entry of each sequence: [T,B]"});
    const std::span<Var> after = tape.list(count);
    last = options.h0.is_zero() ? filled(tape, {shape[1], cell.hidden()}, 0) : options.h0;
    for (Index step = 0; step < count; ++step) {
        const Index i = options.backwards ? count - 1 - step : step;
        const Var next = cell(xs[i], last);
        last = options.mask.is_zero() ? next : where(reshape(options.mask[i], {-1, 1}), next, last);
        after[i] = last;
    }
    return after;
}

}  // namespace

Var read(const CellRef& cell, Var xs, const ReadOptions& options, Where at) {
    const CalledFrom caller(at);
    Var last;
    read_all(cell, xs, options, last, at);
    return last;
}

Var states(const CellRef& cell, Var xs, const ReadOptions& options, Where at) {
    const CalledFrom caller(at);
    Var last;
    return stack(read_all(cell, xs, options, last, at), 0, at);
}

}  // namespace costate::nn
