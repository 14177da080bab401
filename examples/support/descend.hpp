// examples/support/descend.hpp — first Adam, then L-BFGS: what small smooth problems are trained by
//   descend(model, [&](Tape& tape) { return nn::mse(...); }, {.adam = 400, .rate = 0.02, .lbfgs = 600});
// Adam, its rate on a cosine down to 0, finds the valley from wherever training starts; L-BFGS its bottom, which Adam would
// take some hundred times as long for. What is given back: the loss at the end.
// The loss is recorded once, with its gradient, and then replayed as a Program: it must be the same function of the
// parameters at every call, without minibatches or fresh noise.
// see      optim/train.hpp, optim/lbfgs.hpp (one of them alone, recorded anew, and why it ended)
#pragma once
#include <cstdio>
#include <optional>
#include <vector>

#include "autodiff/program/workspace.hpp"  // brings: Program, compile, run
#include "examples/support/progress.hpp"   // brings: Progress
#include "optim/adam.hpp"                  // brings: Adam
#include "optim/clip.hpp"                  // brings: clip_by_global_norm
#include "optim/lbfgs.hpp"                 // brings: LBFGS, LossAndGradient
#include "optim/schedule.hpp"              // brings: Cosine

namespace costate::support {

// A loss of parameters and its gradient as one Program; a call gives both for the parameters' present numbers.
class ReplayedLoss {
public:
    template <class Loss>
    ReplayedLoss(const Parameters& trained, Loss&& loss, Where at = {}) {
        const std::vector<Parameter> parameters = trained.list();
        Tape tape;
        std::vector<Var> outputs{loss(tape)};
        for (const Var g : grad(outputs[0], parameters, at)) outputs.push_back(g);
        for (const Var v : outputs)
            values_.emplace_back(v.is_zero() ? parameters[values_.size() - 1].shape() : v.shape());
        for (Tensor& value : values_) views_.push_back(value.view());
        std::vector<Var> inputs;  // what the loss itself differentiates with respect to: the points of a Laplacian, say
        for (std::uint32_t i = 0; i < tape.values().size(); ++i)
            if (tape.values()[i].kind == Tape::Kind::variable) {
                inputs.push_back(tape.var(i));
                fixed_.emplace_back(tape.view(i));
            }
        fixed_views_.assign(fixed_.begin(), fixed_.end());
        program_ = compile(tape, inputs, outputs, {}, at);
        gradients_.assign(views_.begin() + 1, views_.end());
    }
    ReplayedLoss(const ReplayedLoss&) = delete;  // its views look into it
    ReplayedLoss& operator=(const ReplayedLoss&) = delete;

    optim::LossAndGradient operator()() {
        run(program_, workspace_, fixed_views_, views_);
        return {static_cast<double>(values_[0].item()), std::span<const View>(gradients_)};
    }

private:
    Program program_;
    Workspace workspace_;
    std::vector<Tensor> values_, fixed_;
    std::vector<MutableView> views_;
    std::vector<View> gradients_, fixed_views_;
};

struct Descent {
    int adam = 400;  // updates
    double rate = 0.01;
    double clip = 0;  // > 0: the largest length of a gradient that Adam sees
    int lbfgs = 600;  // iterations
    int memory = 50;
    std::FILE* progress = stderr;  // where a line says how far it is; null: nowhere
};

template <class Loss>
double descend(const Parameters& trained, Loss&& loss, const Descent& how = {}, Where at = {}) {
    const std::vector<Parameter> parameters = trained.list();
    ReplayedLoss replayed(parameters, loss, at);
    std::optional<Progress> progress;
    if (how.progress) progress.emplace(how.adam + how.lbfgs, ProgressWords{.out = how.progress});
    optim::Adam adam(parameters, {.lr = how.rate}, at);
    const optim::Cosine rate{.peak = how.rate, .steps = static_cast<std::uint64_t>(how.adam)};
    for (int i = 1; i <= how.adam; ++i) {
        const auto [value, gradients] = replayed();
        adam.set_lr(rate(adam.steps()));
        adam.step(how.clip > 0 ? optim::clip_by_global_norm(gradients, how.clip).gradients : gradients, at);
        if (progress) progress->update(i, value);
    }
    optim::LBFGS lbfgs(parameters, {.memory = how.memory}, at);
    bool moved = true;
    for (int i = 1; i <= how.lbfgs && moved; ++i) {
        moved = lbfgs.step(replayed, at);  // false: at the bottom, as far as Real can tell
        if (progress) progress->update(how.adam + (moved ? i : how.lbfgs), lbfgs.loss());
    }
    return replayed().loss;
}

}  // namespace costate::support
