// examples/support/descend.hpp — first Adam, then L-BFGS: what small smooth problems are trained by
//   descend(model, [&](Tape& tape) { return nn::mse(...); }, {.adam = 400, .rate = 0.02, .lbfgs = 600});
//   descend(model, [&](Tape& tape, std::uint64_t update) { return nn::mse(... horizon(update) ...); }, {...});
// Adam, its rate on a cosine down to 0, finds the valley from wherever training starts; L-BFGS its bottom, which Adam would
// take some hundred times as long for. Either may be left out by a 0. What is given back: the loss at the end.
// loss     Var(Tape&): it is recorded once, with its gradient, and then replayed as a Program; so it must be the same function
//          of the parameters at every call, without minibatches or fresh noise.
//          Var(Tape&, std::uint64_t n): recorded anew, for update n of Adam: on a horizon that grows, say. L-BFGS is given
//          the one of n = adam.
// see      optim/train.hpp, optim/lbfgs.hpp (one of them alone, and why it ended)
#pragma once
#include <cstdio>
#include <functional>
#include <optional>
#include <type_traits>
#include <vector>

#include "autodiff/program/workspace.hpp"  // brings: Program, compile, run
#include "examples/support/progress.hpp"   // brings: Progress
#include "optim/adam.hpp"                  // brings: Adam
#include "optim/clip.hpp"                  // brings: clip_by_global_norm
#include "optim/lbfgs.hpp"                 // brings: LBFGS, LossAndGradient
#include "optim/schedule.hpp"              // brings: Cosine
#include "optim/train.hpp"                 // brings: train

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
    double decay = 0;  // of weights, while Adam goes
    double clip = 0;   // > 0: the largest length of a gradient that Adam sees
    int lbfgs = 600;   // iterations
    int memory = 50;
    std::FILE* progress = stderr;                           // where a line says how far it is; null: nowhere
    std::function<void(int step, double loss)> after = {};  // is told the loss of every update, then of every iteration
};

template <class Loss>
double descend(const Parameters& trained, Loss&& loss, const Descent& how = {}, Where at = {}) {
    constexpr bool anew = std::is_invocable_r_v<Var, Loss&, Tape&, std::uint64_t>;
    const std::vector<Parameter> parameters = trained.list();
    const auto updates = static_cast<std::uint64_t>(how.adam);
    std::optional<Progress> progress;
    if (how.progress) progress.emplace(how.adam + how.lbfgs, ProgressWords{.out = how.progress});
    const auto tell = [&](int step, double value) {
        if (progress) progress->update(step, value);
        if (how.after) how.after(step, value);
    };
    optim::Adam adam(parameters, {.lr = how.rate, .weight_decay = how.decay}, at);
    const optim::Cosine rate{.peak = how.rate, .steps = updates};
    optim::LBFGS lbfgs(parameters, {.memory = how.memory}, at);
    const auto to_the_bottom = [&](auto& of_parameters) {
        for (int i = 1; i <= how.lbfgs; ++i) {
            if (!lbfgs.step(of_parameters, at)) {  // at the bottom, as far as Real can tell
                if (progress) progress->update(how.adam + how.lbfgs, lbfgs.loss());
                break;
            }
            tell(how.adam + i, lbfgs.loss());
        }
    };
    if constexpr (anew) {
        const auto shown = [&](const optim::Progress& now) { tell(static_cast<int>(now.updates), now.loss); };
        optim::train(adam, loss, {.updates = updates, .rate = rate, .clip = how.clip, .progress = shown}, at);
        const auto last = [&](Tape& tape) { return loss(tape, updates); };
        to_the_bottom(last);
        Tape tape;
        return static_cast<double>(last(tape).item());
    } else {
        ReplayedLoss replayed(parameters, loss, at);
        for (int i = 1; i <= how.adam; ++i) {
            const auto [value, gradients] = replayed();
            adam.set_lr(rate(adam.steps()));
            adam.step(how.clip > 0 ? optim::clip_by_global_norm(gradients, how.clip).gradients : gradients, at);
            tell(i, value);
        }
        to_the_bottom(replayed);
        return replayed().loss;
    }
}

}  // namespace costate::support
