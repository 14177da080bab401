// examples/support/spirals.hpp — the spirals of Chen et al. 2018, seen at a few uneven times, and what their models share
//   anticlockwise  r = .3 θ,                  around ( 5, 0)          θ = 6π j / 499,  j = 0 ... 499               (a)
//   clockwise      r = 15 / (6π + 1 − θ),     around (−5, 0),  at the angle 6π + 1 − θ                             (b)
//   A spiral is 100 points in a row of one of them, its window, of which some are observed with noise of .3. Those for
//   tests go on for 100 points more, their future.
// units    Coordinates are divided by 4 (`scale`); a time of 1 is a window.
// shapes   truth: [100,N,2], or [200,N,2] with a future   x: [N,100·2], noisy on the grid   mask: [N,100]
//          read: [N,n·4], the n observed points in order: x, y, 5 times the gap since the point before (at first: since the
//          window's beginning), the time since the window's beginning
//          What minibatches are made of has a row for each spiral; `Seen` puts a batch's times first, as models want it.
// source   the example latent_ode.py of torchdiffeq. Windows begin at j = 100 ... 399 as there, those with a future at
//          100 ... 299: so the future runs where other spirals have their windows.
#pragma once
#include <functional>
#include <utility>
#include <vector>

#include "costate.hpp"
#include "examples/support/plot.hpp"  // brings: Plot

namespace costate::support {

class Experiment;  // examples/support/experiment.hpp

struct Spirals {
    static constexpr Index window = 100;
    static constexpr double scale = 4, noise = 0.3 / scale;

    Index observed;
    Tensor truth, x, mask, read;
    std::vector<bool> clockwise;

    enum class With { window, future };
    Spirals(Index count, Index observed, With with, Rng& rng);
    Index count() const { return truth.size(1); }
};

struct Seen {  // some of them on a tape: x [100,B,2], mask [100,B,1], read [n,B,4]
    Var x, mask, read;
};
class SeenBatches {  // the same memory every time
public:
    SeenBatches(const Spirals& all, Index size, Rng& rng) : all_(all), batches_(all.count(), size, rng.split(1)) {}
    Seen next(Tape& tape);

private:
    const Spirals& all_;
    nn::Batches batches_;
    Tensor x_, mask_, read_;
};

// What is said of each, [T,N,..] or [N,..], made a hundred at a time, so that no tape holds the steps of all.
Tensor by_hundreds(const Spirals& spirals, const std::function<Var(const Seen&)>& of_seen);

Tensor original_units(Tensor curves);

// How far are curves [100,N,2] from the truth's points first ... first + 99? In the original's units, per coordinate.
struct Distance {
    double rmse, median;  // over all points; of the spirals' own
};
Distance distance(const Spirals& spirals, View curves, Index first);

// The same of a model's curves [100,N,2] of the future, printed as NAME_parameters, NAME_future_rmse, NAME_future_median.
Distance judge(Experiment& run, const std::string& name, const nn::Module& model, const Spirals& test, View future);

// The share of points z [N,D] that lie nearer to the middle of their own kind.
double told_apart(const Tensor& z, const std::vector<bool>& kind);

// The truth of two spirals, the first to turn each way, what was observed of them, and a model's curves [T,N,2].
Plot draw(const std::string& title, const Spirals& spirals, const Tensor& curves);

struct Updates {
    Updates(int updates, Index spirals = 50) : count(updates), batch(spirals) {}
    int count;
    Index batch;  // spirals in each
};
// Adam at .01, a warm-up of a tenth and a cosine to 0, gradients clipped at 50.
void fit(const nn::Module& model, const Spirals& data, Updates updates, Rng& rng,
         const std::function<Var(const Seen&)>& loss);

// The latent ODE of both programs. In an update its encoder sees the first k points alone, k random from `fewest` on, and
// the bound is that of the whole window. Beside it stands what makes one law of it, beyond the window as well: at the time
// of a point i − 1 < k, random too, the path should be where the encoder would begin if it had seen points i ... k alone,
//   loss = −ELBO + 30 |z(t_{i−1}) − μ(x_i ... x_k)|²
// Those numbers come for free: the encoder reads backwards, so they are what it thinks half-way.
inline auto latent_ode(Rng& rng) {
    return ode::LatentODE(nn::GRU(4, 48, rng), nn::MLP({4, 48, 48, 4}, nn::elu, rng), nn::MLP({4, 48, 2}, nn::elu, rng),
                          rng,
                          {.latent = 4, .noise = Spirals::noise, .solve = {.method = ode::rk4_classic, .steps = 10}});
}
using LatentSpirals = decltype(latent_ode(std::declval<Rng&>()));

void fit_latent(const LatentSpirals& model, const Spirals& data, Updates updates, Index fewest, Rng& rng);
Tensor latent_means(const LatentSpirals& model, const Spirals& spirals);   // [N,4], of z0
Tensor latent_curves(const LatentSpirals& model, const Spirals& spirals);  // [200,N,2], of the posterior's mean

// What it is held against: a cell reads (x, y, gap to the next point), and its state gives the next point, or the way to it.
//   x_{i+1} = W h_i + b,  or  x_i + W h_i + b
template <class Cell>
struct Forecaster : nn::Module {
    Forecaster(Index hidden, bool step_by_step, Rng& rng)
        : cell(add("cell", Cell(3, hidden, rng))), out(add("out", nn::Linear(hidden, 2, rng))), steps(step_by_step) {}

    Var next(Var x, Var h) const { return steps ? x + out(h) : out(h); }
    void fit(const Spirals& data, Updates updates, Rng& rng) const;  // to the next observed points, one step ahead
    Tensor future(const Spirals& spirals) const;  // [100,N,2]: beyond the window it reads its own points

    Cell cell;
    nn::Linear out;
    bool steps;
};

}  // namespace costate::support
