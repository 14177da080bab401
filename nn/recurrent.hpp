// nn/recurrent.hpp — cells that read a sequence one entry at a time, and keep what they know in a state h
//   h_i = cell(x_i, h_{i−1})
//   RNN   h' = tanh(W_i x + W_h h + b)                                                                       (a)
//   GRU   r  = σ(W_ir x + W_hr h + b_r)                      reset: what of h the candidate looks at         (b)
//         z  = σ(W_iz x + W_hz h + b_z)                      update: what of h stays                         (c)
//         n  = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))     the candidate                                   (d)
//         h' = (1 − z) ⊙ n + z ⊙ h                                                                           (e)
//   Var h = nn::read(gru, xs, {.backwards = true});      // the state after the last entry that is read
//   Var H = nn::states(gru, xs);                         // those after each entry, [T,B,hidden]
// shapes   x: [B,in]   h: [B,hidden]   xs: [T,B,in]   W_i..: [hidden,in]   W_h..: [hidden,hidden]   b..: [hidden]
// read     works with any cell Var(Var x, Var h) that has a hidden(): one of these, or one of a user's own.
// lengths  Sequences of unequal length, or with gaps, lie side by side with a mask [T,B] of zeros and ones: where it is 0
//          a row's state stays as it is. What stands there must be finite all the same.
// source   (b)–(e): Cho et al. 2014, in the form of PyTorch and cuDNN: (d) resets after the product, Cho before it.
//          PyTorch's weight_ih is W_ir, W_iz, W_in one below the other; its b_ir + b_hr, of which only the sum matters, is
//          b_r here, and so is b_z; b_in and b_hn are its own. (a): Elman 1990
// start    U(−k, k), k = 1/√hidden, every weight and bias, as in PyTorch
#pragma once
#include "autodiff/tape/var.hpp"  // brings: Var
#include "core/random.hpp"        // brings: Rng
#include "nn/module.hpp"          // brings: Module, Parameter

namespace costate::nn::inline COSTATE_PRECISION {

class RNN : public Module {  // parameters: "weight_i", "weight_h", "bias"
public:
    RNN(Index in, Index hidden, Rng& rng, Where at = {});  // the stream goes on
    RNN(Index in, Index hidden, Rng&& rng, Where at = {}) : RNN(in, hidden, rng, at) {}

    Var operator()(Var x, Var h, Where at = {}) const;
    Tensor operator()(View x, View h, Where at = {}) const;
    Index hidden() const { return parameters()[0].shape()[0]; }
};

class GRU : public Module {  // parameters in the order of (b)–(d): "weight_ir", "weight_hr", "bias_r", "weight_iz", ...
public:
    GRU(Index in, Index hidden, Rng& rng, Where at = {});
    GRU(Index in, Index hidden, Rng&& rng, Where at = {}) : GRU(in, hidden, rng, at) {}

    Var operator()(Var x, Var h, Where at = {}) const;
    Tensor operator()(View x, View h, Where at = {}) const;
    Index hidden() const { return parameters()[0].shape()[0]; }
};

struct ReadOptions {
    bool backwards = false;  // from the last entry to the first
    Var h0 = {};             // [B,hidden]; none: zeros
    Var mask = {};           // [T,B]: 1 where a row has an entry; none: everywhere
};

class CellRef {  // any cell, as an argument: it looks at what it was made of
public:
    template <class Cell>
    requires requires(const Cell& cell, Var v) { Var(cell(v, v)), Index(cell.hidden()); }
    CellRef(const Cell& cell)
        : cell_(&cell),
          hidden_(cell.hidden()),
          call_([](const void* c, Var x, Var h) -> Var { return (*static_cast<const Cell*>(c))(x, h); }) {}
    CellRef(const CellRef&) = delete;

    Var operator()(Var x, Var h) const { return call_(cell_, x, h); }
    Index hidden() const { return hidden_; }

private:
    const void* cell_;
    Index hidden_;
    Var (*call_)(const void*, Var x, Var h);
};

Var read(const CellRef& cell, Var xs, const ReadOptions& options = {}, Where at = {});    // [B,hidden]
Var states(const CellRef& cell, Var xs, const ReadOptions& options = {}, Where at = {});  // [T,B,hidden]: after entry i

}  // namespace costate::nn
