// examples/support/fit_train.hpp — how the numbers of a FitModel are found
//   learn     a network: AdamW on a cosine, more and more rows of each sequence in the first half of the epochs;
//             L = mean of (z(t_i) − data_i)² over what was observed
//   fit_law   a law with a name: Levenberg–Marquardt (optim/least_squares.hpp) from several random starts, each on a quarter,
//             a half and all of the rows; the best end counts
// why       An orbit that starts wrong has a loss like a mountain range: few rows first (ode/models/growing_horizon.hpp), and
//           many starts where a start is cheap.
#pragma once
#include "examples/support/best_so_far.hpp"   // brings: BestSoFar
#include "examples/support/fit_settings.hpp"  // brings: FitSettings, FitModel, FitData
#include "examples/support/stop_signals.hpp"  // brings: StopSignals
#include "optim/adam.hpp"                     // brings: AdamW
#include "optim/least_squares.hpp"            // brings: Fit

namespace costate::support {

// A training, and the best that it has come by, for one that ends early.
class Training {
public:
    Training(const FitSettings& s, const FitModel& model, const FitData& data);

    void read(const TensorFile& file);    // goes on from there, with the same bits as if it had not ended
    void learn(const StopSignals& stop);  // up to s.epochs
    void restore_best();
    void save() const;

    int done() const { return static_cast<int>(adam_.steps()); }
    const BestSoFar& best() const { return best_; }

private:
    const FitSettings& s_;
    FitModel model_;
    const FitData& data_;
    optim::AdamW adam_, best_adam_;
    BestSoFar best_;
    Index rows_ = 0;  // that were trained on last
};

optim::Fit fit_law(const FitSettings& s, const FitModel& model, const FitData& data);

}  // namespace costate::support
