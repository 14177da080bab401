// examples/support/plane_flow.hpp — flows of the plane: their net, their training, how far they are from what they model
//   const PlaneFlow flow = plane_flow({.sine = 2, .steps = 8}, rng);
//   train_flow(flow, moons, {.updates = 1200, .kinetic = 3e-3, .jacobian = 5e-4}, rng);
//   gap_to(moons, x, check_in_parts(flow, x).nll);      // E[ln p − ln q] on x, by dopri5
// net      concatsquash 2-64-64-64-2 with tanh (9,224 numbers); or sin behind the first layer, whose W and b are multiplied by
//          `sine`: frequencies that tanh would have to build of many kinks
// loss     −mean ln q + κ mean K + λ mean J: K, J as in ode/models/flow.hpp; κ and λ go to 0 with the rate
// source   FFJORD's net for toy data (Grathwohl et al. 2019); first layers of sines: Sitzmann et al. 2020
#pragma once
#include <algorithm>
#include <functional>

#include "examples/support/plot.hpp"  // brings: Plot, Tensor
#include "nn/sequential.hpp"          // brings: Sequential
#include "nn/toy_densities.hpp"       // brings: ToyDensity, toy_density
#include "ode/models/flow.hpp"        // brings: Flow

namespace costate::support {

using PlaneFlow = ode::Flow<nn::Sequential>;
using Sampler = std::function<Tensor(Index n, Rng& rng)>;
inline Sampler sampler_of(const nn::ToyDensity& density) {  // which outlives it
    return [&density](Index n, Rng& rng) { return density.sample(n, rng); };
}

struct FlowNet {
    double sine = 0;  // > 0: the first layer's activation is sin, and its first numbers are so many times as large
    int steps = 8;    // of rk4
    Index width = 64;
    double gain = 1;  // of the first layer's numbers, with tanh
    Index dimensions = 2;
};
nn::Sequential plane_net(const FlowNet& net, Rng& rng);  // the field alone
PlaneFlow plane_flow(const FlowNet& net, Rng& rng);

struct FlowTraining {
    int updates = 1000;
    double rate = 5e-3;                      // of Adam: a warm-up, then a cosine down to 0
    double kinetic = 3e-3, jacobian = 5e-4;  // κ, λ
    double clip = 5;                         // 0: none
    Index batch = 256;
    bool fade = true;  // κ and λ with the rate
    int warmup = 10;   // one part of so many
    std::function<void(int update, double nll)> after = {};
};
// Returns the last −mean ln q of a batch by the flow's own solver.
double train_flow(const PlaneFlow& flow, const Sampler& sample, const FlowTraining& training, Rng& rng);

// Any model by any loss, with `updates`, `rate`, `warmup` and `clip` of these.
void fit(const nn::Module& model, const std::function<Var(Tape&)>& loss, const FlowTraining& training);

// By flow matching (ode/models/flow_matching.hpp) in place of likelihood, with `updates`, `rate` and `batch` of these.
void match_flow(const PlaneFlow& flow, const Sampler& sample, const FlowTraining& training, Rng& rng);

// f(part of the rows of x), 2,000 after 2,000: solved at once, 20,000 points take twenty times the memory.
template <class F>
void in_parts(const Tensor& x, F&& f) {
    for (Index first = 0, n = x.size(0); first < n; first += 2000)
        f(Tensor(x.rows(first, std::min<Index>(2000, n - first))));
}

ode::FlowCheck check_in_parts(const PlaneFlow& flow, const Tensor& x);  // flow.check, however far the solvers are apart
double mean_of(View x);
double variance_of(View x);                                                 // mean of (x − mean)²
double gap_to(const nn::ToyDensity& density, const Tensor& x, double nll);  // −mean ln q on x less −mean ln p there
double mass_of(const PlaneFlow& flow, double size, Index n);  // ∫ q over (−size, size)², n × n points

// exp(log_density) on the square (−size, size)², n × n points, as a heat map without axes' names; `high`: the brightest.
using LogDensity = std::function<Tensor(const Tensor& points)>;
Plot density_picture(const std::string& title, double size, Index n, const LogDensity& log_density, double high);

template <class Model>  // a flow, a toy density, whatever has one
requires requires(const Model& model, const Tensor& points) { model.log_density(points); }
Plot density_picture(const std::string& title, double size, Index n, const Model& model, double high) {
    return density_picture(title, size, n, LogDensity([&](const Tensor& x) { return model.log_density(x); }), high);
}

}  // namespace costate::support
