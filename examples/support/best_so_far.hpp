// examples/support/best_so_far.hpp — the numbers of a model where its loss was smallest, for a training that ends early
// The loss of more data outweighs a smaller one of less: a training may add its rows one after the other.
#pragma once
#include "nn/module.hpp"  // brings: Module, clone

namespace costate::support {

class BestSoFar {
public:
    explicit BestSoFar(const nn::Module& model) : model_(model), best_(nn::clone(model)) {}

    bool consider(int epoch, double loss, Index rows) {  // the model as it is, before its next step: is it the best?
        if (!(loss - loss == 0) || (epoch_ > 0 && (rows < rows_ || (rows == rows_ && loss >= loss_)))) return false;
        best_.assign(model_);
        epoch_ = epoch, loss_ = loss, rows_ = rows;
        return true;
    }
    void restore() { model_.assign(best_); }

    int epoch() const { return epoch_; }  // 0: none yet
    double loss() const { return loss_; }
    Index rows() const { return rows_; }

private:
    nn::Module model_, best_;
    int epoch_ = 0;
    double loss_ = 0;
    Index rows_ = 0;
};

}  // namespace costate::support
