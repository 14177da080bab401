// optim/train.hpp — the loop that most trainings are
//   optim::Adam adam(field, {.lr = 1e-2});
//   const auto end = optim::train(adam, [&](Tape& tape) { return nn::mse(ode::solve(tape, field, z0, times).z, data); },
//                                 {.updates = 1000, .rate = optim::Cosine{.peak = 1e-2, .steps = 1000}, .clip = 10});
//   one update n = 0, 1, ...:    loss = L(θ_n),  g = ∂L/∂θ,  a step with rate(n) from θ_n to θ_{n+1}
// loss     Var(Tape&), or Var(Tape&, std::uint64_t n) where it depends on the update: on a growing horizon, say. The tape
//          is rewound before each call.
// the best With `validate` or `patience` the parameters are at the end those for which what is watched was least: what
//          validate() gives (after an update: of θ_{n+1}), or the loss (of θ_n).
// resume   With `checkpoint` the run goes on where the file of that path stopped, with the same bits as if it had not
//          stopped. The file holds parameters, optimiser and what train itself counts; name in `also` whatever else changes:
//          minibatches, generators. A run that has ended stays where it ended, unless `updates` or `patience` grow.
// diverged A loss or a gradient that is not finite ends the run, with a warning, and the parameters are those of the last
//          finite loss. An Error of the loss (a solve that cannot go on) passes through, and leaves the same ones.
// A warm update allocates nothing; saving does.
#pragma once
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "optim/checkpoint.hpp"  // brings: Kept
#include "optim/optimizer.hpp"   // brings: Optimizer, Tape, Var

namespace costate::optim::inline COSTATE_PRECISION {

struct Progress {           // what is known after an update
    std::uint64_t updates;  // that were made
    std::uint64_t of;       // that are to be made
    Number loss;            // of θ before it
    Number gradient;        // its length, before clipping
    Number rate;
    Number watched;  // the last value of what is watched for the best
    Number best;     // the least of them
};

struct TrainOptions {
    std::uint64_t updates = 1000;                    // of the whole run, those before a checkpoint included
    std::function<Number(std::uint64_t)> rate = {};  // of update n; none: the optimiser's own, constant
    Number clip = 0;                                 // > 0: the largest length of a gradient
    std::function<Number()> validate = {};           // to be watched in place of the loss
    std::uint64_t validate_every = 1;                // so many updates
    std::uint64_t patience = 0;                      // > 0: the end, after so many values in a row that were no better
    std::function<void(const Progress&)> progress = {};  // is shown every update
    std::function<bool()> stop = {};                     // true: end after this update
    std::string checkpoint = {};                         // a path
    std::uint64_t checkpoint_every = 100;                // updates, and at the end
    std::vector<Kept> also = {};                         // {{"batches.", batches}, {"rng.", rng}}
};

enum class TrainingEnd { updates, patience, stop, diverged };

struct Trained {
    TrainingEnd end;
    std::uint64_t updates;  // of the whole run
    Number loss;            // the last finite one
    Number best;            // of what was watched
};

using LossOfUpdate = std::function<Var(Tape&, std::uint64_t)>;

Trained train_by(Optimizer& optimizer, const LossOfUpdate& loss, const TrainOptions& options, Where at);

template <class Loss>
Trained train(Optimizer& optimizer, Loss&& loss, const TrainOptions& options = {}, Where at = {}) {
    constexpr bool counts = std::is_invocable_r_v<Var, Loss&, Tape&, std::uint64_t>;
    constexpr bool plain = std::is_invocable_r_v<Var, Loss&, Tape&>;
    static_assert(counts || plain,
                  "what is trained is a loss Var(Tape& tape), or Var(Tape& tape, std::uint64_t update)");
    if constexpr (counts)
        return train_by(
            optimizer, [&loss](Tape& tape, std::uint64_t n) -> Var { return loss(tape, n); }, options, at);
    else if constexpr (plain)
        return train_by(
            optimizer, [&loss](Tape& tape, std::uint64_t) -> Var { return loss(tape); }, options, at);
    else
        return {};
}

}  // namespace costate::optim
